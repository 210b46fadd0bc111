"""The acts about deadlines through the desk: carried out, refused in a sentence, with and without htmx."""

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from complaints.access import signed_link
from complaints.models import Complaint
from complaints.services import casework, correspondence
from complaints.vocabulary import Outcome, PauseReason
from escalation.extending import Ground
from escalation.models import Clock, Extension
from escalation.services import extensions, promises
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
TEN = "2026-03-02 10:00"


class Desk(Client):
    """A browser of somebody of the staff."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def opens(self, act: str, complaint: Complaint, query: str = "", **options):
        return self.get(reverse(f"escalation:{act}", args=[complaint.reference]) + query, **options)

    def does(self, act: str, complaint: Complaint, **answers):
        version = Complaint.objects.values_list("event_count", flat=True).get(pk=complaint.pk)
        headers = answers.pop("headers", None)
        address = reverse(f"escalation:{act}", args=[complaint.reference])
        return self.post(address, {"version": version, **answers}, headers=headers)


def words(response) -> str:
    return unescape(" ".join(response.content.decode().split()))


@pytest.fixture
def case(office, register, at):
    publish_policy(
        clocks={
            "acknowledge": {"target": working_hours(4)},
            "resolution": {"target": working_hours(24), "extensions": {"times": 1, "most": 10}},
            "follow_up": {"target": working_hours(40)},
        }
    )
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def asked(case, agent, at):
    with at(TEN):
        return extensions.ask(
            complaint_id=case.pk,
            clock_id=resolution(case).pk,
            by=agent,
            amount=8,
            reason=Ground.EXPERT,
            reasons="The laboratory is slow.",
        )


def resolution(complaint) -> Clock:
    return Clock.objects.get(complaint=complaint, kind="resolution")


def test_a_date_is_promised_from_the_desk(case, agent, at):
    with at(TEN):
        page = Desk(agent).opens("promise", case)
        assert "By when" in words(page)
        done = Desk(agent).does("promise", case, until="2026-03-03T20:30", what="Call her after work.")
    assert done["Location"] == reverse("desk:dossier", args=[case.reference])
    assert Clock.objects.get(complaint=case, kind="promise").due_at == taipei("2026-03-03 20:30")


@pytest.mark.parametrize("until", ["2026-03-01T20:30", "soon", "", "2030-01-01T10:00"])
def test_a_promise_that_does_not_lie_ahead_comes_back_with_what_was_typed(case, agent, at, until):
    with at(TEN):
        answer = Desk(agent).does("promise", case, until=until, what="Call her after work.")
    assert answer.status_code == 422
    assert "Call her after work." in words(answer)
    assert not Clock.objects.filter(kind="promise").exists()


def test_with_htmx_the_form_alone_comes_back_and_then_the_browser_is_led_on(case, agent, at):
    htmx = {"HX-Request": "true"}
    with at(TEN):
        wrong = Desk(agent).does("promise", case, until="", what="", headers=htmx)
        assert wrong.status_code == 422
        assert "<html" not in wrong.content.decode()
        done = Desk(agent).does("promise", case, until="2026-03-03T20:30", what="Call.", headers=htmx)
    assert done["HX-Redirect"] == reverse("desk:dossier", args=[case.reference])


def test_what_was_done_is_recorded_and_the_page_offers_it_only_then(case, agent, at):
    with at(TEN):
        off = Desk(agent).opens("fulfil", case)
        assert "Nothing waits to be recorded" in words(off)
        clock = promises.promise(complaint_id=case.pk, by=agent, until=taipei("2026-03-03 20:30"), what="Call.")
        assert "Promised date, due" in words(Desk(agent).opens("fulfil", case))
        Desk(agent).does("fulfil", case, clock=clock.pk, note="She is content.")
    clock.refresh_from_db()
    assert clock.state == "met"


@pytest.mark.parametrize(
    "answers", [{"clock": "0", "note": "x"}, {"clock": "", "note": "x"}, {"clock": "x", "note": ""}]
)
def test_a_forged_clock_is_refused_by_the_form(case, agent, at, answers):
    with at(TEN):
        promises.promise(complaint_id=case.pk, by=agent, until=taipei("2026-03-03 20:30"), what="Call.")
        assert Desk(agent).does("fulfil", case, **answers).status_code == 422


def test_more_time_is_asked_for_and_granted_by_somebody_else(case, agent, supervisor, at):
    with at(TEN):
        page = words(Desk(agent).opens("ask-extension", case))
        assert "At most 10 working hours at a time" in page
        Desk(agent).does(
            "ask-extension", case, clock=resolution(case).pk, amount="8", reason="expert", reasons="The laboratory."
        )
        extension = Extension.objects.get()
        own = words(Desk(agent).opens("deadlines", case))
        assert "asks for 8 working hours more" in own
        assert "Your roles do not include this act here" in own
        work = words(Desk(supervisor).get(reverse("desk:my-work")))
        assert "Waits for your decision: more time" in work
        page = words(Desk(supervisor).opens("grant-extension", case, f"?extension={extension.pk}"))
        assert "Thursday 5 March 2026, 18:00" in page, "the date it would bring"
        assert "The laboratory." in page
        Desk(supervisor).does("grant-extension", case, extension=extension.pk, reasons="")
        assert "Waits for your decision: more time" not in words(Desk(supervisor).get(reverse("desk:my-work")))
        told = words(Desk(agent).opens("deadlines", case))
        assert "Put off by 8 working hours, granted by Supervisor" in told
        assert "as often as the policy allows" in told
    assert resolution(case).due_at == taipei("2026-03-05 18:00")


def test_more_time_is_refused(case, asked, supervisor, at):
    with at(TEN):
        assert Desk(supervisor).does("refuse-extension", case, extension=asked.pk, reasons="").status_code == 422
        Desk(supervisor).does("refuse-extension", case, extension=asked.pk, reasons="Do it now.")
        page = words(Desk(supervisor).opens("deadlines", case))
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert "Do it now." in page


@pytest.mark.parametrize("amount", ["0", "-1", "1000000000", "eight", "", "inf", "nan", "1e400"])
def test_amounts_that_are_none_come_back(case, agent, at, amount):
    with at(TEN):
        answer = Desk(agent).does(
            "ask-extension", case, clock=resolution(case).pk, amount=amount, reason="expert", reasons="Kept text."
        )
    assert answer.status_code == 422
    assert "Kept text." in words(answer)
    assert not Extension.objects.exists()


def test_whoever_asked_cannot_decide_and_reads_why(case, supervisor, at):
    with at(TEN):
        own = extensions.ask(
            complaint_id=case.pk,
            clock_id=resolution(case).pk,
            by=supervisor,
            amount=8,
            reason=Ground.OTHER,
            reasons="Much.",
        )
        assert "Somebody else must decide" in words(Desk(supervisor).opens("grant-extension", case))
        assert Desk(supervisor).does("grant-extension", case, extension=own.pk).status_code == 422
    own.refresh_from_db()
    assert own.state == "asked"


def test_a_late_grant_is_refused_in_a_sentence(case, asked, supervisor, at):
    with at("2026-03-04 18:00"):
        page = words(Desk(supervisor).opens("grant-extension", case))
        Desk(supervisor).does("grant-extension", case, extension=asked.pk, reasons="")
    assert "No request for more time waits" in page
    assert resolution(case).due_at == taipei("2026-03-04 18:00")


def test_who_does_not_see_the_complaint_gets_404_and_who_may_not_act_is_told(case, outsider, at):
    with at(TEN):
        for act in ("promise", "fulfil", "ask-extension", "grant-extension", "refuse-extension"):
            assert Desk(outsider).opens(act, case).status_code == 404
            assert Desk(outsider).does(act, case).status_code == 404


def test_what_is_owed_after_the_answer_stands_on_my_work(case, agent, handler, at):
    with at(TEN):
        casework.assign(complaint_id=case.pk, by=agent, to=handler)
        casework.resolve(
            complaint_id=case.pk, by=handler, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
        work = words(Desk(handler).get(reverse("desk:my-work")))
    assert "Still owed after the answer" in work
    assert "Follow-up" in work


# --- waiting ------------------------------------------------------------------------------------------------


def test_the_form_for_waiting_says_which_reasons_stop_time_and_how_much_is_left(office, register, agent, at):
    publish_policy(
        "ordinary",
        position=1,
        clocks={
            "resolution": {"target": working_hours(24)},
            "authority_report": {"target": {"unit": "hours", "amount": 12, "statutory": True}},
        },
        pauses={"complainant": {}, "expert": {"budget_working_hours": 10}},
    )
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        casework.wait(complaint_id=complaint.pk, by=agent, question="It is tested.", reason=PauseReason.EXPERT)
    with at("2026-03-02 16:00"):
        casework.resume(complaint_id=complaint.pk, by=agent)
        page = words(Desk(agent).get(reverse("desk:wait", args=[complaint.reference])))
    assert "Under the policy “ordinary”" in page
    assert "at most 10 working hours; 4 h 00 min of working time are left" in page
    assert "Somebody outside, such as a supplier: time goes on." in page
    assert "run on, whatever we wait for: Report to the authority" in page


def test_waiting_for_an_expert_from_the_desk(case, agent, at):
    with at(TEN):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        version = Complaint.objects.get(pk=case.pk).event_count
        Desk(agent).post(
            reverse("desk:wait", args=[case.reference]),
            {"version": version, "reason": "expert", "question": "The laboratory has it."},
        )
        story = words(Desk(agent).get(reverse("desk:dossier", args=[case.reference])))
    assert case.events.get(kind="wait").data["reason"] == "expert"
    assert "waits for a test or an expert opinion" in story


# --- cost ---------------------------------------------------------------------------------------------------


def test_many_promises_cost_the_dossier_no_more(case, agent, supervisor, at):
    costs = []
    for _round in range(2):
        with at(TEN):
            for hour in range(3):
                promises.promise(
                    complaint_id=case.pk, by=agent, until=taipei(f"2026-03-03 {hour + 10}:00"), what="Call."
                )
                correspondence.reply(complaint_id=case.pk, by=agent, body="We are at it.")
            Desk(supervisor).opens("deadlines", case)
            for headers in ({"HX-Request": "true"}, {}):
                with CaptureQueriesContext(connection) as queries:
                    Desk(supervisor).opens("deadlines", case, headers=headers)
                costs.append(len(queries))
    assert costs[:2] == costs[2:]


def test_many_requests_cost_my_work_no_more(office, register, agent, supervisor, at):
    publish_policy(clocks={"resolution": {"target": working_hours(24), "extensions": {"times": 1, "most": 10}}})
    costs = []
    for many in (1, 3):
        with at(TEN):
            for _number in range(many):
                complaint = register().complaint
                extensions.ask(
                    complaint_id=complaint.pk,
                    clock_id=resolution(complaint).pk,
                    by=agent,
                    amount=1,
                    reason=Ground.OTHER,
                    reasons="Much.",
                )
            Desk(supervisor).get(reverse("desk:my-work"))
            browser = Desk(supervisor)
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(reverse("desk:my-work"))
            costs.append(len(queries))
    assert costs[0] == costs[1]
    assert words(page).count("1 working hour more") == 4


# --- what the complainant sees of it ------------------------------------------------------------------------


def test_the_complainants_page_tells_of_more_time_and_of_nothing_internal(office, register, agent, supervisor, at):
    clocks = ("resolution", "authority_report")
    publish_policy(
        clocks={kind: {"target": working_hours(24), "extensions": {"times": 1, "most": 10}} for kind in clocks}
    )
    with at(TEN):
        registered = register()
        complaint = registered.complaint
        for kind in clocks:
            asked = extensions.ask(
                complaint_id=complaint.pk,
                clock_id=complaint.clocks.get(kind=kind).pk,
                by=agent,
                amount=8,
                reason=Ground.EXPERT,
                reasons="The laboratory lost it.",
            )
            extensions.grant(complaint_id=complaint.pk, extension_id=asked.pk, by=supervisor, reasons="Well.")
        promises.promise(
            complaint_id=complaint.pk, by=agent, until=taipei("2026-03-03 20:30"), what="Call her at work."
        )
        visitor = Client()
        page = words(visitor.get(signed_link(complaint), follow=True))
    assert page.count("We need more time") == 1, "of a report to an authority they never heard"
    assert "A test or an expert opinion takes longer than we thought." in page
    assert "The new date is <time" in page
    assert "Friday 6 March 2026, 10:00 Taipei time</time>." in page
    assert "8 working hours more" in page, "why this date"
    assert "We will do by Tuesday 3 March 2026, 20:30 Taipei time what we promised you." in page
    for internal in ("laboratory", "Well.", "Call her", "Report to", "Supervisor"):
        assert internal not in page


def test_the_complainants_page_says_what_it_waits_for(case, agent, at):
    with at(TEN):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="It is being tested.", reason=PauseReason.EXPERT)
        page = words(Client().get(signed_link(case), follow=True))
    assert "We wait for an answer from outside our house" in page
    assert "Your complaint has to wait" in page
    assert "Our time stands still" not in page, "the policy stops time only for the complainant's answer"
    assert "We will answer by" in page
