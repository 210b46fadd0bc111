"""Taking complaints further: the act, each refusal, whose hands it comes into, and the rule of repeated contacts."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints import conflicts, permissions
from complaints.classes import ComplaintClass, Kind
from complaints.conflicts import Concern
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Decision, Subject, Upgrade
from complaints.restricting import Restriction
from complaints.selectors import digests
from complaints.selectors import upgrades as reads
from complaints.selectors.upgrades import By, Remembered
from complaints.services import (
    casework,
    correspondence,
    decisions,
    follow_ups,
    matters,
    splitting,
    unrecorded_upgrades,
    upgrades,
)
from complaints.services.intake import ComplainantDetails, Registration
from complaints.services.matters import Part
from complaints.services.unrecorded_upgrades import Unrecorded
from complaints.upgrading import Record
from complaints.vocabulary import Channel, Outcome, Relation, SubjectKind
from escalation.models import Clock
from escalation.services import sweep
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

ALL = (Kind.OVERDUE, Kind.NOT_INFORMED, Kind.UNRESOLVED, Kind.BEYOND_AUTHORITY, Kind.MAJOR_IMPACT)
PERSON = {"name": "Wang Da-ming", "phone": "0912-345-678"}


@pytest.fixture
def earlier(register, agent, handler):
    """An acknowledged complaint in the hands of the handler."""
    complaint = register(by=agent, complainant=ComplainantDetails(**PERSON, email="wang@example.org")).complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.acknowledge(complaint_id=complaint.pk, by=handler)
    return complaint


def taken_further(complaint, *grounds, by=None, words="Nobody does anything."):
    grounds = grounds or (Kind.UNRESOLVED,)
    if by is None:
        return upgrades.demand(complaint_id=complaint.pk, grounds=grounds, words=words).complaint
    return upgrades.upgrade(complaint_id=complaint.pk, by=by, grounds=grounds, words=words).complaint


def found_of(complaint):
    return {each.ground: (each.verdict, each.says) for each in complaint.upgrade.grounds.all()}


def without_number(**given):
    registration = Registration(
        subject="Refund", description="They took it and forgot.", complainant=ComplainantDetails(**PERSON)
    )
    return Unrecorded(**{"registration": registration, "grounds": [Kind.UNRESOLVED]} | given)


def test_it_enters_as_an_upgrade_of_its_own_in_hands_outside_the_line(
    earlier, handler, supervisor, manager, specialist
):
    publish_calendar()
    publish_policy()
    publish_policy("upgrade", match={"class": ["upgrade"]}, position=1)
    made = taken_further(earlier, Kind.OVERDUE, Kind.UNRESOLVED)
    assert (made.complaint_class, made.class_kind, made.tier) == ("upgrade", "unresolved", 3)
    assert (made.earlier, made.holder, made.registered_by) == (earlier, manager, None)
    assert (made.subject, made.description) == (earlier.subject, "Nobody does anything.")
    assert made.complainant.phone == PERSON["phone"]
    decision = made.decisions.get()
    assert (decision.state, decision.decided_by, decision.demanded) == ("in_force", None, True)
    assert decision.earlier == earlier
    assert [event.kind for event in made.events.order_by("sequence")] == ["register", "assign"]
    clocks = Clock.objects.filter(complaint=made).select_related("policy_version__policy")
    assert {clock.policy_version.policy.code for clock in clocks} == {"upgrade"}
    told = earlier.events.last()
    assert (told.kind, told.actor_kind, told.data["went_to"]) == ("upgrade", "complainant", made.pk)
    assert told.data["kinds"] == ["overdue", "unresolved"]
    earlier.refresh_from_db()
    assert (earlier.status, earlier.holder) == (Status.ASSESSING, handler), "it goes on as it was"
    assert OutboxMessage.objects.filter(complaint=made, recipient=manager, kind="assign").exists()
    assert OutboxMessage.objects.filter(complaint=made, recipient=None, kind="register").exists()


def test_whoever_holds_the_upgrade_reads_the_earlier_complaint_while_it_is_open(earlier, handler, manager, outsider):
    made = taken_further(earlier)
    Complaint.objects.filter(pk=made.pk).update(holder=outsider)
    assert set(permissions.visible_to(outsider)) == {earlier, made}
    assert not permissions.may(outsider, Verb.RESOLVE, earlier)
    Complaint.objects.filter(pk=earlier.pk).update(restriction=Restriction.DECISION)
    assert set(permissions.visible_to(outsider)) == {made}
    Complaint.objects.filter(pk=earlier.pk).update(restriction="")
    casework.withdraw(complaint_id=made.pk, by=manager, reasons="They rang.")
    assert set(permissions.visible_to(outsider)) == {made}


def test_neither_the_earlier_handler_nor_their_supervisor_nor_whom_it_names_takes_it(
    earlier, handler, supervisor, manager, specialist, executive
):
    Subject.objects.create(complaint=earlier, kind=SubjectKind.PERSON, name="Manager", user=manager)
    made = taken_further(earlier, Kind.NOT_INFORMED, by=handler)
    assert made.tier == 2
    assert conflicts.concerned(made) == {
        manager.pk: Concern.SUBJECT,
        handler.pk: Concern.EARLIER,
        supervisor.pk: Concern.SUPERVISOR,
    }
    assert made.holder == specialist, "one tier up, and up again"
    with pytest.raises(ConflictOfInterest):
        casework.assign(complaint_id=made.pk, by=specialist, to=supervisor)


def test_where_nobody_is_left_an_administrator_takes_it_and_all_are_alarmed(earlier, handler, administrator):
    made = taken_further(earlier)
    assert made.holder == administrator
    assert made.events.last().data["unmanned"] is True
    assert OutboxMessage.objects.filter(complaint=made, recipient=administrator, kind="unmanned").exists()


def test_the_grounds_are_compared_with_clocks_and_messages(register, handler, manager):
    publish_calendar()
    publish_policy()
    complaint = register(received_at=timezone.now() - timedelta(days=20)).complaint
    casework.assign(complaint_id=complaint.pk, by=manager, to=handler)
    made = taken_further(complaint, *ALL)
    assert found_of(made) == {
        "overdue": ("confirmed", "broken"),
        "not_informed": ("confirmed", "never_told"),
        "unresolved": ("confirmed", "open"),
        "beyond_authority": ("silent", "no_amount"),
        "major_impact": ("not_confirmed", "not_major"),
    }


def test_an_answer_that_did_not_settle_it_is_confirmed_as_unresolved(earlier, handler, manager):
    resolve(earlier, handler)
    follow_ups.rate(complaint_id=earlier.pk, satisfied=False, words="No.")
    made = taken_further(earlier, Kind.UNRESOLVED, Kind.OVERDUE)
    assert found_of(made) == {"overdue": ("silent", "no_dates"), "unresolved": ("confirmed", "dissatisfied")}
    earlier.refresh_from_db()
    assert earlier.objection_until is None


def resolve(complaint, by):
    casework.resolve(complaint_id=complaint.pk, by=by, outcome=Outcome.NOT_UPHELD, reasons="No.", message="No.")


@pytest.mark.parametrize(
    ("grounds", "words", "field"),
    [((), "Words.", "grounds"), ((Kind.HARM,), "Words.", "grounds"), ((Kind.OVERDUE,), "  ", "words")],
)
def test_it_needs_grounds_and_words(earlier, grounds, words, field):
    with pytest.raises(Invalid) as refused:
        upgrades.demand(complaint_id=earlier.pk, grounds=grounds, words=words)
    assert set(refused.value.errors) == {field}
    assert not Upgrade.objects.exists()


def test_each_cycle_is_taken_further_once_and_an_upgrade_itself_again(earlier, handler, manager, specialist):
    made = taken_further(earlier)
    with pytest.raises(IllegalMove, match="taken further already"):
        taken_further(earlier)
    again = taken_further(made)
    assert (again.tier, again.earlier) == (4, made)
    assert again.holder == specialist


def test_what_was_withdrawn_or_merged_is_not_taken_further_and_outsiders_may_not(earlier, handler, outsider):
    with pytest.raises(NotAllowed):
        taken_further(earlier, by=outsider)
    casework.withdraw(complaint_id=earlier.pk, by=handler, reasons="They rang.")
    with pytest.raises(IllegalMove):
        taken_further(earlier)


def test_what_takes_a_restricted_complaint_further_is_restricted_to_others_of_the_circle(
    register, agent, specialist, executive
):
    case = register(complainant=ComplainantDetails(name="An employee", relation=Relation.EMPLOYEE)).complaint
    assert case.holder == specialist
    made = taken_further(case)
    made.refresh_from_db()
    assert (made.restriction, made.tier, made.holder) == (Restriction.EMPLOYEE, 5, executive)
    assert specialist.pk not in set(made.circle.filter(left_at=None).values_list("user_id", flat=True))


def test_without_a_number_it_enters_outside_the_line_and_says_that_nobody_looked(head_office, manager, specialist):
    sent = unrecorded_upgrades.demand(given=without_number(told_on=date(2026, 11, 2)), once="a token")
    made = sent.complaint
    assert (made.department, made.tier, made.holder, made.channel) == (head_office, 4, specialist, Channel.WEB)
    assert made.upgrade.record == Record.UNSETTLED
    assert found_of(made) == {"unresolved": ("silent", "not_looked")}
    assert not made.decisions.get().none_found
    again = unrecorded_upgrades.demand(given=without_number(), once="a token")
    assert (again.complaint, again.access_secret) == (made, sent.access_secret), "sent twice, it came in once"


def test_the_office_may_state_that_it_looked_in_vain_which_is_a_finding(agent, head_office, specialist):
    made = unrecorded_upgrades.upgrade(given=without_number(), by=agent, none_found=True).complaint
    assert made.decisions.get().none_found
    assert found_of(made) == {"unresolved": ("silent", "no_record")}
    with pytest.raises(Invalid, match="before the year 1900") as refused:
        unrecorded_upgrades.demand(given=without_number(told_on=date(1, 1, 1)), once="a token")
    assert "told_on" in refused.value.errors
    future = without_number(told_on=timezone.localdate() + timedelta(days=2))
    with pytest.raises(Invalid) as refused:
        unrecorded_upgrades.upgrade(given=future, by=agent, none_found=True)
    assert "told_on" in refused.value.errors


def test_the_earlier_complaint_is_named_later_and_the_grounds_compared_anew(
    earlier, handler, manager, specialist, head_office
):
    made = unrecorded_upgrades.demand(given=without_number(), once="t").complaint
    named = upgrades.name_earlier(complaint_id=made.pk, by=specialist, earlier=earlier, reasons="The same phone.")
    made.refresh_from_db()
    assert (named.earlier, made.upgrade.record, made.upgrade.earlier_cycle) == (earlier, Record.EARLIER, 1)
    assert found_of(made) == {"unresolved": ("confirmed", "open")}
    assert [decision.state for decision in made.decisions.all()] == ["superseded", "in_force"]
    assert made.events.last().kind == "name_earlier"
    with pytest.raises(Invalid, match="already"):
        upgrades.name_earlier(complaint_id=made.pk, by=specialist, earlier=earlier, reasons="Again.")


def test_whoever_handled_what_is_named_leaves_the_upgrade_to_others(
    earlier, agent, specialist, executive, head_office
):
    casework.assign(complaint_id=earlier.pk, by=agent, to=specialist)
    made = unrecorded_upgrades.demand(given=without_number(), once="t").complaint
    assert made.holder == specialist
    upgrades.name_earlier(complaint_id=made.pk, by=specialist, earlier=earlier, reasons="It was mine.")
    made.refresh_from_db()
    assert made.holder == executive
    assert [event.kind for event in made.events.order_by("sequence")][-2:] == ["name_earlier", "assign"]


def test_what_is_done_with_the_earlier_complaint_afterwards_is_no_earlier_stage(
    earlier, handler, manager, specialist, executive
):
    """The earlier complaint may climb to whoever holds the upgrade, and they may answer it."""
    made = taken_further(earlier)
    assert made.holder == manager
    casework.assign(complaint_id=earlier.pk, by=executive, to=manager)
    casework.resolve(complaint_id=earlier.pk, by=manager, outcome=Outcome.UPHELD, reasons="Seen.", message="Sorry.")
    assert conflicts.concerned(made)[handler.pk] == Concern.EARLIER
    assert manager.pk not in conflicts.concerned(made)
    casework.resolve(complaint_id=made.pk, by=manager, outcome=Outcome.UPHELD, reasons="Seen.", message="Sorry.")


def test_who_turns_out_to_be_named_in_the_earlier_complaint_leaves_the_upgrade_to_others(
    earlier, register, agent, manager, specialist, executive
):
    made, again = taken_further(earlier), register(by=agent).complaint
    assert made.holder == manager
    Subject.objects.create(complaint=again, kind=SubjectKind.PERSON, name="M", user=manager)
    casework.merge(complaint_id=again.pk, by=executive, into_id=earlier.pk)
    made.refresh_from_db()
    assert made.holder == specialist
    assert made.events.order_by("sequence").last().kind == "assign"


def test_what_cannot_be_named(earlier, register, agent, handler, specialist, head_office):
    made = unrecorded_upgrades.demand(given=without_number(), once="t").complaint
    secret = register(complainant=ComplainantDetails(name="E", relation=Relation.EMPLOYEE)).complaint
    given = {"complaint_id": made.pk, "by": specialist, "reasons": "Looked."}
    with pytest.raises(Invalid, match="state that none was found"):
        upgrades.name_earlier(**given)
    with pytest.raises(Invalid, match="is restricted"):
        upgrades.name_earlier(**given, earlier=secret)
    with pytest.raises(Invalid, match="the complaint itself"):
        upgrades.name_earlier(**given, earlier=made)
    taken_further(earlier)
    with pytest.raises(Invalid, match="Merge this one"):
        upgrades.name_earlier(**given, earlier=earlier)
    with pytest.raises(IllegalMove, match="takes nothing further"):
        upgrades.name_earlier(complaint_id=earlier.pk, by=handler, none_found=True, reasons="No.")
    upgrades.name_earlier(**given, none_found=True)
    assert found_of(made) == {"unresolved": ("silent", "no_record")}


def test_what_is_classed_as_an_upgrade_by_the_office_enters_at_its_tier_as_well(
    earlier, register, agent, supervisor, manager, outsider
):
    later = register().complaint
    decisions.classify(
        complaint_id=later.pk,
        by=agent,
        complaint_class=ComplaintClass.UPGRADE,
        kind=Kind.UNRESOLVED,
        reasons="They ask again.",
        earlier=earlier,
    )
    later.refresh_from_db()
    assert (later.tier, later.holder, later.upgrade.record) == (3, manager, Record.EARLIER)
    assert later.upgrade.by_complainant is False


def test_what_the_ladder_proposed_and_a_person_confirmed_is_compared_with_its_own_record(
    register, handler, supervisor, manager
):
    publish_calendar()
    step = {"effects": {"raise_to_tier": 2, "assign": True, "propose_upgrade": True}}
    publish_policy(clocks={"resolution": {"target": working_hours(8), "steps": [step]}})
    complaint = register(received_at=timezone.now() - timedelta(days=9)).complaint
    sweep.sweep()
    decisions.confirm_class(
        complaint_id=complaint.pk, digest=digests.of_class(complaint), by=manager, reasons="Nobody answered."
    )
    complaint.refresh_from_db()
    assert complaint.upgrade.record == Record.ITSELF
    assert found_of(complaint) == {"overdue": ("confirmed", "broken")}
    assert complaint.tier == 2


def test_looking_for_the_earlier_complaint_finds_what_the_reader_may_see(earlier, register, agent, outsider):
    other = register(subject="電鍋退款", complainant=ComplainantDetails(name="Lin")).complaint
    found = reads.candidates(agent, Remembered(phone="+886 912 345 678", name="wang", day=timezone.localdate()))
    assert [(one.complaint, one.found_by) for one in found] == [(earlier, [By.PHONE, By.NAME, By.DAY])]
    assert [one.complaint for one in reads.candidates(agent, Remembered(words="退款"))] == [other]
    assert reads.candidates(agent, Remembered(phone="123", words="nothing like it")) == []
    assert reads.candidates(outsider, Remembered(phone=PERSON["phone"])) == []
    assert Remembered(day=timezone.localdate(), phone="12").is_empty


@pytest.fixture
def rule(settings):
    settings.REPEAT_CONTACTS = 3


def proposals():
    return Decision.objects.filter(state=Decision.State.PROPOSED, decided_by=None)


def test_who_writes_again_and_again_without_an_answer_is_noticed_once(rule, earlier, handler, manager):
    for words in ("Hello?", "Is anybody there?"):
        correspondence.hear(complaint_id=earlier.pk, body=words)
    decision = proposals().get()
    assert (decision.complaint, decision.class_kind) == (earlier, Kind.UNRESOLVED)
    told = earlier.events.last()
    assert (told.kind, told.data["contacts"], told.actor) == ("repeat_contact", 3, None)
    assert OutboxMessage.objects.filter(complaint=earlier, recipient=manager, kind="repeat_contact").exists()
    correspondence.hear(complaint_id=earlier.pk, body="Hello!")
    decisions.reject_class(complaint_id=earlier.pk, by=manager, reasons="It is answered today.")
    correspondence.hear(complaint_id=earlier.pk, body="Hello!!")
    assert earlier.events.filter(kind="repeat_contact").count() == 1


def test_a_letter_that_is_split_is_one_contact(rule, earlier, agent, outsider):
    parts = [Part(subject) for subject in ("The till", "The queue", "The bill")]
    matters.split(complaint_id=earlier.pk, by=agent, parts=parts)
    for number in (1, 2):
        given = {"message": "Another department answers this.", "department": outsider.department}
        part = splitting.split_off(complaint_id=earlier.pk, number=number, by=agent, **given)
    for complaint in (earlier, part):
        assert reads.contacts_of(complaint, timezone.now()) == 1
    correspondence.hear(complaint_id=part.pk, body="Hello?")
    assert not proposals().exists()


def test_an_answer_begins_the_count_anew(rule, earlier, handler):
    correspondence.hear(complaint_id=earlier.pk, body="Hello?")
    correspondence.reply(complaint_id=earlier.pk, by=handler, body="We are on it.")
    correspondence.hear(complaint_id=earlier.pk, body="Thank you, and?")
    assert not proposals().exists()


def test_several_open_complaints_of_one_person_count_and_are_noticed_once(rule, register):
    first = {"complainant": ComplainantDetails(name="Wang", phone="0912 345 678")}
    second = {"complainant": ComplainantDetails(name="Wang", phone="(0912)345678")}
    register(**first), register(complainant=ComplainantDetails(name="Somebody else", phone="0922 111 222"))
    register(**second)
    assert not proposals().exists()
    third = register(**first).complaint
    register(**second)
    assert proposals().get().complaint == third


def test_the_rule_counts_nothing_restricted_and_nothing_long_ago(rule, register, specialist):
    employee = {"complainant": ComplainantDetails(name="E", email="e@example.org", relation=Relation.EMPLOYEE)}
    register(**employee), register(**employee)
    register(complainant=ComplainantDetails(email="e@example.org"), received_at=timezone.now() - timedelta(days=40))
    register(complainant=ComplainantDetails(email="E@example.org"))
    assert not proposals().exists()


def test_a_confirmed_proposal_of_the_rule_enters_where_it_calls_for(rule, earlier, manager, handler):
    for words in ("Hello?", "Is anybody there?"):
        correspondence.hear(complaint_id=earlier.pk, body=words)
    decisions.confirm_class(
        complaint_id=earlier.pk, digest=digests.of_class(earlier), by=manager, reasons="They are right."
    )
    earlier.refresh_from_db()
    assert (earlier.complaint_class, earlier.tier, earlier.holder) == ("upgrade", 3, manager)
    assert earlier.upgrade.contacts == 3


def test_facts_cost_the_same_however_much_was_said(earlier, handler, django_assert_num_queries):
    now = timezone.now()
    with django_assert_num_queries(8) as once:
        reads.facts_of(Complaint.objects.select_related("holder").get(pk=earlier.pk), now)
    for number in range(4):
        correspondence.reply(complaint_id=earlier.pk, by=handler, body=f"News {number}.")
    with django_assert_num_queries(len(once)):
        reads.facts_of(Complaint.objects.select_related("holder").get(pk=earlier.pk), now)


def test_only_those_outside_the_line_sit_at_the_supervision_desk(specialist, executive, manager, agent, head_office):
    auditor = UserFactory(role=Role.AUDITOR, department=head_office)
    people = (specialist, executive, auditor, manager, agent)
    assert [person for person in people if permissions.supervises_upgrades(person)] == [specialist, executive, auditor]
