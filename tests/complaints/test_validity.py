import pytest

from complaints.classes import ComplaintClass, Kind
from complaints.errors import Invalid
from complaints.validity import NO_BASIS, Basis, check_basis

VERIFIED = Basis(authority=" Fire department ", authority_reference="F-2026-118")
HARM = Basis(fault="mistake", harmed="user")
MISCONDUCT = (ComplaintClass.VALID, Kind.MISCONDUCT)


@pytest.mark.parametrize(
    ("judged", "basis"),
    [(MISCONDUCT, VERIFIED), ((ComplaintClass.VALID, Kind.HARM), HARM), ((ComplaintClass.UPGRADE, None), NO_BASIS)],
)
def test_each_kind_rests_on_what_it_demands(judged, basis):
    assert check_basis(*judged, basis).authority == basis.authority.strip()


@pytest.mark.parametrize(
    ("judged", "basis", "fields"),
    [
        (MISCONDUCT, Basis(authority="  "), {"authority", "authority_reference"}),
        (MISCONDUCT, HARM, {"authority", "authority_reference", "fault", "harmed"}),
        (MISCONDUCT, Basis("x" * 201, "1"), {"authority"}),
        ((ComplaintClass.VALID, Kind.HARM), Basis(fault="mistake"), {"harmed"}),
        ((ComplaintClass.VALID, Kind.HARM), Basis(fault="whim", harmed="user"), {"fault"}),
        ((ComplaintClass.COMMUNICATIVE, Kind.HELP), HARM, {"fault", "harmed"}),
    ],
)
def test_what_is_missing_and_what_does_not_belong_there_is_named(judged, basis, fields):
    with pytest.raises(Invalid) as refusal:
        check_basis(*judged, basis)
    assert set(refusal.value.errors) == fields
