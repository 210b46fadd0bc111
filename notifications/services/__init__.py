"""The outbox: putting messages in, getting them out, and what is done to those that lie in it.

- `queueing.py`: in, in the transaction of the act
- `sending.py`: out: claim, hand over, send, mark; `sifting.py` is what does not leave after all, `parcels.py` what
  leaves together, `marking.py` how it went
- `mailbox.py`: trying again, forgetting secrets
"""

from notifications.services.mailbox import forget_secrets, retry
from notifications.services.queueing import MOST_SINGLE, queue
from notifications.services.sending import send_due

__all__ = ["MOST_SINGLE", "forget_secrets", "queue", "retry", "send_due"]
