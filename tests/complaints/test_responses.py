"""The final response: written, read by a second person, sent, and never changed again."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from common import typesetting
from complaints.classes import ComplaintClass
from complaints.errors import (
    ConflictOfInterest,
    ContradictsJudgement,
    IllegalMove,
    Invalid,
    LetterNeeded,
    NotAllowed,
    ResponseIncomplete,
    SecondPersonNeeded,
    TasksOpen,
)
from complaints.judging import Grounds, Source
from complaints.models import Attachment, Event, FinalResponse, ResponsePart, ResponseRule
from complaints.remedying import Loss, RemedyKind
from complaints.responding import OF_EACH_MATTER, STANDARD, Part, ResponseState, Text
from complaints.selectors import digests, final_responses, letters
from complaints.selectors.public_story import public_case
from complaints.services import (
    carrying_out,
    casework,
    evidence,
    inquiries,
    matters,
    offers,
    remedies,
    responses,
    tasks,
)
from complaints.services.intake import SubjectDetails
from complaints.services.remedies import Line
from complaints.tasking import TaskKind
from complaints.vocabulary import Channel, Outcome, SubjectKind
from escalation.models import Clock
from notifications.models import OutboxMessage
from tests.factories.escalation import publish_calendar, publish_policy, working_hours
from tests.factories.judging import judge

WORDS = {
    Part.CONCERN: "You were charged twice.",
    Part.CONSIDERED: "We read the journal of the till.",
    Part.FINDING: "The second charge was ours.",
    Part.REASONS: "One purchase, one charge.",
    Part.REMEDY: "The second charge is cancelled.",
    Part.RECOURSE: "The mediation board, 0800 555 040.",
    Part.CONTACT: "Agent, North branch",
}


def approve(complaint, by):
    """Having read the letter as it stands."""
    return responses.approve(complaint_id=complaint.pk, by=by, digest=final_responses.digest(complaint))


@pytest.fixture(autouse=True)
def _quick_type(monkeypatch):
    """Setting type takes half a second; that it is right is asked elsewhere."""
    monkeypatch.setattr(typesetting, "pdf", lambda **_letter: b"%PDF-1.4\n%%EOF\n")


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def write(complaint, agent):
    """Write the letter; `without=` leaves parts out, other words are added."""

    def _write(*without, by=None, outcome=Outcome.UPHELD, words=None, **options):
        said = WORDS | (words or {})
        texts = [Text(part, text) for part, text in said.items() if part not in without]
        return responses.draft(complaint_id=complaint.pk, by=by or agent, outcome=outcome, texts=texts, **options)

    return _write


def rule(**changes):
    return ResponseRule.objects.create(**{"code": "r", "name": "R", "parts": ["reasons"]} | changes)


def test_a_letter_is_written_and_sent_and_that_resolves_the_complaint(complaint, agent, write):
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}})
    write()
    response = responses.send(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    assert (complaint.status, complaint.outcome) == ("resolved", "upheld")
    assert complaint.outcome_reasons == WORDS[Part.REASONS]
    assert (response.state, response.sent_by, response.cycle) == (ResponseState.SENT, agent, 1)
    assert list(Event.objects.values_list("kind", flat=True).order_by("sequence")) == [
        "register", "draft_response", "resolve",
    ]  # fmt: skip
    event = Event.objects.get(kind="resolve")
    with response.file.file.open() as file:
        kept = file.read()
    assert kept.startswith(b"%PDF-")
    assert event.data["sha256"] == response.file.sha256 == hashlib.sha256(kept).hexdigest()
    assert event.data["letter"] == response.file_id
    assert event.data["digest"] == Event.objects.get(kind="draft_response").data["digest"]
    assert not any("charged" in str(event.data) for event in Event.objects.all())
    message = complaint.messages.get(kind="reply")
    assert "What we found\nThe second charge was ours." in message.body
    assert message.attachments.get() == response.file


def test_the_complainant_reads_the_letter_on_their_page_and_by_mail(complaint, agent, write):
    write()
    responses.send(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    told = public_case(complaint).entries[0]
    assert (told.kind, str(told.finding)) == ("resolve", "Upheld")
    assert [file.content_type for file in told.files] == ["application/pdf"]
    mail = OutboxMessage.objects.get(kind="resolve")
    assert "The second charge was ours." in mail.body
    assert "as a PDF" in mail.body
    assert "?key=" in mail.body


def test_the_resolution_clock_stops_with_the_letter(register, agent):
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}})
    complaint = register().complaint
    texts = [Text(part, text) for part, text in WORDS.items()]
    responses.draft(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, texts=texts)
    assert Clock.objects.get(kind="resolution").met_at is None
    responses.send(complaint_id=complaint.pk, by=agent)
    assert Clock.objects.get(kind="resolution").met_at is not None


def test_a_letter_that_lacks_something_is_kept_but_not_sent(complaint, agent, write):
    write(Part.FINDING, Part.REMEDY, outcome=None)
    with pytest.raises(ResponseIncomplete) as refused:
        responses.send(complaint_id=complaint.pk, by=agent)
    assert set(refused.value.errors) == {"outcome", "finding"}
    assert "“What we found” is missing" in str(refused.value)
    write(Part.REMEDY)
    with pytest.raises(ResponseIncomplete, match="What we do for you"):
        responses.send(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    assert complaint.status == "received"
    assert not Attachment.objects.exists()
    write(Part.REMEDY, outcome=Outcome.NOT_UPHELD)
    responses.send(complaint_id=complaint.pk, by=agent)


def test_writing_again_replaces_the_letter(complaint, agent, handler, write):
    write()
    response = write(Part.REMEDY, by=handler, outcome=None, words={Part.CHANGED: " A sign at the till. "})
    assert FinalResponse.objects.count() == 1
    assert response.drafted_by == handler
    content = response.content()
    assert content.text(Part.CHANGED) == "A sign at the till."
    assert content.text(Part.REMEDY) == ""
    assert content.outcome is None


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"outcome": Outcome.WITHDRAWN}, "outcome"),
        ({"until": date(2020, 1, 1)}, "until"),
        ({"words": {Part.FINDING: "x" * 20_001}}, "finding"),
    ],
)
def test_what_cannot_be_kept_is_named(write, options, field):
    with pytest.raises(Invalid) as refused:
        write(**options)
    assert field in refused.value.errors
    assert not FinalResponse.objects.exists()


def test_a_letter_of_nothing_and_a_part_twice_are_refused(complaint, agent):
    given = {"complaint_id": complaint.pk, "by": agent, "outcome": None}
    with pytest.raises(Invalid, match="at least one part"):
        responses.draft(**given, texts=[Text(Part.FINDING, "  ")])
    with pytest.raises(Invalid, match="once only"):
        responses.draft(**given, texts=[Text(Part.FINDING, "x"), Text(Part.FINDING, "y")])


def test_who_may_not_and_when_it_is_not_possible(complaint, agent, outsider, handler, supervisor, write):
    with pytest.raises(NotAllowed):
        write(by=outsider)
    with pytest.raises(IllegalMove, match="No final response"):
        responses.send(complaint_id=complaint.pk, by=agent)
    write(ready=True)
    with pytest.raises(NotAllowed):
        approve(complaint, handler)
    with pytest.raises(NotAllowed):
        responses.send(complaint_id=complaint.pk, by=outsider)
    approve(complaint, supervisor)
    with pytest.raises(IllegalMove, match="while the letter is “Approved”"):
        approve(complaint, supervisor)
    responses.send(complaint_id=complaint.pk, by=agent)
    for act in (lambda: write(), lambda: responses.send(complaint_id=complaint.pk, by=agent)):
        with pytest.raises(IllegalMove):
            act()


def test_an_open_task_holds_up_the_letter(complaint, agent, branch, write):
    write()
    tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.CONSULTATION, what="?", department=branch)
    with pytest.raises(TasksOpen):
        responses.send(complaint_id=complaint.pk, by=agent)


# --- four eyes ----------------------------------------------------------------------------------------------


def test_nobody_approves_words_that_they_have_not_read(complaint, agent, manager, write):
    write(ready=True)
    read = final_responses.digest(complaint)
    write(words={Part.FINDING: "Something else."}, ready=True)
    events = complaint.events.count()
    with pytest.raises(Invalid, match="written anew") as refusal:
        responses.approve(complaint_id=complaint.pk, by=manager, digest=read)
    assert (list(refusal.value.errors), complaint.events.count()) == (["digest"], events)
    assert approve(complaint, manager).state == ResponseState.APPROVED
    assert complaint.events.last().data["digest"] == final_responses.digest(complaint) != read


def test_four_eyes_where_the_rule_wants_them(complaint, agent, supervisor, manager, write):
    rule(four_eyes=True)
    write()
    with pytest.raises(SecondPersonNeeded, match="must approve"):
        responses.send(complaint_id=complaint.pk, by=agent)
    with pytest.raises(IllegalMove, match="while the letter is “Draft”"):
        approve(complaint, supervisor)
    write(by=supervisor, ready=True)
    with pytest.raises(SecondPersonNeeded, match="yourself"):
        approve(complaint, supervisor)
    assert list(final_responses.waiting_for_approval(supervisor)) == []
    assert list(final_responses.waiting_for_approval(agent)) == []
    assert [one.complaint for one in final_responses.waiting_for_approval(manager)] == [complaint]
    response = approve(complaint, manager)
    assert response.approved_by == manager
    assert responses.send(complaint_id=complaint.pk, by=supervisor).approved_by == manager


def test_a_changed_letter_is_a_draft_again(complaint, agent, supervisor, write):
    write(ready=True)
    approve(complaint, supervisor)
    response = write(words={Part.FINDING: "Something else."})
    assert (response.state, response.approved_by) == (ResponseState.DRAFT, None)
    write(ready=True)
    with pytest.raises(SecondPersonNeeded):
        responses.send(complaint_id=complaint.pk, by=agent)


def test_a_letter_is_sent_back_with_what_should_be_changed(complaint, agent, supervisor, write):
    write()
    with pytest.raises(IllegalMove):
        responses.send_back(complaint_id=complaint.pk, by=supervisor, reasons="x")
    write(ready=True)
    with pytest.raises(Invalid):
        responses.send_back(complaint_id=complaint.pk, by=supervisor, reasons=" ")
    response = responses.send_back(complaint_id=complaint.pk, by=supervisor, reasons="Name the day.")
    assert response.state == ResponseState.DRAFT
    assert complaint.messages.get(kind="note").body == "Name the day."
    kinds = set(OutboxMessage.objects.filter(recipient=agent).values_list("kind", flat=True))
    assert kinds == {"return_response"}


def test_who_approves_is_told_and_then_who_wrote_it(complaint, agent, supervisor, manager, write):
    write()
    assert not OutboxMessage.objects.filter(kind="draft_response").exists()
    write(ready=True)
    told = OutboxMessage.objects.filter(kind="draft_response")
    assert {message.recipient for message in told} == {supervisor, manager}
    approve(complaint, manager)
    assert OutboxMessage.objects.get(kind="approve_response").recipient == agent


def test_only_what_is_complete_is_handed_to_a_second_person(write):
    with pytest.raises(ResponseIncomplete):
        write(Part.FINDING, ready=True)


def test_what_contradicts_the_judgement_is_kept_but_not_handed_to_a_second_person(complaint, supervisor, write):
    judge(complaint, supervisor, grounds=Grounds.PARTLY)
    write(outcome=Outcome.UPHELD)
    with pytest.raises(ContradictsJudgement):
        write(outcome=Outcome.UPHELD, ready=True)
    assert complaint.responses.get().state == ResponseState.DRAFT
    write(outcome=Outcome.PARTLY_UPHELD, ready=True)


@pytest.mark.parametrize("ends", ["resolve", "withdraw"])
def test_nobody_is_asked_to_approve_the_letter_of_a_complaint_that_has_ended(complaint, supervisor, write, ends):
    write(ready=True)
    if ends == "resolve":
        casework.resolve(
            complaint_id=complaint.pk, by=supervisor, outcome=Outcome.UPHELD, reasons="The till.", message="Paid back."
        )
    else:
        casework.withdraw(complaint_id=complaint.pk, by=supervisor, reasons="They said so.")
    assert complaint.responses.get().state == ResponseState.DRAFT


def test_whom_it_concerns_does_not_approve(register, agent, supervisor):
    subject = SubjectDetails(kind=SubjectKind.PERSON, name="S", user=supervisor)
    complaint = register(subjects=[subject]).complaint
    texts = [Text(part, text) for part, text in WORDS.items()]
    responses.draft(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, texts=texts, ready=True)
    with pytest.raises(ConflictOfInterest):
        approve(complaint, supervisor)


# --- rules --------------------------------------------------------------------------------------------------


def test_the_first_rule_that_fits_counts(complaint, branch, head_office, outsider):
    assert final_responses.requirements(complaint) == STANDARD
    rule(code="other-class", position=1, classes=[ComplaintClass.MALICIOUS])
    rule(code="other-track", position=2, tracks=["praise"])
    rule(code="other-place", position=3, department=outsider.department)
    rule(code="off", position=4, is_active=False)
    assert final_responses.rule_for(complaint) is None
    rule(code="late", position=9)
    rule(code="whole-house", position=5, department=head_office, tracks=["complaint"], classes=["unclassified"])
    assert final_responses.rule_for(complaint).code == "whole-house"


def test_where_a_letter_is_required_the_short_way_is_closed(complaint, agent, write):
    rule(letter_required=True)
    with pytest.raises(LetterNeeded):
        casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="x", message="y")
    write()
    responses.send(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    assert complaint.status == "resolved"


def test_a_rule_may_want_a_last_date_and_proposes_one(complaint, agent, write):
    rule(until_required=True, months=6, recourse="The board.", translations={"zh-hant": "委員會。"})
    proposed = final_responses.proposed(complaint, at=timezone.now())
    assert proposed.text(Part.RECOURSE) == "The board."
    assert 180 <= (proposed.until - timezone.localdate()).days <= 185
    write()
    with pytest.raises(ResponseIncomplete, match="last date"):
        responses.send(complaint_id=complaint.pk, by=agent)
    write(until=proposed.until)
    response = responses.send(complaint_id=complaint.pk, by=agent)
    assert "For turning to somebody outside our house you have until " in complaint.messages.get().body
    assert response.until == proposed.until


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_end_with_the_month(day, months, later):
    assert final_responses._months_later(day, months) == later


# --- the letter ---------------------------------------------------------------------------------------------


def test_what_is_proposed_is_in_the_language_of_the_complaint_and_only_what_they_may_know(register, agent, branch):
    complaint = register(language="zh-hant", summary="Troublemaker", subject="重複扣款").complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=agent)
    tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.STATEMENT, what="Why?", department=branch)
    tasks.accept(complaint_id=complaint.pk, number=1, by=agent)
    tasks.finish(complaint_id=complaint.pk, number=1, by=agent, result="Secret.")
    complaint.refresh_from_db()
    content = final_responses.proposed(complaint, at=timezone.now())
    said = " ".join(text.text for text in content.texts)
    assert "Troublemaker" not in said
    assert "Secret" not in said
    assert content.text(Part.CONCERN) == "重複扣款"
    assert agent.name in content.text(Part.CONTACT)
    letter = letters.letter(complaint, content, signed_by=None, at=timezone.now())
    assert letter.language == "zh-hant"


def test_a_draft_says_on_every_page_that_it_is_one(complaint, agent, write):
    content = write().content()
    now = timezone.now()
    assert "Draft" in letters.letter(complaint, content, signed_by=None, at=now).foot
    signed = letters.letter(complaint, content, signed_by=agent, at=now)
    assert "Draft" not in signed.foot
    assert agent.name in signed.signature[0][1]


# --- it stays as it was sent --------------------------------------------------------------------------------


def test_a_letter_that_was_sent_cannot_be_changed(complaint, agent, write):
    write()
    response = responses.send(complaint_id=complaint.pk, by=agent)
    changes = [
        lambda: FinalResponse.objects.update(outcome="no_fault"),
        lambda: FinalResponse.objects.filter(pk=response.pk)._raw_delete("default"),
        lambda: ResponsePart.objects.update(text="x"),
        lambda: ResponsePart.objects.all()._raw_delete("default"),
        lambda: ResponsePart.objects.create(response=response, part="changed", text="x"),
        lambda: Attachment.objects.update(sha256="0" * 64),
        lambda: Attachment.objects.all()._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="was sent"), transaction.atomic():
            change()


def test_other_files_can_still_be_changed(complaint, agent):
    from django.core.files.base import ContentFile

    file = evidence.check_file(ContentFile(b"words", name="a.txt"))
    evidence.attach(complaint_id=complaint.pk, by=agent, file=file, internal=False)
    assert Attachment.objects.update(internal=True) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "gone"},
        {"state": "sent"},
        {"state": "approved"},
        {"outcome": "odd"},
        {"approved_at": timezone.now()},
    ],
)
def test_the_database_keeps_the_promises(complaint, agent, write, broken):
    write()
    with pytest.raises(IntegrityError), transaction.atomic():
        FinalResponse.objects.update(**broken)


def test_nobody_approves_their_own_letter_in_the_database_either(complaint, agent, write):
    write()
    with pytest.raises(IntegrityError), transaction.atomic():
        FinalResponse.objects.update(state="approved", approved_by=agent, approved_at=timezone.now())


def test_a_disputed_answer_gets_a_letter_of_its_own(complaint, agent, supervisor, write):
    write()
    first = responses.send(complaint_id=complaint.pk, by=agent)
    casework.dispute(complaint_id=complaint.pk, body="No.")
    complaint.refresh_from_db()
    assert final_responses.current(complaint) is None
    write(by=supervisor)
    second = responses.send(complaint_id=complaint.pk, by=supervisor)
    assert (first.cycle, second.cycle) == (1, 2)
    assert first.file.name == f"{complaint.reference}.pdf"
    assert second.file.name == f"{complaint.reference}-2.pdf"


def test_a_date_of_today_is_not_past(write):
    assert write(until=timezone.localdate()).until
    assert write(until=timezone.localdate() + timedelta(days=1)).until


# --- a letter about several matters -------------------------------------------------------------------------


@pytest.fixture
def split(complaint, agent):
    """A letter of two matters, the first upheld, the second open."""
    parts = [matters.Part("Charged twice"), matters.Part("Rude at the till")]
    matters.split(complaint_id=complaint.pk, by=agent, parts=parts)
    given = {"complaint_id": complaint.pk, "by": agent, "reasons": "Secret."}
    matters.settle(**given, number=1, outcome=Outcome.UPHELD, finding="One charge was ours.")

    def _settle_the_second():
        matters.settle(**given, number=2, outcome=Outcome.NOT_UPHELD, finding="Nobody was rude.")

    return _settle_the_second


def words_about(number):
    return [Text(part, f"{WORDS[part]} ({number})", number) for part in OF_EACH_MATTER]


def test_each_matter_has_its_parts_and_the_outcome_follows(complaint, agent, split):
    whole = [Text(part, text) for part, text in WORDS.items() if part not in OF_EACH_MATTER]
    given = {"complaint_id": complaint.pk, "by": agent, "outcome": None}
    responses.draft(**given, texts=whole + words_about(1))
    with pytest.raises(ResponseIncomplete) as refused:
        responses.send(complaint_id=complaint.pk, by=agent)
    assert set(refused.value.errors) == {"concern_2", "finding_2", "reasons_2"}
    assert "Matter 2 is not settled yet." in str(refused.value)
    split()
    responses.draft(**given, texts=whole + words_about(1) + words_about(2))
    responses.send(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    assert complaint.outcome == "partly_upheld"
    assert FinalResponse.objects.get().outcome == "partly_upheld"
    assert Event.objects.get(kind="resolve").data["matter_outcomes"] == [[1, "upheld"], [2, "not_upheld"]]
    body = complaint.messages.get().body
    assert "Matter 1: Charged twice (Upheld)" in body
    assert body.index("Matter 1:") < body.index("(1)") < body.index("Matter 2:") < body.index("(2)")
    assert "Secret." not in body
    assert OutboxMessage.objects.get(kind="resolve").body.count("Rude at the till") == 1


def test_a_letter_falls_back_when_its_matters_change(complaint, agent, supervisor, split):
    """Nobody approves what they did not read, and nothing is sent about a matter that is none any more."""
    given = {"complaint_id": complaint.pk, "by": agent, "reasons": "r"}
    matters.settle(**given, number=2, outcome=Outcome.NOT_UPHELD, finding="Nobody was rude.")
    texts = [Text(part, WORDS[part], n) for n in (1, 2) for part in OF_EACH_MATTER if (n, part) != (2, Part.REMEDY)]
    texts += [Text(part, text) for part, text in WORDS.items() if part not in OF_EACH_MATTER]
    letter = {"complaint_id": complaint.pk, "by": agent, "outcome": None, "texts": texts, "ready": True}
    responses.draft(**letter)
    approve(complaint, supervisor)
    matters.settle(**given, number=2, outcome=Outcome.NO_FAULT, finding="Nobody was there.")
    response = FinalResponse.objects.get()
    assert (response.state, response.approved_by) == (ResponseState.DRAFT, None)
    responses.draft(**letter)
    approve(complaint, supervisor)
    matters.drop(**given, number=2)
    assert final_responses.lacking(complaint, final_responses.current(complaint), STANDARD) == []
    sent = responses.send(complaint_id=complaint.pk, by=agent)
    assert (sent.outcome, set(sent.parts.values_list("matter", flat=True))) == ("upheld", {0, 1})
    assert "Matter 2" not in complaint.messages.get(kind="reply").body


def test_an_earlier_answer_is_not_looked_at_by_whoever_gave_it(complaint, agent, handler, supervisor, write):
    ending = {"outcome": Outcome.NOT_UPHELD, "reasons": "r", "message": "m"}
    casework.resolve(complaint_id=complaint.pk, by=agent, **ending)
    casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="r")
    write()
    with pytest.raises(ConflictOfInterest, match="Agent handled this complaint before"):
        responses.send(complaint_id=complaint.pk, by=agent)
    assert responses.send(complaint_id=complaint.pk, by=handler).cycle == 2


def test_where_the_facts_come_from_is_proposed_but_not_what_they_say(complaint, agent, branch):
    for source in (Source.COMPLAINANT, Source.RECORD, Source.RESPONDENT, Source.RECORD):
        inquiries.investigate(complaint_id=complaint.pk, by=agent, source=source, what="The till ran twice.")
    for kind in (TaskKind.STATEMENT, TaskKind.CONSULTATION):
        task = tasks.issue(complaint_id=complaint.pk, by=agent, kind=kind, what="Well?", department=branch)
        tasks.finish(complaint_id=complaint.pk, by=agent, number=task.number, result="Yes.")
    considered = final_responses.proposed(complaint, at=timezone.now()).text(Part.CONSIDERED)
    assert considered.count("We looked it up in our records.") == 1
    assert considered.count("We asked those who know about it for their view.") == 1
    assert "We heard those whom you complain about." in considered
    assert "till" not in considered


def test_a_finished_task_is_told_in_a_sentence_and_not_by_the_name_of_its_kind(complaint, agent, branch):
    for number in (1, 2):
        tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.SITE_VISIT, what="Look.", department=branch)
        tasks.finish(complaint_id=complaint.pk, by=agent, number=number, result="Wet.")
    considered = final_responses.proposed(complaint, at=timezone.now()).text(Part.CONSIDERED)
    assert considered.splitlines()[1:] == ["We looked at it on the spot."]


def test_a_last_date_that_has_passed_meanwhile_is_missing(complaint, agent, write):
    response = write(until=timezone.localdate())
    FinalResponse.objects.update(until=timezone.localdate() - timedelta(days=1))
    response.refresh_from_db()
    (lack,) = final_responses.lacking(complaint, response, STANDARD)
    assert (lack.field, "has passed" in lack.sentence) == ("until", True)


def test_what_was_found_about_matters_is_proposed(complaint, split):
    content = final_responses.proposed(complaint, at=timezone.now())
    assert content.text(Part.CONCERN, 1) == "Charged twice"
    assert content.text(Part.FINDING, 1) == "One charge was ours."
    assert content.text(Part.FINDING, 2) == ""
    assert "Secret" not in str(content)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome.UPHELD, Text(Part.FINDING, "x", 1)),
        (None, Text(Part.FINDING, "x")),
        (None, Text(Part.FINDING, "x", 3)),
        (None, Text(Part.CONTACT, "x", 1)),
    ],
)
def test_parts_belong_to_matters_that_there_are(complaint, agent, split, outcome, text):
    with pytest.raises(Invalid):
        responses.draft(complaint_id=complaint.pk, by=agent, outcome=outcome, texts=[text])


def test_what_is_written_in_the_wrong_place_is_named_with_the_right_one(complaint, agent, split):
    texts = [Text(Part.CONCERN, "x"), Text(Part.FINDING, "x", 1), Text(Part.CONTACT, "x", 1)]
    with pytest.raises(Invalid) as refusal:
        responses.draft(complaint_id=complaint.pk, by=agent, outcome=None, texts=texts)
    assert refusal.value.errors["parts"] == [
        "“What you complained about” is written for each matter by itself: name one of the matters 1, 2 there."
        " “Whom to ask” is about the complaint as a whole: name no matter there."
    ]


def test_what_was_done_for_the_complainant_is_proposed(complaint, agent):
    given = {"complaint_id": complaint.pk, "by": agent}
    remedies.plan(**given, kind=RemedyKind.APOLOGY, what="We are sorry.")
    assert final_responses.proposed(complaint, at=timezone.now()).text(Part.REMEDY) == "", "planned is not agreed"
    carrying_out.carry_out(**given, number=1, on=timezone.localdate(), proof="A letter.")
    assert final_responses.proposed(complaint, at=timezone.now()).text(Part.REMEDY) == "We are sorry."
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    taxi = Line(Loss.TRAVEL, offered=Decimal(300))
    remedies.plan(**given, kind=RemedyKind.COMPENSATION, what="For the taxi.", lines=[taxi], currency="TWD")
    offers.offer(**given, options=[[2]], message="m")
    offers.record_choice(**given, option=1, through=Channel.PHONE, digest=digests.of_offer(complaint))
    said = final_responses.proposed(complaint, at=timezone.now()).text(Part.REMEDY)
    assert said == "We are sorry.\nCompensation (TWD 300.00): For the taxi."
