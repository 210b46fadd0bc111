"""Who enters the desk, and what they see there."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

PAGES = ["desk:my-work", "desk:complaints", "desk:register"]
ACTS = [
    "acknowledge", "take", "assign", "transfer", "classify", "confirm-class", "reject-class", "prioritise", "reply",
    "note", "attach", "wait", "resume", "resolve", "close", "reopen", "withdraw", "decline", "merge",
    "follow-up",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_led_to_the_sign_in_page_and_then_back(client, db, page):
    response = client.get(reverse(page))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:sign-in"))
    assert response["Location"].endswith(reverse(page))


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in_when_the_session_has_ended(client, db):
    response = client.get(reverse("desk:my-work"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("accounts:sign-in")


def test_somebody_who_has_left_is_led_to_the_sign_in_page(desk, agent):
    browser = desk(agent)
    agent.is_active = False
    agent.save()
    assert browser.get(reverse("desk:my-work")).status_code == 302


def test_a_complaint_of_another_branch_does_not_exist(desk, outsider, complaint):
    assert desk(outsider).opens(complaint).status_code == 404


def test_no_act_reaches_a_complaint_of_another_branch(desk, outsider, complaint):
    browser = desk(outsider)
    for act in ACTS:
        assert browser.opens(complaint, act).status_code == 404
        assert browser.does(act, complaint).status_code == 404
    complaint.refresh_from_db()
    assert complaint.event_count == 1


@pytest.mark.parametrize("reference", ["R26-000001-X", "nonsense", "R26-999999-C", "%00", "R26-000001-E%27"])
def test_a_reference_that_is_none_is_not_found(desk, agent, reference):
    assert desk(agent).get(f"/desk/complaints/{reference}/").status_code == 404


def test_a_reference_typed_in_lower_case_leads_to_the_dossier(desk, agent, complaint):
    response = desk(agent).get(f"/desk/complaints/{complaint.reference.lower()}/")
    assert response["Location"] == reverse("desk:dossier", args=[complaint.reference])


def test_lists_show_nothing_of_another_branch(desk, outsider, complaint, words):
    assert complaint.reference not in words(desk(outsider).get(reverse("desk:complaints")))
    assert complaint.reference not in words(desk(outsider).get(reverse("desk:my-work")))


def test_somebody_without_any_role_sees_an_empty_desk(desk, head_office, complaint, words):
    newcomer = UserFactory(department=head_office)
    assert "There is no complaint yet" in words(desk(newcomer).get(reverse("desk:complaints")))
    assert desk(newcomer).opens(complaint).status_code == 404


def test_an_act_that_is_not_ones_own_is_forbidden_in_words(desk, agent, complaint, words):
    response = desk(agent).does(
        "decline", complaint, code="out_of_time", reasons="Too late.", recourse="The ombudsman."
    )
    assert response.status_code == 403
    assert "You may not do “Decline” with this complaint." in words(response)
    complaint.refresh_from_db()
    assert complaint.status == "received"


def test_a_part_of_a_page_hears_why_it_is_forbidden_and_stays(desk, agent, complaint):
    response = desk(agent).does(
        "decline",
        complaint,
        code="out_of_time",
        reasons="Too late.",
        recourse="The ombudsman.",
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 403
    assert "says" in response["HX-Trigger"]


def test_an_act_that_is_not_possible_now_is_refused_with_all_that_was_typed(desk, agent, complaint, words):
    refused = desk(agent).does("close", complaint, reason="other", note="They moved away.")
    assert refused.status_code == 409
    assert words(refused).count("“Close” is not possible while the complaint is “Received”.") == 1
    assert "They moved away." in words(refused)


def test_an_act_without_a_form_is_refused_on_the_page_it_came_from(desk, agent, complaint, words):
    browser = desk(agent)
    dossier = reverse("desk:dossier", args=[complaint.reference])
    response = browser.does("resume", complaint, headers={"Referer": f"http://testserver{dossier}"})
    assert response["Location"].endswith(dossier)
    assert "“Go on” is not possible while the complaint is “Received”." in words(browser.get(dossier))


def test_what_a_service_finds_empty_is_named(desk, agent, complaint, words):
    desk(agent).does("investigate", complaint, source="record", what="The till ran twice.")
    judged = {
        "grounds": "founded",
        "grounds_reasons": "x",
        "demand": "reasonable",
        "demand_reasons": " ",
        "share": "0",
    }
    refused = desk(agent).does("judge", complaint, **judged, enough_because="x")
    assert (refused.status_code, "“Why, as to the demand” may not be empty." in words(refused)) == (422, True)
