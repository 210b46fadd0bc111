"""Looking into a complaint and judging it at the desk."""

import pytest

from accounts.roles import Role
from complaints.judging import Cause, Party
from complaints.models import InvestigationEntry, Judgement
from complaints.services import tasks
from complaints.services.judgements import Origin
from complaints.tasking import TaskKind
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.judging import judge, look_into

FACT = {"source": "record", "what": "Booked twice.", "verified": "on", "how": "The journal."}
JUDGED = {
    "grounds": "founded",
    "grounds_reasons": "The journal shows it.",
    "demand": "reasonable",
    "demand_reasons": "Their money.",
    "cause": "mistake",
    "cause_note": "Pressed again after a timeout.",
    "party": "nobody",
    "share": "20",
    "share_reasons": "They did not wait.",
    "enough_because": "The journal leaves no doubt.",
}


@pytest.fixture
def complaint(register):
    return register(demands=["refund"]).complaint


def test_the_whole_way_by_forms(desk, agent, complaint, words, picture):
    office = desk(agent)
    page = words(office.opens(complaint))
    assert "Nobody judges before the facts" in page
    assert "No amount at stake has been stated yet." in page
    assert office.does("judge", complaint, **JUDGED).status_code == 409
    assert not Judgement.objects.exists()
    answer = office.does("investigate", complaint, **FACT, amount="1280", currency="TWD", files=picture("till.png"))
    assert answer.status_code == 302
    entry = InvestigationEntry.objects.get()
    assert (entry.verified, entry.amount, entry.attachments.get().internal) == (True, 1280, True)
    sheet = words(office.opens(complaint, "judge"))
    assert "The card was charged twice for one purchase." in sheet
    assert "The journal." in sheet
    assert "The respondent has not been heard." in sheet
    assert office.does("judge", complaint, **JUDGED).status_code == 302
    page = words(office.opens(complaint))
    assert "Grounds: Founded. Demand: Reasonable." in page
    assert "20%" in page
    assert "till.png" in page
    again = words(office.opens(complaint, "judge"))
    assert "Pressed again after a timeout." in again, "the judgement in force is there to be revised"
    office.does("judge", complaint, **JUDGED | {"grounds": "partly"})
    page = words(office.opens(complaint))
    assert "1 earlier judgement" in page
    assert "judged anew. Grounds: Partly founded." in page


def test_a_fact_takes_the_place_of_another(desk, agent, complaint, words):
    look_into(complaint, agent, verified=False, how="")
    office = desk(agent)
    assert "?replaces=1&source=record" in words(office.opens(complaint))
    assert office.opens(complaint, "investigate", data={"replaces": "1"}).context["form"]["replaces"].value() == "1"
    office.does("investigate", complaint, **FACT, replaces="1")
    assert "Takes the place of no. 1." in words(office.opens(complaint))


@pytest.mark.parametrize(
    ("act", "wrong", "field"),
    [
        ("investigate", {"what": ""}, "what"),
        ("investigate", {"how": ""}, "how"),
        ("investigate", {"source": "gossip"}, "source"),
        ("investigate", {"replaces": "9"}, "replaces"),
        ("investigate", {"amount": "1", "currency": ""}, "currency"),
        ("investigate", {"amount": "x"}, "amount"),
        ("judge", {"grounds": ""}, "grounds"),
        ("judge", {"demand_reasons": ""}, "demand_reasons"),
        ("judge", {"demand": "none"}, "demand"),
        ("judge", {"party": ""}, "party"),
        ("judge", {"cause": ""}, "cause"),
        ("judge", {"party": "department"}, "department"),
        ("judge", {"party_name": "Acme"}, "party_name"),
        ("judge", {"person": "999999"}, "person"),
        ("judge", {"share": "101"}, "share"),
        ("judge", {"enough_because": ""}, "enough_because"),
    ],
)
def test_a_form_that_is_not_right_comes_back(desk, agent, complaint, act, wrong, field):
    if act == "judge":
        look_into(complaint, agent)
    given = (FACT if act == "investigate" else JUDGED) | wrong
    answer = desk(agent).does(act, complaint, **given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Judgement.objects.exists()


@pytest.mark.parametrize(("act", "field"), [("investigate", "what"), ("judge", "grounds_reasons")])
def test_a_part_of_the_page_gets_its_part_back(desk, agent, complaint, words, act, field):
    look_into(complaint, agent)
    given = (FACT if act == "investigate" else JUDGED) | {field: ""}
    answer = desk(agent).does(act, complaint, **given, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert f'id="{act}-{field}_error"' in words(answer)
    assert "<html" not in words(answer)
    answer = desk(agent).does(act, complaint, **given | {field: "Seen."}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"]


def test_words_without_a_cause_are_not_lost_silently(desk, agent, complaint):
    look_into(complaint, agent)
    answer = desk(agent).does("judge", complaint, **JUDGED | {"cause": "", "party": ""})
    assert set(answer.context["form"].errors) == {"cause", "party"}


def test_the_respondents_statement_stands_beside_the_claim(desk, agent, handler, complaint, words):
    statement = {"kind": TaskKind.STATEMENT, "what": "Tell us.", "department": complaint.department}
    tasks.issue(complaint_id=complaint.pk, by=agent, **statement)
    office = desk(agent)
    assert "Their statement was asked for and has not come yet." in words(office.opens(complaint))
    tasks.finish(complaint_id=complaint.pk, number=1, by=handler, result="The line was down.")
    for page in (words(office.opens(complaint)), words(office.opens(complaint, "judge"))):
        assert page.index("The card was charged twice") < page.index("The line was down.")


def test_what_is_not_possible_says_why(desk, agent, handler, complaint, words):
    judge(complaint, agent, origin=Origin(Cause.MISTAKE, "x", Party.PERSON, person=handler))
    assert "The complaint concerns you. Somebody else must look into it" in words(desk(handler).opens(complaint))
    page = words(desk(agent).opens(complaint))
    assert "Handler</dd>" in page
    assert "These outcomes fit it: Upheld, Partly upheld." in words(desk(agent).opens(complaint, "resolve"))
    answer = desk(agent).does("resolve", complaint, outcome="not_upheld", reasons="x", message="A long letter.")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["outcome"])
    assert "A long letter." in words(answer), "nothing that was typed is lost"


def test_who_comes_for_a_task_does_not_learn_who_answers_for_it(desk, head_office, agent, handler, complaint, words):
    repairs = DepartmentFactory(code="repairs", name="Repairs", parent=head_office)
    mechanic = UserFactory(name="Mechanic", role=Role.HANDLER, department=repairs)
    tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.SITE_VISIT, what="Look.", department=repairs)
    judge(complaint, agent, origin=Origin(Cause.MISTAKE, "x", Party.PERSON, person=handler))
    page = words(desk(mechanic).opens(complaint))
    assert "A member of the staff</dd>" in page
    assert "Handler</dd>" not in page


def test_others_do_not_find_the_forms(desk, outsider, complaint):
    assert desk(outsider).opens(complaint, "investigate").status_code == 404
    assert desk(outsider).does("judge", complaint, **JUDGED).status_code == 404


def test_twice_as_many_cost_the_dossier_and_the_form_the_same(
    desk, agent, complaint, register, picture, django_assert_num_queries, django_assert_max_num_queries
):
    office = desk(agent)

    def more():
        for _number in range(2):
            office.does("investigate", complaint, **FACT, files=picture("a.png"))
            office.does("judge", complaint, **JUDGED)
            register()

    more()
    counts = []
    for act in ("", "judge"):
        office.opens(complaint, act)
        with django_assert_max_num_queries(70) as count:
            office.opens(complaint, act)
        counts.append(len(count))
    more()
    for act, count in zip(("", "judge"), counts, strict=True):
        with django_assert_num_queries(count):
            office.opens(complaint, act)
