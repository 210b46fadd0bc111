import pytest

from complaints.classes import KINDS, ComplaintClass, Kind, check
from complaints.errors import Invalid

FINE = {
    "complaint_class": ComplaintClass.VALID,
    "kind": Kind.HARM,
    "reasons": "The till was wrong.",
    "evidence": "",
    "explained_before": False,
    "has_earlier": False,
    "none_found": False,
    "looked_into": True,
    "cause_named": True,
}
MALICIOUS = {"complaint_class": ComplaintClass.MALICIOUS, "kind": Kind.THREAT}
UPGRADE = {"complaint_class": ComplaintClass.UPGRADE, "kind": Kind.OVERDUE}


def test_every_kind_belongs_to_exactly_one_class():
    kinds = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(kinds) == sorted(Kind)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"complaint_class": ComplaintClass.UNCLASSIFIED}, "complaint_class"),
        ({"kind": Kind.THREAT}, "class_kind"),
        ({"kind": None}, "class_kind"),
        ({"reasons": "  "}, "reasons"),
        ({"looked_into": False}, "complaint_class"),
        ({"cause_named": False}, "complaint_class"),
        (MALICIOUS | {"explained_before": True}, "evidence"),
        (MALICIOUS | {"evidence": "Recording 12"}, "complaint_class"),
        (UPGRADE, "earlier"),
        (UPGRADE | {"has_earlier": True, "none_found": True}, "earlier"),
        ({"has_earlier": True}, "earlier"),
    ],
)
def test_what_a_class_demands_and_does_not_get_is_named(answers, field):
    with pytest.raises(Invalid) as refusal:
        check(**FINE | answers)
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {
            "complaint_class": ComplaintClass.COMMUNICATIVE,
            "kind": Kind.HELP,
            "looked_into": False,
            "cause_named": False,
        },
        MALICIOUS | {"evidence": "Recording 12", "explained_before": True},
        UPGRADE | {"has_earlier": True},
        UPGRADE | {"none_found": True},
    ],
)
def test_a_complete_decision_passes(answers):
    assert check(**FINE | answers) is None
