"""The dossier: the story, the facts, the acts, the files, and what it costs."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from complaints import events
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.models import Attachment
from complaints.services import casework, correspondence, decisions, evidence
from complaints.services.intake import ComplainantDetails, SubjectDetails
from complaints.vocabulary import Demand, Form, Outcome, SubjectKind
from complaints.web.desk.happenings import HAPPENED
from tests.factories import UserFactory


def test_the_story_names_the_complaint_that_was_merged_in(desk, agent, register, words):
    complaint, other = register().complaint, register().complaint
    casework.merge(complaint_id=other.pk, by=agent, into_id=complaint.pk)
    casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="x", message="y")
    page = words(desk(agent).opens(complaint))
    _before, says, after = page.partition("merged another complaint into this one:")
    assert says
    assert other.reference in after[:200]


def test_the_dossier_shows_the_full_record(desk, agent, register, words):
    complaint = register(
        by=agent,
        subject="多刷一次",
        description="刷卡刷了兩次。\n店員不理我。",
        summary="Till 3 booked twice.",
        form=Form.ORAL,
        read_back=True,
        demands=[Demand.REFUND],
        demand_note="請退款",
        suggestion="換一台收銀機",
        complainant=ComplainantDetails(
            name="陳美玲", phone="0912 345 678", on_behalf_of="陳老先生", authority="daughter", relation="customer"
        ),
        subjects=[SubjectDetails(name="Till 3", kind=SubjectKind.UNIT, reference="T-3")],
    ).complaint
    page = words(desk(agent).opens(complaint))
    for expected in (
        "多刷一次", "刷卡刷了兩次。\n店員不理我。", "Till 3 booked twice.", "Oral, read back", "Refund", "請退款",
        "換一台收銀機", "陳美玲", "0912 345 678", "陳老先生", "daughter", "T-3", "registered the complaint.",
    ):  # fmt: skip
        assert expected in page


def test_the_story_tells_messages_with_who_reads_them(desk, agent, complaint, words):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We look into it.")
    correspondence.note(complaint_id=complaint.pk, by=agent, body="Ask the bank.")
    correspondence.hear(complaint_id=complaint.pk, body="謝謝")
    response = desk(agent).opens(complaint)
    assert [entry.kind for entry in response.context["story"]] == ["hear", "note", "reply", "register"]
    page = words(response)
    assert page.index("謝謝") < page.index("Ask the bank.") < page.index("We look into it.")
    note = page[page.index("story__item--note") : page.index("story__item--reply")]
    assert "Only the office reads this." in note
    assert "The complainant reads this." not in note


def test_the_story_names_people_and_places_where_events_hold_numbers(
    desk, agent, handler, supervisor, specialist, head_office, complaint, words
):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.transfer(complaint_id=complaint.pk, by=supervisor, to=head_office, reasons="It is their system.")
    page = words(desk(specialist).opens(complaint))
    assert "put the complaint into the hands of Handler." in page
    assert "asked Head office to take the complaint; until it accepts, North branch stays responsible." in page
    assert "It is their system." in page


def test_the_story_tells_what_deadlines_did(desk, agent, supervisor, complaint, words):
    climbed = {"tier_before": 1, "tier": 2, "holder_before": None, "holder": supervisor.pk}
    same = {"priority_before": "ordinary", "priority": "ordinary", "clock_kind": "first_response"}
    tells = {"notify": True, "roles": [], "tell_holder": False, "urgent": False}
    for kind in ("breached", "escalated", "reminded"):
        events.record(complaint, kind=kind, by=None, at=timezone.now(), **climbed, **same, **tells)
    page = words(desk(agent).opens(complaint))
    assert "noted a broken promise: First reply." in page
    assert "raised the complaint from tier 1 to tier 2." in page
    assert "Supervisor holds it now." in page
    assert "reminded the people in charge." in page
    assert "The priority is" not in page


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"notify": True, "missed": False}, "reminded the people in charge."),
        ({"notify": False, "missed": True}, "came late to a reminder"),
        ({"notify": False, "missed": False}, "did a step of the ladder."),
    ],
)
def test_the_story_says_that_people_were_reminded_only_where_they_were(desk, agent, complaint, words, facts, told):
    holder = {"holder_before": None, "holder": None, "roles": ["supervisor"], "tell_holder": False, "urgent": False}
    events.record(complaint, kind="reminded", by=None, at=timezone.now(), clock_kind="resolution", **holder, **facts)
    page = words(desk(agent).opens(complaint))
    assert told in page
    assert ("reminded the people" in page) == told.startswith("reminded")


def test_a_kind_of_event_that_this_version_does_not_know_is_still_told(desk, agent, complaint, words):
    events.record(complaint, kind="signed_off", by=agent, at=timezone.now())
    assert "signed_off" in words(desk(agent).opens(complaint))


def test_each_kind_of_event_has_words_for_the_lists():
    told = {path.stem for path in (Path(settings.BASE_DIR) / "templates/desk/events").glob("*.html")}
    assert told == set(map(str, HAPPENED))


def test_what_is_possible_is_a_button_and_what_is_not_says_why(desk, agent, complaint, words):
    offers = desk(agent).opens(complaint).context["offers"].by_name
    assert offers["acknowledge"].reason == ""
    assert offers["acknowledge"].look == "primary"
    assert "not possible while the complaint is “Received”" in offers["close"].reason
    assert "Supervisor, Manager" in offers["decline"].reason
    page = words(desk(agent).opens(complaint))
    assert offers["close"].reason in page
    assert f'action="{reverse("desk:acknowledge", args=[complaint.reference])}"' in page


def test_an_auditor_reads_and_is_told_that_no_act_is_theirs(desk, branch, complaint):
    auditor = UserFactory(role=Role.AUDITOR, department=branch)
    offers = desk(auditor).opens(complaint).context["offers"]
    assert offers.possible == []
    assert all(offer.reason for offer in offers.by_name.values())


def test_a_proposed_class_is_offered_to_the_second_person_only(desk, agent, supervisor, manager, complaint, words):
    correspondence.reply(complaint_id=complaint.pk, by=supervisor, body="Patiently explained.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=supervisor,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.THREAT,
        reasons="Threatened the cashier.",
        evidence="Recording.",
        told="Our people were shouted at.",
    )
    response = desk(manager).opens(complaint)
    assert response.context["offers"].by_name["confirm_class"].reason == ""
    assert "Supervisor proposes the class “Malicious: Threat”" in words(response)
    own = desk(supervisor).opens(complaint).context["offers"].by_name["confirm_class"]
    assert own.reason == "You proposed this class yourself. Another senior person must look at it."
    assert desk(agent).opens(complaint).context["offers"].by_name["classify"].reason


def test_other_complaints_of_the_same_person_are_named(desk, agent, register, complaint, words):
    other = register(subject="The same again").complaint
    assert other.reference in words(desk(agent).opens(complaint))


def test_the_dossier_costs_the_same_however_long_the_story(
    desk, agent, complaint, picture, django_assert_max_num_queries, django_assert_num_queries
):
    def more():
        for number in range(4):
            correspondence.reply(complaint_id=complaint.pk, by=agent, body=f"Reply {number}")
            correspondence.note(
                complaint_id=complaint.pk, by=agent, body=f"Note {number}", files=[evidence.check_file(picture())]
            )
            evidence.attach(complaint_id=complaint.pk, by=agent, file=evidence.check_file(picture()), internal=True)
            correspondence.hear(complaint_id=complaint.pk, body="Still waiting.")

    browser = desk(agent)
    more()
    browser.opens(complaint)
    with django_assert_max_num_queries(53) as first:
        browser.opens(complaint)
    more()
    with django_assert_num_queries(len(first)):
        browser.opens(complaint)


def test_a_closed_complaint_shows_how_it_ended(desk, agent, complaint, words):
    casework.resolve(
        complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Till journal.", message="You are right."
    )
    casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.NO_CONTACT, note="Called three times.")
    response = desk(agent).opens(complaint)
    assert "How it ended" in words(response)
    assert [each.state for each in response.context["milestones"]] == ["done", "skipped", "skipped", "done", "done"]


def test_a_file_is_saved_and_never_run(desk, agent, complaint, picture):
    kept = evidence.attach(
        complaint_id=complaint.pk, by=agent, file=evidence.check_file(picture("收據.png")), internal=True
    )
    response = desk(agent).get(reverse("desk:file", args=[complaint.reference, kept.pk]))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_a_file_is_found_only_by_those_who_see_its_complaint(desk, agent, outsider, register, complaint, picture):
    kept = evidence.attach(complaint_id=complaint.pk, by=agent, file=evidence.check_file(picture()), internal=False)
    assert desk(outsider).get(reverse("desk:file", args=[complaint.reference, kept.pk])).status_code == 404
    other = register().complaint
    assert desk(agent).get(reverse("desk:file", args=[other.reference, kept.pk])).status_code == 404


def test_a_file_that_is_gone_from_the_store_is_not_found(desk, agent, complaint):
    kept = evidence.attach(
        complaint_id=complaint.pk,
        by=agent,
        file=evidence.check_file(SimpleUploadedFile("note.txt", b"plain words")),
        internal=False,
    )
    kept.file.storage.delete(kept.file.name)
    assert Attachment.objects.filter(pk=kept.pk).exists()
    assert desk(agent).get(reverse("desk:file", args=[complaint.reference, kept.pk])).status_code == 404


def test_an_open_page_hears_that_somebody_else_has_acted(desk, agent, handler, complaint, words):
    browser, part = desk(agent), {"HX-Request": "true"}
    changes = reverse("desk:changes", args=[complaint.reference])
    assert "has happened since" not in words(browser.get(f"{changes}?since=1", headers=part))
    casework.acknowledge(complaint_id=complaint.pk, by=handler)
    page = words(browser.get(f"{changes}?since=1", headers=part))
    assert "1 thing has happened since you opened this page:" in page
    assert "Acknowledged (Handler" in page
    assert "?since=1" in page
    assert "<html" not in page
    assert browser.get(f"{changes}?since=x", headers=part).status_code == 404
    assert browser.get(f"{changes}?since=1")["Location"] == reverse("desk:dossier", args=[complaint.reference])


def test_nobody_hears_of_changes_to_what_they_do_not_see(desk, outsider, complaint):
    changes = reverse("desk:changes", args=[complaint.reference])
    assert desk(outsider).get(f"{changes}?since=0", headers={"HX-Request": "true"}).status_code == 404
