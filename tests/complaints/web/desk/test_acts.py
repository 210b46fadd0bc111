"""Every act through its door: carried out, refused with all that was typed, never over somebody else's change."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from complaints import events
from complaints.classes import ComplaintClass, Kind
from complaints.models import Decision, Message, Subject
from complaints.services import casework, correspondence, decisions, evidence
from complaints.vocabulary import Outcome, SubjectKind
from tests.factories import AbsenceFactory
from tests.factories.judging import judge

LONG = "字" * 100_000


@pytest.fixture
def proposed(complaint, agent):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="Patiently explained.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="Shouts at everybody.",
        evidence="Three recordings.",
        told="Our people were shouted at.",
    )
    return complaint


def test_acknowledge(desk, agent, complaint, words):
    browser = desk(agent)
    response = browser.does("acknowledge", complaint)
    assert response["Location"] == reverse("desk:dossier", args=[complaint.reference])
    complaint.refresh_from_db()
    assert complaint.status == "assessing"
    assert "The complaint is acknowledged." in words(browser.opens(complaint))


def test_take(desk, handler, complaint):
    desk(handler).does("take", complaint)
    complaint.refresh_from_db()
    assert complaint.holder == handler


def test_assign_offers_only_people_who_can_handle_it(desk, agent, handler, outsider, administrator, complaint, words):
    browser = desk(agent)
    offered = browser.opens(complaint, "assign").context["form"].fields["to"].queryset
    assert set(offered) == {agent, handler}
    browser.does("assign", complaint, to=handler.pk)
    complaint.refresh_from_db()
    assert complaint.holder == handler
    refused = browser.does("assign", complaint, to=outsider.pk)
    assert refused.status_code == 422


def test_whom_it_concerns_is_not_offered_and_does_not_get_it(desk, agent, handler, manager, complaint, words):
    Subject.objects.create(complaint=complaint, kind=SubjectKind.PERSON, name="The handler", user=handler)
    browser = desk(agent)
    assert handler not in browser.opens(complaint, "assign").context["form"].fields["to"].queryset
    refused = browser.does("assign", complaint, to=handler.pk)
    assert refused.status_code == 422
    assert "the complaint concerns them" in words(refused)
    complaint.refresh_from_db()
    assert complaint.holder is None


def test_whoever_is_away_is_marked_in_the_list(desk, agent, handler, manager, complaint, words):
    AbsenceFactory(user=handler)
    page = words(desk(agent).opens(complaint, "assign"))
    assert "Handler, North branch (away until" in page
    assert page.index("Manager, North branch") < page.index("Handler, North branch")


def test_whom_it_concerns_does_not_take_it_and_is_told_why(desk, handler, complaint, words):
    Subject.objects.create(complaint=complaint, kind=SubjectKind.PERSON, name="The handler", user=handler)
    browser = desk(handler)
    assert "The complaint is about Handler" in words(browser.opens(complaint, "take"))
    assert browser.does("take", complaint).status_code == 302
    assert "The complaint is about Handler" in words(browser.opens(complaint))
    complaint.refresh_from_db()
    assert complaint.holder is None


def test_the_story_says_in_words_that_somebody_was_passed_over(desk, agent, handler, supervisor, complaint, words):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.resolve(
        complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="Journal.", message="Right."
    )
    casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="There is more.")
    page = words(desk(agent).opens(complaint))
    assert "Supervisor holds it now." in page
    assert "Somebody was passed over because the complaint concerns them." in page


def test_what_is_out_of_sight_after_an_act_leads_back_to_my_work(desk, agent, outsider, complaint):
    response = desk(agent).does("transfer", complaint, to=outsider.department.pk, reasons="Their system.")
    assert response["Location"] == reverse("desk:dossier", args=[complaint.reference])
    response = desk(outsider).does("object-to-transfer", complaint, reasons="Not ours.")
    assert response["Location"] == reverse("desk:my-work")


def test_classify(desk, agent, complaint, words):
    judge(complaint, agent)
    desk(agent).does("classify", complaint, judgement="valid:harm", reasons="x", fault="mistake", harmed="user")
    complaint.refresh_from_db()
    assert (complaint.complaint_class, complaint.class_kind) == ("valid", "harm")
    assert "Fault: A mistake; harmed: The user" in words(desk(agent).opens(complaint))


def test_classify_as_upgrade_names_the_earlier_complaint(desk, agent, register, complaint):
    later = register().complaint
    typed = complaint.reference.lower()
    desk(agent).does("classify", later, judgement="upgrade:unresolved", reasons="Nothing came.", earlier=typed)
    later.refresh_from_db()
    assert later.earlier == complaint


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"reasons": "Because."}, "judgement", "“Class and kind”: choose one."),
        ({"judgement": "valid:abuse", "reasons": "Because."}, "judgement", "Select a valid choice"),
        ({"judgement": "valid:harm"}, "reasons", "“Reasons” may not be empty."),
        ({"judgement": "malicious:abuse", "reasons": "Shouts."}, "evidence", "Say what the evidence is"),
        (
            {"judgement": "malicious:abuse", "reasons": "Shouts.", "evidence": "Recording."},
            "judgement",
            "First explain the matter",
        ),
        ({"judgement": "upgrade:overdue", "reasons": "Late."}, "earlier", "Name the earlier complaint"),
        (
            {"judgement": "upgrade:overdue", "reasons": "Late.", "earlier": "R26-000001-X"},
            "earlier",
            "This is not a reference.",
        ),
    ],
)
def test_classify_refuses_what_a_class_demands_and_does_not_get(
    desk, agent, complaint, words, answers, field, sentence
):
    response = desk(agent).does("classify", complaint, **answers)
    assert response.status_code == 422
    assert any(sentence in error for error in response.context["form"].errors[field])
    assert not Decision.objects.exists()


def test_the_earlier_complaint_must_be_one_that_is_seen(desk, agent, outsider, register, complaint):
    hidden = register(department=outsider.department).complaint
    response = desk(agent).does(
        "classify", complaint, judgement="upgrade:overdue", reasons="Late.", earlier=hidden.reference
    )
    assert "not open to you" in str(response.context["form"].errors["earlier"])


def test_confirm_class(desk, manager, proposed, words):
    assert "Three recordings." in words(desk(manager).opens(proposed, "confirm-class"))
    desk(manager).does("confirm-class", proposed, reasons="I listened to them.")
    proposed.refresh_from_db()
    assert proposed.complaint_class == "malicious"


def test_reject_class(desk, manager, proposed):
    desk(manager).does("reject-class", proposed, reasons="Angry, with reason.")
    proposed.refresh_from_db()
    assert proposed.complaint_class == "unclassified"


def test_prioritise(desk, agent, complaint):
    browser = desk(agent)
    browser.does("prioritise", complaint, impact="high", urgency="high", override="")
    complaint.refresh_from_db()
    assert complaint.priority == "major"
    refused = browser.does("prioritise", complaint, impact="high", urgency="high", override="ordinary")
    assert refused.status_code == 422
    assert "reasons" in refused.context["form"].errors


def test_wait_and_resume(desk, agent, complaint):
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    browser = desk(agent)
    browser.does("wait", complaint, reason="complainant", question="Which till was it?")
    complaint.refresh_from_db()
    assert complaint.status == "waiting"
    browser.does("resume", complaint)
    complaint.refresh_from_db()
    assert complaint.status == "assessing"


def test_resolve_close_and_reopen(desk, supervisor, complaint):
    browser = desk(supervisor)
    browser.does("resolve", complaint, outcome="upheld", reasons="Till journal.", message="You are right.")
    complaint.refresh_from_db()
    assert complaint.status == "resolved"
    browser.does("close", complaint, reason="confirmed", note="Said so at the counter.")
    complaint.refresh_from_db()
    assert complaint.status == "closed"
    browser.does("reopen", complaint, reasons="The money never came.")
    complaint.refresh_from_db()
    assert (complaint.status, complaint.cycle) == ("assessing", 2)


def test_withdraw(desk, agent, complaint):
    desk(agent).does("withdraw", complaint, reasons="They found the receipt.")
    complaint.refresh_from_db()
    assert complaint.status == "withdrawn"


def test_decline(desk, supervisor, complaint):
    desk(supervisor).does(
        "decline", complaint, code="out_of_time", reasons="Nine years ago.", recourse="The consumer ombudsman."
    )
    complaint.refresh_from_db()
    assert complaint.status == "declined"


def test_merge(desk, agent, register, complaint, words):
    into = register().complaint
    browser = desk(agent)
    browser.does("merge", complaint, into=into.reference)
    complaint.refresh_from_db()
    assert complaint.merged_into == into
    assert into.reference in words(browser.opens(complaint))
    assert complaint.reference in words(browser.opens(into))


def test_merge_into_itself_is_refused_beside_its_field(desk, agent, complaint):
    response = desk(agent).does("merge", complaint, into=complaint.reference)
    assert response.status_code == 422
    assert "into" in response.context["form"].errors


def test_reply_with_a_file(desk, agent, complaint, picture):
    desk(agent).does("reply", complaint, body="See the receipt.", file=picture())
    message = Message.objects.get()
    assert message.kind == "reply"
    assert [each.name for each in message.attachments.all()] == ["receipt.png"]


def test_the_file_of_a_note_is_only_for_the_office(desk, agent, complaint, picture):
    desk(agent).does("note", complaint, body="From the bank.", file=picture())
    assert Message.objects.get().attachments.get().internal


def test_attach(desk, agent, complaint, picture):
    desk(agent).does("attach", complaint, file=picture("photo.png"), internal="on")
    kept = complaint.attachments.get()
    assert (kept.name, kept.internal) == ("photo.png", True)


# --- What is typed is kept ----------------------------------------------------------------------------------


def test_an_error_keeps_what_was_typed_and_says_where_it_is(desk, agent, complaint, words):
    response = desk(agent).does("resolve", complaint, outcome="", reasons="Till journal.", message="You are right.")
    assert response.status_code == 422
    page = words(response)
    assert "There is a problem" in page
    assert 'href="#resolve-outcome_0"' in page
    assert "Till journal." in page
    assert "You are right." in page


def test_htmx_gets_only_the_form_with_its_errors(desk, agent, complaint):
    response = desk(agent).does("reply", complaint, body="", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert b"<html" not in response.content
    assert b'id="sheet-reply"' in response.content


def test_htmx_is_sent_to_the_dossier_when_the_act_is_done(desk, agent, complaint):
    response = desk(agent).does("reply", complaint, body="We are on it.", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("desk:dossier", args=[complaint.reference])


@pytest.mark.parametrize(("act", "field"), [("reply", "body"), ("note", "body"), ("withdraw", "reasons")])
def test_a_hundred_thousand_characters_are_refused_in_a_sentence(desk, agent, complaint, words, act, field):
    response = desk(agent).does(act, complaint, **{field: LONG})
    assert response.status_code == 422
    assert "This has 100000 characters; 20000 are taken." in words(response)
    assert LONG in words(response)


@pytest.mark.parametrize(
    "act", ["reply", "note", "attach", "classify", "resolve", "withdraw", "assign", "transfer", "merge", "prioritise"]
)
def test_nothing_at_all_is_refused_in_a_sentence(desk, agent, complaint, act):
    response = desk(agent).does(act, complaint)
    assert response.status_code == 422
    assert response.context["form"].errors


def test_a_null_character_is_refused_in_a_sentence(desk, agent, complaint):
    assert desk(agent).does("reply", complaint, body="a\x00b").status_code == 422


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("page.png", b"<html><script>alert(1)</script></html>", "“page.png” is not what its name says."),
        ("empty.png", b"", "“empty.png” is empty."),
        ("tool.exe", b"MZ\x90\x00", "“tool.exe”: files of this kind are not taken."),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_a_sentence(desk, agent, complaint, words, name, content, sentence):
    response = desk(agent).does("reply", complaint, body="Look.", file=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    page = words(response)
    assert sentence in page
    assert "Look." in page
    assert not Message.objects.exists()


@pytest.mark.slow
def test_thirty_megabytes_are_refused_in_a_sentence(desk, agent, complaint, words):
    large = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(30 * 1024 * 1024))
    large.name = "film.png"
    response = desk(agent).does("attach", complaint, file=large)
    assert response.status_code == 422
    assert "“film.png” has 31 MB; at most 10 MB are taken." in words(response)


# --- A stale form never overwrites --------------------------------------------------------------------------


def test_a_form_made_before_somebody_elses_act_says_what_changed_and_keeps_the_words(
    desk, agent, handler, complaint, words
):
    version = complaint.event_count
    correspondence.note(complaint_id=complaint.pk, by=handler, body="The bank has paid it back.")
    response = desk(agent).does("reply", complaint, version=version, body="We shall ask the bank.")
    assert response.status_code == 409
    page = words(response)
    assert "the complaint has moved on while you were writing" in page
    assert "The bank has paid it back." in page
    assert "We shall ask the bank." in page
    assert not Message.objects.filter(kind="reply").exists()


def test_the_form_that_came_back_can_be_sent_again(desk, agent, handler, complaint):
    browser = desk(agent)
    correspondence.note(complaint_id=complaint.pk, by=handler, body="The bank has paid it back.")
    stale = browser.does("reply", complaint, version=1, body="We shall ask the bank.")
    assert b'name="version" value="2"' in stale.content
    browser.does("reply", complaint, version=2, body="We shall ask the bank.")
    assert Message.objects.filter(kind="reply").count() == 1


def test_one_press_on_a_stale_page_does_nothing(desk, agent, handler, complaint):
    casework.acknowledge(complaint_id=complaint.pk, by=handler)
    casework.resolve(
        complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="Journal.", message="Right."
    )
    response = desk(agent).does("take", complaint, version=1)
    assert response.status_code == 409
    complaint.refresh_from_db()
    assert complaint.holder is None


@pytest.mark.parametrize("version", ["", "nonsense", "-1", "9" * 40, "²"])
def test_a_form_that_does_not_say_when_it_was_made_is_stale(desk, agent, complaint, version):
    assert desk(agent).does("acknowledge", complaint, version=version).status_code == 409


def test_a_reminder_does_not_make_a_form_stale(desk, agent, complaint):
    events.record(complaint, kind="reminded", by=None, at=timezone.now(), notify=False, clock_kind="resolution")
    assert desk(agent).does("acknowledge", complaint, version=1).status_code == 302


def test_the_page_of_an_act_that_is_not_possible_says_why(desk, agent, complaint, words):
    response = desk(agent).opens(complaint, "close")
    assert response.status_code == 200
    assert "not possible while the complaint is “Received”" in words(response)
    assert b'id="sheet-close"' in response.content
    assert b'<button class="button button--primary"' not in response.content


def test_evidence_of_the_complainant_stands_with_their_message(desk, agent, complaint, picture):
    correspondence.hear(complaint_id=complaint.pk, body="Here it is.", files=[evidence.check_file(picture())])
    story = desk(agent).opens(complaint).context["story"]
    assert [(entry.kind, len(entry.files)) for entry in story] == [("hear", 1), ("register", 0)]
