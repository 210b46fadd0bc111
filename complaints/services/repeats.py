"""The same person turns to the office again and again: noticed by a rule, and put before a senior person. (M23.)

The rule: so many contacts within so many days (settings.REPEAT_CONTACTS, REPEAT_CONTACT_DAYS): their complaints (a
letter once, however it was split), and what they wrote about this one since our last answer. It proposes an upgrade:
once in each cycle of a complaint, and within that time of one complaint of a person only.
"""

from datetime import datetime

from django.conf import settings

from complaints import events, upgrading
from complaints.classes import Kind
from complaints.lifecycle import Status, Verb, possible
from complaints.models import Complaint
from complaints.selectors import upgrades as reads
from complaints.services import upgrade_proposals

REPEAT_CONTACT = "repeat_contact"
"""The complainant has turned to the office so often that an upgrade is proposed."""


def notice(complaint: Complaint, at: datetime) -> None:
    """Look whether the contact that was just recorded is one too many. The caller holds the complaint.

    Nothing is proposed for what is not open, and nothing twice in a cycle.
    """
    if not settings.REPEAT_CONTACTS or not possible(Status(complaint.status), Verb.CONFIRM_CLASS):
        return
    contacts = reads.contacts_of(complaint, at)
    repeated = upgrading.is_repeated(contacts, threshold=settings.REPEAT_CONTACTS)
    if not repeated or reads.is_noticed(complaint, at):
        return
    for decision in upgrade_proposals.propose_upgrades([complaint], at=at, kind=Kind.UNRESOLVED):
        events.record(
            complaint,
            kind=REPEAT_CONTACT,
            by=None,
            at=at,
            contacts=contacts,
            days=settings.REPEAT_CONTACT_DAYS,
            decision=decision.pk,
            class_kind=str(decision.class_kind),
        )
