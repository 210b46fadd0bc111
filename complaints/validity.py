"""What makes a complaint valid: misconduct that an authority has verified, or harm by some fault. Pure.

(Design section 3, "The four classes"; S0-28, S0-29.)
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.classes import ComplaintClass, Kind
from complaints.errors import Invalid
from complaints.limits import MAX_LINE, too_long


class Fault(TextChoices):
    """How the harm came about."""

    INTENTIONAL = "intentional", _("Intentional")
    UNINTENTIONAL = "unintentional", _("Unintentional")
    MISTAKE = "mistake", _("A mistake")


class Harmed(TextChoices):
    """Whose interests were harmed."""

    USER = "user", _("The user")
    PUBLIC = "public", _("The public")


@dataclass(frozen=True)
class Basis:
    """What a valid class rests on. Of misconduct: which authority has verified it, and under what number. Of harm: by
    what fault, and to whom. What does not belong to the kind stays empty.
    """

    authority: str = ""
    authority_reference: str = ""
    fault: str = ""
    harmed: str = ""


NO_BASIS = Basis()

_DEMANDED: dict[tuple[ComplaintClass, Kind], tuple[str, ...]] = {
    (ComplaintClass.VALID, Kind.MISCONDUCT): ("authority", "authority_reference"),
    (ComplaintClass.VALID, Kind.HARM): ("fault", "harmed"),
}
_MISSING: dict[str, Any] = {
    "authority": _("Misconduct is what an authority has verified. Say which one."),
    "authority_reference": _("Give the number under which the authority has registered it."),
    "fault": _("Say how the harm came about: with intent, without, or by a mistake."),
    "harmed": _("Say who was harmed: the user or the public."),
}
_CODES = {"fault": Fault, "harmed": Harmed}


def check_basis(complaint_class: ComplaintClass, kind: Kind | None, basis: Basis) -> Basis:
    """The basis without surrounding space, if it is what this class and kind rest on and nothing else.

    Raises Invalid naming every field at fault.
    """
    basis = replace(basis, authority=basis.authority.strip(), authority_reference=basis.authority_reference.strip())
    demanded = _DEMANDED.get((complaint_class, kind), ()) if kind is not None else ()
    errors: dict[str, list[Any]] = {}
    for name in (field.name for field in fields(Basis)):
        given = getattr(basis, name)
        if name in demanded and not given:
            errors[name] = [_MISSING[name]]
        elif given and name not in demanded:
            errors[name] = [_("The class and kind that you chose do not rest on this. Leave it empty.")]
        elif given and name in _CODES and given not in _CODES[name].values:
            errors[name] = [_MISSING[name]]
    errors |= too_long({name: (getattr(basis, name), MAX_LINE) for name in ("authority", "authority_reference")})
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors=errors)
    return basis
