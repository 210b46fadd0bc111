"""The four classes, their kinds, and what each one demands before it is decided. Pure. (Design section 3.)"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import invalid


class ComplaintClass(TextChoices):
    """What a complaint was judged to be: a governed decision, never a label somebody clicked."""

    UNCLASSIFIED = "unclassified", _("Not yet classified")
    VALID = "valid", _("Valid")
    COMMUNICATIVE = "communicative", _("Communicative")
    MALICIOUS = "malicious", _("Malicious")
    UPGRADE = "upgrade", _("Upgrade")


class Kind(TextChoices):
    """The kinds within the classes."""

    MISCONDUCT = "misconduct", _("Misconduct")
    HARM = "harm", _("Harm")
    HELP = "help", _("Asking for help")
    ENQUIRY = "enquiry", _("Enquiry")
    VENTING = "venting", _("Venting")
    UNREASONABLE = "unreasonable", _("Unreasonable demand")
    ABUSE = "abuse", _("Abuse")
    THREAT = "threat", _("Threat")
    DISRUPTION = "disruption", _("Disruption")
    OVERDUE = "overdue", _("Overdue")
    NOT_INFORMED = "not_informed", _("Not informed")
    UNRESOLVED = "unresolved", _("Unresolved")
    BEYOND_AUTHORITY = "beyond_authority", _("Beyond authority")
    MAJOR_IMPACT = "major_impact", _("Major impact")


KINDS: Mapping[ComplaintClass, tuple[Kind, ...]] = MappingProxyType(
    {
        ComplaintClass.VALID: (Kind.MISCONDUCT, Kind.HARM),
        ComplaintClass.COMMUNICATIVE: (Kind.HELP, Kind.ENQUIRY, Kind.VENTING),
        ComplaintClass.MALICIOUS: (Kind.UNREASONABLE, Kind.ABUSE, Kind.THREAT, Kind.DISRUPTION),
        ComplaintClass.UPGRADE: (
            Kind.OVERDUE,
            Kind.NOT_INFORMED,
            Kind.UNRESOLVED,
            Kind.BEYOND_AUTHORITY,
            Kind.MAJOR_IMPACT,
        ),
    }
)

NEEDS_SECOND_PERSON: frozenset[ComplaintClass] = frozenset({ComplaintClass.MALICIOUS})
"""Never one person's word (mission M04)."""


def check(
    *,
    complaint_class: ComplaintClass,
    kind: Kind | None,
    reasons: str,
    evidence: str,
    explained_before: bool,
    has_earlier: bool,
    none_found: bool,
    looked_into: bool,
    cause_named: bool,
) -> None:
    """Refuse a decision that lacks what its class demands.

    `explained_before`: the complainant has had at least one reply. `has_earlier` / `none_found`: an upgrade
    names the earlier complaint, or states that none was found (mission M22). `looked_into`: there is an investigation
    entry of this cycle. `cause_named`: the judgement in force names the cause and the responsible party.
    Raises Invalid naming the field.
    """
    if complaint_class not in KINDS:
        raise invalid("complaint_class", _("Choose valid, communicative, malicious or upgrade."))
    if kind not in KINDS[complaint_class]:
        allowed = _(", ").join(str(kind.label) for kind in KINDS[complaint_class])
        raise invalid(
            "class_kind",
            _("The class “%(class)s” has these kinds: %(kinds)s. Choose one of them.")
            % {"class": complaint_class.label, "kinds": allowed},
        )
    if not reasons.strip():
        raise invalid("reasons", _("Give the reasons: they are kept with the decision."))
    if complaint_class == ComplaintClass.VALID:
        if not looked_into:
            raise invalid(
                "complaint_class",
                _("First look into the complaint and record a fact; only then can it be called valid."),
            )
        if not cause_named:
            raise invalid(
                "complaint_class",
                _("First judge the complaint and name the cause and the responsible party: this class demands both."),
            )
    if complaint_class == ComplaintClass.MALICIOUS:
        if not evidence.strip():
            raise invalid("evidence", _("Say what the evidence is: without evidence nobody is called malicious."))
        if not explained_before:
            raise invalid(
                "complaint_class",
                _("First explain the matter to the complainant in a reply; only then can this class be proposed."),
            )
    if complaint_class == ComplaintClass.UPGRADE and has_earlier == none_found:
        raise invalid("earlier", _("Name the earlier complaint, or state that none was found."))
    if complaint_class != ComplaintClass.UPGRADE and has_earlier:
        raise invalid("earlier", _("Only an upgrade takes an earlier complaint further. Leave this empty."))
