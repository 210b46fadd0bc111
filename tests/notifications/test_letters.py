"""Who is told what, in which words, and what nobody is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.template.loader import get_template, render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import access, events
from complaints.classes import ComplaintClass, Kind
from complaints.imports.rows import PastAnswer, PastComplaint
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import digests
from complaints.services import casework, correspondence, decisions, importing, intake, portal_access, transfers
from complaints.services.intake import ComplainantDetails, Registration
from complaints.vocabulary import DeclineCode, Outcome
from escalation.happenings import Happening
from notifications import handlers, letters, selectors
from notifications.models import OutboxMessage
from notifications.selectors.complainants import COMPLAINANT_LETTERS
from tests.factories import UserFactory
from tests.factories.escalation import ALL_DAY, publish_calendar, publish_policy

pytestmark = pytest.mark.django_db

COMPLAINANT = "lin@example.org"


@pytest.fixture
def complaint(register):
    return register().complaint


def _last(told, **wanted) -> OutboxMessage:
    return told(**wanted)[-1]


# --- to complainants ----------------------------------------------------------------------------------------


def test_whoever_complains_gets_a_receipt_with_reference_and_link(told, register):
    registered = register()
    (receipt,) = told(to=COMPLAINANT)
    assert receipt.kind == "register"
    assert registered.complaint.reference in receipt.subject
    assert f"/track/{registered.complaint.reference}/?key=" in receipt.body


def test_the_link_in_a_mail_opens_the_case_and_the_secret_is_not_in_it(told, register):
    registered = register()
    (receipt,) = told(to=COMPLAINANT)
    key = receipt.body.partition("?key=")[2].split()[0]
    assert access.opens(registered.complaint, key)
    assert registered.access_secret not in receipt.body + str(receipt.headers)


def test_a_complainant_without_an_address_gets_no_mail(told, register):
    register(complainant=intake.ComplainantDetails(anonymous=True))
    assert told() == []


def test_what_a_stranger_types_into_the_form_is_not_mailed_to_the_address_they_give(told, register):
    register(
        subject="BUY-NOW",
        description="BUY-NOW",
        complainant=intake.ComplainantDetails(name="BUY-NOW", email=COMPLAINANT),
    )
    (receipt,) = told(to=COMPLAINANT)
    assert "BUY-NOW" not in receipt.subject + receipt.body


@pytest.mark.parametrize(("language", "zone_word"), [("en", "Taipei"), ("zh-hant", "Taipei"), ("zh-hans", "Taipei")])
def test_a_letter_is_in_the_language_of_the_complaint(told, register, language, zone_word):
    register(language=language)
    assert _last(told, to=COMPLAINANT).language == language


@pytest.fixture
def clocks(settings):
    """Deadlines are kept as well, around the clock: an answer within three days, the authority hears within one."""
    settings.COMPLAINT_EVENT_HANDLERS = ["escalation.handlers.keep_clocks", *settings.COMPLAINT_EVENT_HANDLERS]
    publish_calendar(week=ALL_DAY)
    publish_policy(
        clocks={
            "resolution": {"target": {"unit": "hours", "amount": 72}},
            "authority_report": {"target": {"unit": "hours", "amount": 24}},
        }
    )


def test_the_promised_date_is_told_in_words_and_the_office_zone(told, clocks, register, agent):
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), tick=False):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
    for kind in ("register", "acknowledge"):
        assert "Thursday 26 November 2026, 18:00 Taipei time" in _last(told, kind=kind).body
    assert "“North branch” is looking into it" in _last(told, kind="acknowledge").body


def test_a_date_at_midnight_is_told_as_the_end_of_the_day_before(told, clocks, register):
    with time_machine.travel(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), tick=False):
        register()
    assert "Wednesday 25 November 2026, 23:59 Taipei time" in _last(told, kind="register").body


def test_what_the_office_owes_an_authority_is_no_promise_to_the_complainant(told, clocks, register):
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), tick=False):
        register()
    assert "24 November" not in _last(told, kind="register").body


def test_a_date_that_has_passed_is_not_promised(told, clocks, register, agent):
    complaint = register(received_at=timezone.now() - timedelta(days=4), by=agent).complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    assert "by" not in _last(told, kind="acknowledge").body.partition("Follow")[0].split()


def test_replies_and_questions_are_told_in_full_and_unescaped(told, complaint, agent):
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="Tom & Jerry’s <till> was wrong.")
    casework.wait(complaint_id=complaint.pk, by=agent, question="Which till was it?")
    assert "Tom & Jerry’s <till> was wrong." in _last(told, kind="reply").body
    assert "Which till was it?" in _last(told, kind="wait").body


def test_the_answer_says_how_it_ended_and_how_to_disagree(told, complaint, agent):
    casework.resolve(
        complaint_id=complaint.pk,
        by=agent,
        outcome=Outcome.PARTLY_UPHELD,
        reasons="FILE-ONLY",
        message="You get 200 back.",
    )
    letter = _last(told, kind="resolve")
    assert "You get 200 back." in letter.body
    assert "Partly upheld" in letter.body
    assert "If you disagree" in letter.body
    assert "FILE-ONLY" not in letter.body


def test_who_is_declined_reads_the_reason_and_once_where_else_to_turn(told, register, supervisor):
    for message in ("", "We are sorry."):
        complaint = register().complaint
        casework.decline(
            complaint_id=complaint.pk,
            by=supervisor,
            code=DeclineCode.OUTSIDE_REMIT,
            reasons="The street is the city's.",
            recourse="Call 1999.",
            message=message,
        )
        letter = _last(told, kind="decline")
        assert "Not ours to decide" in letter.body
        assert letter.body.count("Call 1999.") == 1


def test_who_was_told_that_it_is_taken_on_is_not_told_that_it_cannot_be(told, register, agent, supervisor):
    complaint = register(language="zh-hans").complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    casework.decline(
        complaint_id=complaint.pk, by=supervisor, code=DeclineCode.OUTSIDE_REMIT, reasons="x", recourse="1999"
    )
    assert "已受理" in _last(told, kind="acknowledge").subject
    declined = _last(told, kind="decline")
    assert "无法办理" in declined.subject
    assert "受理" not in declined.subject + declined.body


def test_whose_complaint_is_merged_reads_that_another_one_goes_on_and_not_which(told, register, agent):
    one, other = register().complaint, register(complainant=ComplainantDetails(email="wu@example.org")).complaint
    casework.merge(complaint_id=one.pk, by=agent, into_id=other.pk)
    (letter,) = told(to=COMPLAINANT, kind="merge")
    assert "another complaint about the same matter" in letter.body
    assert other.reference not in letter.subject + letter.body


def test_who_lost_the_secret_gets_the_link_at_the_address_on_file(told, complaint):
    portal_access.request_link(reference=complaint.reference, email="LIN@example.org")
    portal_access.request_link(reference=complaint.reference, email="somebody@example.org")
    (letter,) = told(kind="link_requested")
    assert letter.address == COMPLAINANT
    assert "?key=" in letter.body


def test_an_answer_that_another_system_has_given_is_not_mailed_again(told, administrator):
    told_at = timezone.now() - timedelta(days=3)
    details = ComplainantDetails(name="Lin", email=COMPLAINANT)
    past = PastComplaint(
        number="77",
        registration=Registration(
            subject="Charged twice",
            description="Twice.",
            received_at=told_at - timedelta(days=90),
            complainant=details,
        ),
        answer=PastAnswer(told_at=told_at, outcome=Outcome.UPHELD, reasons="Seen.", message="You get it back."),
    )
    importing.take_over(past=past, system="old", by=administrator)
    assert told(to=COMPLAINANT) == []


def test_nothing_that_only_the_office_knows_reaches_the_complainant(told, complaint, agent, supervisor, manager):
    """A canary in every internal text, and the names of all classes and kinds."""
    canary = "CANARY-7f3"
    acts = {"complaint_id": complaint.pk}
    casework.acknowledge(**acts, by=agent)
    correspondence.note(**acts, by=agent, body=canary)
    correspondence.reply(**acts, by=agent, body="We explain.")
    decisions.classify(
        **acts,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons=canary,
        evidence=canary,
        told="Our people were shouted at.",
    )
    decisions.confirm_class(**acts, by=supervisor, reasons=canary, digest=digests.of_class(complaint))
    casework.assign(**acts, by=agent, to=supervisor)
    casework.resolve(**acts, by=supervisor, outcome=Outcome.NOT_UPHELD, reasons=canary, message="Our answer.")
    casework.reopen(**acts, by=manager, reasons=canary)
    casework.withdraw(**acts, by=agent, reasons=canary)
    letters = told(to=COMPLAINANT)
    assert [letter.kind for letter in letters] == [
        "register",
        "acknowledge",
        "reply",
        "class_told",
        "resolve",
        "reopen",
    ]
    for letter in letters:
        words = f"{letter.subject} {letter.body} {letter.headers}".lower()
        assert canary.lower() not in words
        for internal in (*ComplaintClass, *Kind):
            assert internal.value not in words.replace("valid_", "")
        assert "tier" not in words
        assert "priority" not in words


def test_twice_as_many_acts_cost_no_more_statements(register, agent):
    """Acts in bulk tell every complainant, and read no more often for it."""

    def cost(count) -> int:
        pks = [register().complaint.pk for _number in range(count)]
        acts = [
            events.Act(complaint, Verb.ACKNOWLEDGE, agent, timezone.now())
            for complaint in Complaint.objects.filter(pk__in=pks)
        ]
        with CaptureQueriesContext(connection) as queries:
            events.record_many(acts)
        return len(queries)

    assert cost(6) == cost(3)


# --- to the staff -------------------------------------------------------------------------------------------


def test_the_new_holder_is_told_in_their_language_and_zone(told, complaint, agent, handler):
    complaint.due_at = timezone.now().replace(hour=10, minute=0) + timedelta(days=3)
    complaint.save(update_fields=["due_at"])
    handler.timezone = "Europe/London"
    handler.language = "zh-hant"
    handler.save()
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    (letter,) = told(kind="assign")
    assert letter.recipient == handler
    assert letter.language == "zh-hant"
    assert "10:00" in letter.body
    assert f"/desk/complaints/{complaint.reference}/" in letter.body


def test_nobody_is_told_of_what_they_did_themselves(told, complaint, agent):
    casework.assign(complaint_id=complaint.pk, by=agent, to=agent)
    assert told(kind="assign") == []


def test_people_who_have_left_get_no_mail(told, complaint, agent, handler):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    handler.is_active = False
    handler.save()
    correspondence.hear(complaint_id=complaint.pk, body="Hello?")
    assert told(kind="hear", to=handler) == []


def test_the_holder_hears_of_what_the_complainant_writes(told, complaint, agent, handler):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    correspondence.hear(complaint_id=complaint.pk, body="There is more.")
    (letter,) = told(kind="hear")
    assert letter.recipient == handler


def test_when_nobody_holds_it_the_handlers_of_the_department_hear_of_it(told, complaint, handler, agent, outsider):
    correspondence.hear(complaint_id=complaint.pk, body="Hello?")
    assert [letter.recipient for letter in told(kind="hear")] == [handler]


def test_a_disputed_answer_reaches_whoever_holds_it_now(told, complaint, agent, handler):
    casework.assign(complaint_id=complaint.pk, by=agent, to=agent)
    casework.resolve(
        complaint_id=complaint.pk, by=agent, outcome=Outcome.NO_FAULT, reasons="All fine.", message="All fine."
    )
    casework.dispute(complaint_id=complaint.pk, body="It is not.")
    assert [letter.recipient for letter in told(kind="dispute")] == [handler]


def test_a_transfer_reaches_the_handlers_of_the_new_department_or_those_above(
    told, complaint, head_office, supervisor, handler
):
    above = UserFactory(role=Role.HANDLER, department=head_office)
    other = UserFactory(department=head_office)
    Membership.objects.create(user=other, department=head_office, role=Role.AUDITOR)
    casework.transfer(complaint_id=complaint.pk, by=supervisor, to=head_office, reasons="Theirs.")
    (letter,) = told(kind="transfer")
    assert letter.recipient == above
    assert "counts as accepted" in letter.body
    transfers.accept(complaint_id=complaint.pk, by=above)
    assert [letter.recipient for letter in told(kind="accept_transfer")] == [supervisor]


def test_a_transfer_of_what_has_climbed_reaches_whoever_holds_its_tier_there(
    told, complaint, supervisor, handler, outsider
):
    complaint.tier, complaint.holder = 2, supervisor
    complaint.save(update_fields=["tier", "holder"])
    chief = UserFactory(role=Role.MANAGER, department=outsider.department.parent)
    casework.transfer(complaint_id=complaint.pk, by=chief, to=outsider.department, reasons="Theirs.")
    (letter,) = told(kind="transfer")
    assert letter.recipient == outsider
    assert "put into your hands" in letter.body


def test_a_complaint_opened_again_reaches_whoever_it_goes_to(told, complaint, manager, handler, agent):
    casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Right.", message="Right.")
    casework.reopen(complaint_id=complaint.pk, by=manager, reasons="There is more.")
    (letter,) = told(kind="opened_again")
    assert letter.recipient == handler
    assert "is now yours" in letter.subject


def test_when_nobody_is_left_to_take_it_again_the_administrators_hear_of_it(
    told, complaint, agent, handler, administrator
):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.resolve(complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="Right.", message="Right.")
    casework.dispute(complaint_id=complaint.pk, body="Not so.")
    (letter,) = told(kind="unmanned")
    assert letter.recipient == administrator
    assert "nobody is left to take it" in letter.subject


def test_a_proposed_grave_class_reaches_the_nearest_seniors_but_not_who_proposed_it(
    told, complaint, supervisor, manager, specialist, agent
):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We explain.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=supervisor,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="Insults.",
        evidence="The recording.",
        told="Our people were shouted at.",
    )
    assert [letter.recipient for letter in told(kind="classify")] == [manager]


def test_a_class_that_needs_no_second_person_is_not_announced(told, complaint, agent, supervisor):
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.COMMUNICATIVE,
        kind=Kind.ENQUIRY,
        reasons="A question.",
    )
    assert told(kind="classify") == []


def test_no_subject_holds_more_of_the_complaint_than_its_reference(told, register, agent, handler):
    complaint = register(subject="About my illness").complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    assert all("illness" not in letter.subject for letter in told())


LETTERS = {
    *(COMPLAINANT_LETTERS.get(kind, kind) for kind in selectors.TO_COMPLAINANT),
    *(selectors.STAFF_LETTERS.get(kind, kind) for kind in selectors.TO_STAFF),
    *selectors.FOLDED,
    letters.MORNING,
}


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_kind_of_news_has_its_letter(kind):
    assert get_template(f"emails/{kind}.txt")


@pytest.mark.parametrize("kind", selectors.FOLDED)
def test_what_may_be_folded_has_a_heading_of_its_own(kind):
    heading = render_to_string("emails/digest_headline.txt", {"kind": kind, "count": 7}).strip()
    assert heading != render_to_string("emails/digest_headline.txt", {"kind": "", "count": 7}).strip()
    assert "7" in heading


@pytest.mark.parametrize("happening", [kind for kind in Happening if kind != Happening.BREACHED])
def test_whatever_happens_by_itself_is_told_to_somebody(happening):
    """A broken promise is told by the step of its ladder."""
    assert happening in selectors.TO_STAFF


# --- once, and in a thread ----------------------------------------------------------------------------------


def test_an_event_heard_twice_is_told_once(told, complaint, agent, handler, monkeypatch):
    heard = []
    monkeypatch.setattr("complaints.events._handlers", lambda: [heard.extend, handlers.queue_messages])
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    handlers.queue_messages(heard)
    assert len(told(kind="assign")) == 1


def test_an_act_that_is_undone_tells_nobody(told, complaint, agent, handler, monkeypatch):
    def refuse(occurrences):
        raise RuntimeError

    monkeypatch.setattr("complaints.events._handlers", lambda: [handlers.queue_messages, refuse])
    with pytest.raises(RuntimeError):
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    assert told(kind="assign") == []


def test_all_letters_about_a_case_stand_in_one_thread_and_none_asks_machines_to_answer(told, complaint, agent):
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We explain.")
    receipt, *later = told(to=COMPLAINANT)
    assert all(letter.headers["In-Reply-To"] == receipt.headers["Message-ID"] for letter in later)
    assert len({letter.headers["Message-ID"] for letter in (receipt, *later)}) == 3
    assert all(letter.headers["Auto-Submitted"] == "auto-generated" for letter in (receipt, *later))
