"""Taking complaints further at the desk, looking for the earlier one, and the supervision desk."""

import pytest
from django.urls import reverse

from complaints.classes import Kind
from complaints.models import Complaint, Upgrade
from complaints.services import casework, matters, splitting, unrecorded_upgrades, upgrades
from complaints.services.intake import ComplainantDetails, Registration
from complaints.services.matters import Part
from complaints.services.unrecorded_upgrades import Unrecorded
from complaints.vocabulary import Relation


@pytest.fixture
def held(register, agent, handler):
    complaint = register(complainant=ComplainantDetails(name="Wang Da-ming", phone="0912 345 678")).complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    return complaint


def demanded(complaint, *grounds):
    return upgrades.demand(complaint_id=complaint.pk, grounds=grounds or [Kind.OVERDUE], words="Too slow.").complaint


def test_the_agent_reads_the_record_and_takes_it_further(desk, agent, specialist, manager, held, words):
    browser = desk(agent)
    page = words(browser.opens(held, "upgrade", headers={"HX-Request": "true"}))
    assert "No date was ever promised." in page
    assert "It has not been answered." in page
    refused = browser.does("upgrade", held, words="Too slow.", channel="phone", form="oral")
    assert refused.status_code == 422
    assert "may not be empty" in words(refused) or "choose one" in words(refused)
    answers = {"grounds": ["unresolved", "overdue"], "words": "Too slow.", "channel": "phone", "form": "oral"}
    done = browser.does("upgrade", held, **answers)
    made = Complaint.objects.get(upgrade__earlier=held)
    assert done.url == reverse("desk:dossier", args=[made.reference])
    assert (made.registered_by, made.channel, made.tier, made.holder) == (agent, "phone", 3, manager)
    page = words(browser.opens(held))
    assert "It goes further as" in page
    assert "This complaint has been taken further already." in page
    page = words(browser.opens(made))
    assert "Confirmed by the record" in page
    assert held.reference in page
    assert "It is an upgrade: Overdue, Unresolved." in page


def test_a_supervisor_of_elsewhere_may_not(desk, outsider, held):
    assert desk(outsider).does("upgrade", held, grounds="overdue", words="x").status_code == 404


def test_looking_for_the_earlier_complaint(desk, agent, held, words, head_office, specialist):
    browser = desk(agent)
    assert browser.get("/desk/upgrades/find/").status_code == 200
    page = words(browser.get("/desk/upgrades/find/", {"phone": "0912345678", "name": "nobody"}))
    assert held.reference in page
    assert reverse("desk:upgrade", args=[held.reference]) in page
    assert "No complaint that you may see fits this." in words(browser.get("/desk/upgrades/find/", {"name": "Xu"}))
    assert "A day alone finds too much." in words(browser.get("/desk/upgrades/find/", {"day": "2026-11-02"}))
    assert "at least 5 digits" in words(browser.get("/desk/upgrades/find/", {"phone": "0912"}))
    for wrong in ("soon", "0001-01-01", "9999-12-31"):
        assert browser.get("/desk/upgrades/find/", {"name": "Wang", "day": wrong}).status_code == 422
    form = browser.get("/desk/upgrades/new/", {"name": "Xu", "phone": "1", "told_on": "", "told_about": "at the gate"})
    assert 'value="Xu"' in words(form)
    assert browser.post("/desk/upgrades/new/", {"name": "Xu"}).status_code == 422
    sent = {
        "grounds": "unresolved",
        "subject": "Refund",
        "words": "They forgot.",
        "name": "Xu",
        "told_on": "2026-11-02",
        "channel": "phone",
        "form": "oral",
        "language": "en",
        "none_found": "on",
    }
    done = browser.post("/desk/upgrades/new/", sent, follow=True)
    made = Upgrade.objects.get().complaint
    assert made.reference in words(done)
    assert (made.upgrade.record, made.holder) == ("none", specialist)


def test_the_holder_names_the_earlier_complaint(desk, specialist, held, manager, head_office, words):
    registration = Registration("Refund", "They forgot.", complainant=ComplainantDetails(phone="0912-345678"))
    made = unrecorded_upgrades.demand(given=Unrecorded(registration, [Kind.UNRESOLVED]), once="t").complaint
    browser = desk(specialist)
    assert "Nobody has looked for the earlier complaint yet." in words(browser.opens(made))
    page = words(browser.get(reverse("desk:name-earlier", args=[made.reference]), {"earlier": held.reference}))
    assert "It is this one" in page
    assert f'value="{held.reference}"' in page
    assert browser.does("name-earlier", made, reasons="Looked.").status_code == 422
    assert browser.does("name-earlier", made, reasons="Same phone.", earlier=held.reference).status_code == 302
    assert Upgrade.objects.get().earlier == held
    refused = browser.opens(held, "name-earlier")
    assert "Classify it as an upgrade first." in words(refused)


@pytest.fixture
def three(register, held, head_office, specialist):
    """An upgrade whose ground the record confirms, one whose ground it does not, and one without any record."""
    registration = Registration("Refund", "They forgot.", complainant=ComplainantDetails(phone="0988 765 432"))
    return [
        demanded(held, Kind.UNRESOLVED),
        demanded(register().complaint, Kind.MAJOR_IMPACT),
        unrecorded_upgrades.demand(given=Unrecorded(registration, [Kind.OVERDUE]), once="t").complaint,
    ]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, {0, 1, 2}),
        ({"state": "open"}, {0, 1, 2}),
        ({"state": "ended"}, set()),
        ({"ground": "unresolved"}, {0}),
        ({"verdict": "not_confirmed"}, {1}),
        ({"verdict": "silent", "ground": "overdue"}, {2}),
        ({"verdict": "confirmed", "ground": "overdue"}, set()),
        ({"record": "unsettled"}, {2}),
        ({"record": "nonsense"}, set()),
    ],
)
def test_the_supervision_desk_shows_them_with_their_grounds(desk, executive, three, words, asked, shown):
    page = words(desk(executive).get("/desk/supervision/", asked, headers={"HX-Request": "true"}))
    assert {number for number, made in enumerate(three) if made.reference in page} == shown


def test_the_supervision_desk_is_for_those_outside_the_line(desk, manager, executive, three, words):
    assert desk(manager).get("/desk/supervision/").status_code == 403
    assert 'href="/desk/supervision/"' not in words(desk(manager).get("/desk/"))
    assert 'href="/desk/supervision/"' in words(desk(executive).get("/desk/"))


def test_it_goes_by_who_sees_what_and_costs_the_same_for_many(
    desk, executive, register, three, words, django_assert_num_queries, django_assert_max_num_queries
):
    secret = register(complainant=ComplainantDetails(name="E", relation=Relation.EMPLOYEE)).complaint
    hidden = demanded(secret)
    browser = desk(executive)
    with django_assert_max_num_queries(25) as first:
        page = words(browser.get("/desk/supervision/"))
    hidden.refresh_from_db()
    assert (hidden.reference in page) == (hidden.holder == executive)
    for _ in range(3):
        demanded(register().complaint, Kind.OVERDUE, Kind.UNRESOLVED)
    with django_assert_num_queries(len(first)):
        browser.get("/desk/supervision/")


def test_contacts_without_an_answer_are_shown_as_a_fact(desk, agent, held, register, words, head_office):
    register(complainant=ComplainantDetails(name="Wang", phone="0912 345 678"))
    page = words(desk(agent).opens(held))
    assert "2 contacts within 30 days without an answer" in page
    matters.split(complaint_id=held.pk, by=agent, parts=[Part("The till"), Part("The queue")])
    given = {"message": "Head office answers this.", "department": head_office}
    part = splitting.split_off(complaint_id=held.pk, number=2, by=agent, **given)
    for complaint in (held, part):
        page = words(desk(agent).opens(complaint))
        assert "2 contacts within 30 days without an answer" in page, "what we split off is no contact of theirs"
