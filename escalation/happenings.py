"""What deadlines write into the story of a complaint: kinds of events, beside the verbs of the office. Pure.

The data of `breached`: clock, clock_kind, cycle, due_at, late (seconds until it was noticed), notify. Of `escalated`
and `reminded`, besides: step, repeat, missed, roles (whose people are told), tell_holder, and before and after of what
a step may move: tier, holder, priority; takeover (whether the new holder is asked to take it over), refer,
propose_upgrade and urgent. Where a step assigns: passed_over and away, the ids of people who were asked in vain
because the complaint concerns them or because they are away; and unmanned: nobody of any tier was left, so that at
best an administrator holds it. `notify` is false for what is only recorded: a step that was missed because a higher
one fired with it. Of `moved` and `called_off`: clock, clock_kind, cycle, reason (calendar,
policy, undo), due_before, due_at. Of `pause_ended`: clocks, reason. Of `upgrade_proposed`: decision, class_kind,
clock. Of `referred`: referral, cycle, body, clock.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Happening(TextChoices):
    """What happens by itself when time passes."""

    BREACHED = "breached", _("Deadline broken")
    ESCALATED = "escalated", _("Escalated")
    REMINDED = "reminded", _("Reminded")
    MOVED = "moved", _("Deadline moved")
    CALLED_OFF = "called_off", _("Deadline called off")
    PAUSE_ENDED = "pause_ended", _("Pause used up")
    UPGRADE_PROPOSED = "upgrade_proposed", _("Upgrade proposed")
    REFERRED = "referred", _("Referral prepared")
