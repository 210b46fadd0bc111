"""Sign-off: what its acts take, and what is told of proposals, rules and authority limits."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.roles import Role
from complaints.api.fields import ListIn, MomentOut
from complaints.api.serializers.taking import Strict
from complaints.classes import ComplaintClass
from complaints.limits import MAX_TEXT
from complaints.models import Proposal, Signature, SignoffRule
from complaints.remedying import RemedyKind
from complaints.services.signoff_rules import MOST_CHECKS
from complaints.signing import ProposalState, SignatureState
from complaints.vocabulary import Priority

_MOST_PLACES = 1_000


class ProposeIn(Strict):
    """Every open remedy of the complaint that nobody has signed yet goes with the text."""

    text = serializers.CharField(max_length=MAX_TEXT, help_text=_("What is proposed, and why."))


class RefuseToSignIn(Strict):
    """The proposal goes back with the instruction."""

    instruction = serializers.CharField(max_length=MAX_TEXT, help_text=_("What has to change."))
    party = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=_MOST_PLACES,
        help_text=_("The position of the signature, for whoever could give several."),
    )


class SignIn(RefuseToSignIn):
    """What the signer has read and made sure of, and an instruction if need be."""

    digest = serializers.CharField(
        max_length=64, help_text=_("That of the proposal as it was read: `digest` in the list of proposals.")
    )
    instruction = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("What to heed when it is carried out.")
    )
    checked = ListIn(
        child=serializers.IntegerField(min_value=1, max_value=_MOST_PLACES),
        required=False,
        max_length=MOST_CHECKS * 10,
        help_text=_("The numbers of the items of the checklist that they have made sure of: all of theirs."),
    )


class SignatureOut(serializers.Serializer):
    """One party of a proposal. People by e-mail address."""

    position = serializers.IntegerField()
    turn = serializers.IntegerField(help_text=_("Those of a later turn sign after all of the turns before it."))
    label = serializers.CharField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        help_text=_("Who is asked, in the language of the person the token acts for.")
    )
    role = serializers.ChoiceField(
        Role.choices, read_only=True, allow_blank=True, help_text=_("Empty: anybody who works in the department.")
    )
    department = serializers.CharField(source="department.code")
    by_limit = serializers.BooleanField(help_text=_("Whether the amount asks for it, and no rule."))
    state = serializers.ChoiceField(SignatureState.choices, read_only=True)
    signer = serializers.EmailField(source="signer.email", default=None, allow_null=True)
    decided_at = MomentOut(allow_null=True)
    instruction = serializers.SerializerMethodField()

    def get_instruction(self, signature: Signature) -> str:
        """Empty where none was given."""
        return signature.instruction.body if signature.instruction else ""


class ProposalCheckOut(serializers.Serializer):
    """An item of the checklist of a proposal."""

    number = serializers.IntegerField()
    text = serializers.CharField(source="label")
    party = serializers.IntegerField(
        source="signature.position",
        default=None,
        allow_null=True,
        help_text=_("The position of who makes sure of it; null: whoever signs first."),
    )
    ticked_by = serializers.EmailField(source="ticked_by.email", default=None, allow_null=True)
    ticked_at = MomentOut(allow_null=True)


class ProposalOut(serializers.Serializer):
    """A proposal: the text, the remedies by their numbers, who must sign, and what was made sure of."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    cycle = serializers.IntegerField()
    state = serializers.ChoiceField(ProposalState.choices, read_only=True)
    text = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField(), help_text=_("The codes of the rules that apply."))
    remedies = serializers.SerializerMethodField(help_text=_("Their numbers."))
    prepared_by = serializers.EmailField(source="prepared_by.email")
    prepared_at = MomentOut()
    ended_by = serializers.EmailField(source="ended_by.email", default=None, allow_null=True)
    ended_at = MomentOut(allow_null=True)
    digest = serializers.CharField(
        help_text=_("Of its words and of the remedies that it holds (SHA-256, hex): whoever signs it states it.")
    )
    signatures = SignatureOut(many=True, source="signatures.all")
    checks = ProposalCheckOut(many=True, source="checks.all")

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_remedies(self, proposal: Proposal) -> list[int]:
        """In their order."""
        return sorted(remedy.number for remedy in proposal.remedies.all())


class SignoffPartyOut(serializers.Serializer):
    """One of those whom a rule asks to sign."""

    position = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes fields out of the class
    role = serializers.ChoiceField(Role.choices, read_only=True, allow_blank=True)
    department = serializers.CharField(
        source="department.code", default=None, allow_null=True, help_text=_("Null: where the complaint lies.")
    )


class SignoffRuleOut(serializers.Serializer):
    """A rule of sign-off. What is empty or null fits every proposal."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    classes = serializers.ListField(child=serializers.ChoiceField(ComplaintClass.choices))
    priorities = serializers.ListField(child=serializers.ChoiceField(Priority.choices))
    kinds = serializers.ListField(child=serializers.ChoiceField(RemedyKind.choices))
    amount = serializers.DecimalField(15, 3, allow_null=True, help_text=_("From this amount on."))
    currency = serializers.CharField(allow_blank=True)
    in_order = serializers.BooleanField()
    holds_answer = serializers.BooleanField(
        help_text=_("Whether the answer waits for these signatures too: a class or priority, no kind and no amount.")
    )
    parties = SignoffPartyOut(many=True, source="parties.all")
    checks = serializers.SerializerMethodField(help_text=_("What has to be made sure of before signing."))
    changed_at = MomentOut()

    def get_checks(self, rule: SignoffRule) -> list[str]:
        """The checklist in its order."""
        return [check.label() for check in rule.checks.all()]


class AuthorityLimitOut(serializers.Serializer):
    """Up to which amount a role decides alone."""

    role = serializers.ChoiceField(Role.choices, read_only=True)
    currency = serializers.CharField()
    amount = serializers.DecimalField(15, 3)
    is_active = serializers.BooleanField()
    changed_at = MomentOut()


def told_of(proposals: Any) -> list[dict[str, Any]]:
    """Proposals read with all that is shown of them, as JSON."""
    return [dict(each) for each in ProposalOut(proposals, many=True).data]
