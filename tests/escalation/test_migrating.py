"""Moving open clocks to another version of their policy: the preview, the move, undoing it; retiring a policy."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Event
from complaints.services import casework, correspondence
from complaints.vocabulary import Grade
from escalation.errors import BadPolicy, CannotMigrate
from escalation.models import Clock, Firing, MigratedClock, Policy, PolicyDraft, PolicyMigration, PolicyVersion
from escalation.services import batches, migrating, moving, policies, rebuilding
from tests.escalation.conftest import taipei
from tests.factories.escalation import LADDER, publish_policy, working_hours

State, Stage, Verdict = PolicyMigration.State, MigratedClock.Stage, MigratedClock.Verdict


def document(hours=16, *, steps=LADDER, match=None, **clocks):
    """The standard policy with another time for the resolution."""
    return {
        "match": match or {},
        "calendar": "office",
        "clocks": {
            "acknowledge": {"target": working_hours(4)},
            "first_response": {"target": working_hours(8)},
            "resolution": {"target": working_hours(hours), "steps": steps},
        }
        | clocks,
    }


@pytest.fixture
def draft(office, administrator):
    def _draft(form=None, *, code="standard", position=100):
        return policies.save_draft(
            code=code, name=code, position=position, document=form or document(), by=administrator
        )

    return _draft


@pytest.fixture
def moved(draft, administrator):
    """Publish another version and move the open clocks to it."""

    def _moved(form=None):
        draft(form)
        preview = migrating.preview_draft(code="standard", by=administrator)
        policies.publish_draft(code="standard", by=administrator)
        return migrating.start(migration_id=preview.pk, by=administrator)

    return _moved


@pytest.fixture
def cases(office, register, at):
    """Three complaints of Monday morning, each with three clocks."""
    with at("2026-03-02 09:00"):
        return [register().complaint for _ in range(3)]


def resolution(complaint):
    return Clock.objects.get(complaint=complaint, kind="resolution")


def rows(migration, kind="resolution"):
    return {row.complaint_id: row for row in migration.clocks.filter(clock__kind=kind)}


def ask(complaint, agent):
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    casework.wait(complaint_id=complaint.pk, by=agent, question="Which shop?")


def moves(complaint):
    return list(complaint.events.filter(kind="moved").order_by("sequence"))


# --- drafts -------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_without_being_in_force(draft, register, administrator, at):
    draft()
    with at("2026-03-02 09:00"):
        complaint = register().complaint
    assert resolution(complaint).policy_version.number == 1
    kept = PolicyDraft.objects.get()
    assert (kept.saved_by, kept.made_from) == (administrator, 1)


def test_a_draft_that_could_not_be_published_is_refused_by_its_field(draft):
    with pytest.raises(BadPolicy, match=r"^calendar: "):
        draft(document() | {"calendar": "nowhere"})
    assert not PolicyDraft.objects.exists()


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(draft, office, administrator):
    first = draft()
    policies.save_draft(
        code="standard", name="S", position=1, document=document(9), by=administrator, seen=first.stamp
    )
    for seen in (first.stamp, ""):
        with pytest.raises(BadPolicy, match="meanwhile"):
            policies.save_draft(
                code="standard", name="S", position=1, document=document(10), by=administrator, seen=seen
            )
    assert PolicyDraft.objects.get().document["clocks"]["resolution"]["target"]["amount"] == 9


def test_publishing_a_draft_says_who_did_and_leaves_no_draft(draft, administrator):
    draft()
    version = policies.publish_draft(code="standard", by=administrator)
    assert (version.number, version.published_by) == (2, administrator)
    assert not PolicyDraft.objects.exists()
    with pytest.raises(BadPolicy, match="no draft"):
        policies.publish_draft(code="standard", by=administrator)


def test_a_draft_does_not_undo_what_somebody_published_meanwhile(draft, administrator):
    draft()
    publish_policy(clocks={"resolution": {"target": working_hours(9)}})
    with pytest.raises(BadPolicy, match="meanwhile"):
        policies.publish_draft(code="standard", by=administrator)
    assert PolicyVersion.objects.count() == 2


def test_a_policy_that_was_switched_off_stays_so_when_a_draft_is_published(draft, administrator):
    policies.switch(code="standard", is_active=False)
    draft()
    policies.publish_draft(code="standard", by=administrator)
    assert not Policy.objects.get().is_active


def test_policies_change_places(office):
    publish_policy("second", position=200)
    policies.move(code="second", up=True)
    assert list(Policy.objects.values_list("code", "position")) == [("second", 10), ("standard", 20)]
    policies.move(code="second", up=True)
    assert list(Policy.objects.values_list("code", flat=True)) == ["second", "standard"]


def test_a_draft_that_keeps_its_policys_place_moves_with_it(draft, administrator):
    publish_policy("second", position=200)
    draft()
    policies.move(code="second", up=True)
    policies.publish_draft(code="standard", by=administrator)
    assert list(Policy.objects.values_list("code", "position")) == [("second", 10), ("standard", 20)]


# --- the preview --------------------------------------------------------------------------------------------


def test_the_preview_says_which_clocks_move_and_by_how_much(cases, draft, administrator, at):
    draft(document(16))
    with at("2026-03-02 10:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
    assert (preview.state, preview.total, preview.done) == (State.READY, 9, 9)
    assert preview.counts["verdicts"] == {"earlier": 3, "same": 6}
    row = rows(preview)[cases[0].pk]
    assert (row.due_before, row.due_after) == (taipei("2026-03-04 18:00"), taipei("2026-03-03 18:00"))
    assert preview.counts["by"]["earlier"] == {"median": 86_400, "most": 86_400}
    assert resolution(cases[0]).due_at == taipei("2026-03-04 18:00"), "nothing has moved"
    assert not Event.objects.filter(kind="moved").exists()


def test_what_the_preview_leaves_as_it_is(office, register, draft, supervisor, agent, administrator, at, sweep_at):
    """Broken, its new date passed, not promised any more, not matched any more."""
    with at("2026-03-02 09:00"):
        fresh = register().complaint
        urgent = register(impact=Grade.HIGH, urgency=Grade.HIGH).complaint
    draft(document(2, match={"priority": ["ordinary"]}, first_response=None))
    sweep_at("2026-03-02 15:00")
    with at("2026-03-02 15:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
    found = {(row.complaint_id, row.clock.kind): row.verdict for row in preview.clocks.select_related("clock")}
    assert found == {
        (fresh.pk, "acknowledge"): Verdict.BROKEN,
        (fresh.pk, "first_response"): Verdict.UNPROMISED,
        (fresh.pk, "resolution"): Verdict.PAST,
        (urgent.pk, "acknowledge"): Verdict.BROKEN,
        (urgent.pk, "first_response"): Verdict.UNMATCHED,
        (urgent.pk, "resolution"): Verdict.UNMATCHED,
    }
    assert (preview.counts["gained"], preview.counts["lost"]) == (0, 1)


def test_a_paused_clock_is_compared_as_if_it_went_on_now(cases, draft, agent, administrator, at):
    with at("2026-03-02 10:00"):
        ask(cases[0], agent)
    draft(document(16))
    with at("2026-03-03 10:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
    row = rows(preview)[cases[0].pk]
    assert (row.verdict, row.paused) == (Verdict.EARLIER, True)
    assert row.due_before - row.due_after == taipei("2026-03-05 10:00") - taipei("2026-03-04 10:00")


def test_a_policy_that_does_not_exist_yet_tells_which_complaints_it_would_take_over(cases, draft, administrator, at):
    draft(document(9), code="express", position=1)
    preview = migrating.preview_draft(code="express", by=administrator)
    assert (preview.total, preview.counts["gained"], preview.counts["lost"]) == (0, 3, 0)


def test_another_preview_takes_the_place_of_one_that_nobody_carried_out(cases, draft, administrator):
    draft()
    first = migrating.preview_draft(code="standard", by=administrator)
    second = migrating.preview_draft(code="standard", by=administrator)
    assert list(PolicyMigration.objects.all()) == [second]
    assert not MigratedClock.objects.filter(migration_id=first.pk).exists()


def test_without_a_draft_there_is_nothing_to_preview(office, administrator):
    with pytest.raises(CannotMigrate):
        migrating.preview_draft(code="standard", by=administrator)


# --- the move -----------------------------------------------------------------------------------------------


def test_the_move_does_what_the_preview_said(cases, draft, administrator, at):
    draft(document(16))
    with at("2026-03-02 10:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
        foreseen = dict(preview.clocks.values_list("clock_id", "due_after"))
        version = policies.publish_draft(code="standard", by=administrator)
    with at("2026-03-02 10:05"):
        done = migrating.start(migration_id=preview.pk, by=administrator)
    assert (done.state, done.counts["changed"], done.counts["stages"]) == (State.DONE, 0, {"moved": 9})
    assert dict(Clock.objects.values_list("pk", "due_at")) == foreseen
    assert set(Clock.objects.values_list("policy_version", flat=True)) == {version.pk}
    event = moves(cases[0])[0]
    assert (event.actor, event.data["reason"], event.data["clock_kind"]) == (administrator, "policy", "resolution")
    assert event.data["due_before"] == "2026-03-04T10:00:00+00:00"
    assert event.data["due_at"] == "2026-03-03T10:00:00+00:00"
    assert [len(moves(case)) for case in cases] == [1, 1, 1], "a clock that does not move is not told"
    cases[0].refresh_from_db()
    assert cases[0].due_at == taipei("2026-03-02 14:00")


def test_only_what_is_published_can_be_carried_out(cases, draft, administrator):
    draft()
    preview = migrating.preview_draft(code="standard", by=administrator)
    with pytest.raises(CannotMigrate, match="not the newest version"):
        migrating.start(migration_id=preview.pk, by=administrator)
    policies.publish_draft(code="standard", by=administrator)
    publish_policy(clocks={"resolution": {"target": working_hours(9)}})
    with pytest.raises(CannotMigrate, match="not the newest version"):
        migrating.start(migration_id=preview.pk, by=administrator)


def test_a_clock_that_changed_since_the_preview_is_looked_at_again_and_listed_as_such(
    cases, draft, register, agent, administrator, at
):
    draft(document(16))
    with at("2026-03-02 10:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
        late = register().complaint
        policies.publish_draft(code="standard", by=administrator)
        correspondence.reply(complaint_id=cases[0].pk, by=agent, body="We look into it.")
    with at("2026-03-02 10:30"):
        done = migrating.start(migration_id=preview.pk, by=administrator)
    told = {(row.complaint_id, row.clock.kind): (row.stage, row.verdict) for row in done.clocks.filter(changed=True)}
    assert told == {
        (cases[0].pk, "acknowledge"): (Stage.LEFT, Verdict.ENDED),
        (cases[0].pk, "first_response"): (Stage.LEFT, Verdict.ENDED),
        (late.pk, "acknowledge"): (Stage.MOVED, Verdict.SAME),
        (late.pk, "first_response"): (Stage.MOVED, Verdict.SAME),
        (late.pk, "resolution"): (Stage.MOVED, Verdict.EARLIER),
    }


def test_what_is_broken_stays_with_its_version_and_its_ladder(cases, moved, at, sweep_at):
    sweep_at("2026-03-05 10:00")
    fired = Firing.objects.count()
    with at("2026-03-05 10:00"):
        moved(document(40))
    clock = resolution(cases[0])
    assert (clock.policy_version.number, clock.state, clock.breached_at) == (1, "breached_open", clock.due_at)
    sweep_at("2026-03-05 10:01")
    assert Firing.objects.count() == fired
    assert not moves(cases[0])


def test_steps_that_lie_before_the_move_do_not_make_a_storm_and_later_ones_fire(cases, moved, at, sweep_at):
    """The reminder at half the time fell due before the move: everybody had been told by the old ladder."""
    sweep_at("2026-03-03 14:30")
    assert Firing.objects.filter(clock__kind="resolution").count() == 3
    with at("2026-03-03 15:00"):
        moved(document(20))
    sweep_at("2026-03-03 15:01")
    assert Firing.objects.filter(clock__kind="resolution").count() == 3
    sweep_at("2026-03-04 15:00")
    assert set(Firing.objects.filter(clock=resolution(cases[0])).values_list("cycle", "step")) == {(1, 1), (2, 2)}


def test_time_that_has_passed_and_pauses_are_carried_over(cases, moved, agent, at):
    with at("2026-03-02 10:00"):
        ask(cases[0], agent)
    with at("2026-03-02 11:00"):
        casework.resume(complaint_id=cases[0].pk, by=agent)
    with at("2026-03-02 11:30"):
        moved(document(16))
    assert resolution(cases[0]).due_at == taipei("2026-03-04 10:00"), "16 hours from Monday morning, and one paused"


@pytest.mark.parametrize(
    ("pauses", "state"),
    [({"complainant": {"budget_working_hours": 2}}, "paused"), ({"expert": {}}, "running")],
)
def test_a_clock_that_waits_pauses_by_what_the_new_version_says_of_the_reason(cases, moved, agent, at, pauses, state):
    with at("2026-03-02 10:00"):
        ask(cases[0], agent)
    with at("2026-03-02 11:00"):
        done = moved(document(16) | {"pauses": pauses})
    clock = resolution(cases[0])
    assert clock.state == state
    last = clock.ledger.order_by("sequence").last()
    if state == "paused":
        assert (last.kind, last.until) == ("paused", taipei("2026-03-02 12:00")), "one of its two hours was spent"
    else:
        assert clock.due_at == taipei("2026-03-04 10:00")
    assert rows(done)[cases[0].pk].sequence_after == last.sequence


def test_moving_costs_the_same_queries_for_twice_the_clocks(cases, draft, register, administrator, at):
    def carried_out(hours):
        draft(document(hours))
        with CaptureQueriesContext(connection) as queries:
            preview = migrating.preview_draft(code="standard", by=administrator)
            policies.publish_draft(code="standard", by=administrator)
            done = migrating.start(migration_id=preview.pk, by=administrator)
        assert done.state == State.DONE
        return len(queries)

    with at("2026-03-02 10:00"):
        carried_out(17)
        before = carried_out(16)
        for _ in range(6):
            register()
        assert carried_out(15) <= before


# --- undoing it ---------------------------------------------------------------------------------------------


def test_undoing_puts_every_date_back_and_no_step_fires_twice(cases, moved, administrator, at, sweep_at):
    before = dict(Clock.objects.values_list("pk", "due_at"))
    sweep_at("2026-03-03 14:30")
    with at("2026-03-03 15:00"):
        done = moved(document(20))
    sweep_at("2026-03-03 15:01")
    with at("2026-03-03 16:00"):
        undone = migrating.undo(migration_id=done.pk, by=administrator)
    assert (undone.state, undone.undone_by) == (State.UNDONE, administrator)
    assert dict(Clock.objects.values_list("pk", "due_at")) == before
    assert resolution(cases[0]).policy_version.number == 1
    assert [event.data["reason"] for event in moves(cases[0])] == ["policy", "undo"]
    sweep_at("2026-03-04 17:59")
    assert Firing.objects.filter(clock=resolution(cases[0])).count() == 1, "the reminder, once"
    sweep_at("2026-03-05 09:00")
    assert list(Firing.objects.filter(clock=resolution(cases[0])).values_list("cycle", "step")) == [(1, 1), (1, 2)]
    with pytest.raises(CannotMigrate):
        migrating.undo(migration_id=done.pk, by=administrator)


def test_undoing_leaves_and_lists_what_changed_meanwhile(cases, moved, supervisor, agent, administrator, at):
    with at("2026-03-02 10:00"):
        done = moved(document(16))
    with at("2026-03-02 10:30"):
        ask(cases[0], agent)
    with at("2026-03-02 11:00"):
        undone = migrating.undo(migration_id=done.pk, by=administrator)
    assert {row.complaint_id for row in undone.clocks.filter(stage=Stage.KEPT)} == {cases[0].pk}
    assert set(undone.clocks.filter(stage=Stage.KEPT).values_list("verdict", flat=True)) <= {
        Verdict.CHANGED,
        Verdict.ENDED,
    }
    assert resolution(cases[0]).policy_version.number == 2
    assert resolution(cases[1]).policy_version.number == 1


def test_a_promise_broken_under_the_new_version_is_not_mended_by_undoing(cases, moved, administrator, at, sweep_at):
    with at("2026-03-02 10:00"):
        done = moved(document(6))
    sweep_at("2026-03-03 09:00")
    with at("2026-03-03 09:00"):
        undone = migrating.undo(migration_id=done.pk, by=administrator)
    assert rows(undone)[cases[0].pk].verdict == Verdict.BROKEN
    assert resolution(cases[0]).breached_at == resolution(cases[0]).due_at == taipei("2026-03-02 16:00")


# --- retiring -----------------------------------------------------------------------------------------------


def test_a_retired_policy_leaves_nothing_escalated(cases, administrator, register, at, sweep_at):
    sweep_at("2026-03-05 10:00")
    fired = Firing.objects.count()
    with at("2026-03-05 11:00"):
        done = migrating.retire(code="standard", by=administrator)
    assert (done.state, done.counts["verdicts"]) == (State.DONE, {"cancelled": 9})
    assert set(Clock.objects.values_list("state", "wake_at")) == {("cancelled", None)}
    assert Clock.objects.filter(ledger__reason="policy_retired").distinct().count() == 9
    cases[0].refresh_from_db()
    assert cases[0].due_at is None
    assert cases[0].events.filter(kind="called_off", actor=administrator).count() == 3
    sweep_at("2026-03-20 10:00")
    assert Firing.objects.count() == fired
    assert not Policy.objects.get().is_active
    with at("2026-03-05 12:00"):
        assert not register().complaint.clocks.exists()


def test_a_policy_that_is_only_switched_off_keeps_its_clocks(cases, sweep_at):
    policies.switch(code="standard", is_active=False)
    assert resolution(cases[0]).state == "running"
    sweep_at("2026-03-05 10:00")
    assert resolution(cases[0]).state == "breached_open"


def test_retiring_is_undone_for_complaints_that_are_still_open(cases, administrator, supervisor, agent, at):
    with at("2026-03-02 10:00"):
        done = migrating.retire(code="standard", by=administrator)
        casework.withdraw(complaint_id=cases[1].pk, by=agent, reasons="Found the receipt.")
    with at("2026-03-02 12:00"):
        undone = migrating.undo(migration_id=done.pk, by=administrator)
    assert Policy.objects.get().is_active
    assert undone.counts["stages"] == {"undone": 6, "kept": 3}
    clock = resolution(cases[0])
    assert (clock.state, clock.due_at) == ("running", taipei("2026-03-05 11:00")), "the two hours do not count"
    assert resolution(cases[1]).state == "cancelled"


# --- going on after a crash ---------------------------------------------------------------------------------


def test_what_is_more_than_a_little_is_left_to_the_workers_and_goes_on_after_a_crash(
    cases, moved, draft, administrator, at, monkeypatch
):
    monkeypatch.setattr(migrating, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "HELD", 2)
    monkeypatch.setattr(batches, "LOOKED_AT", 2)
    draft(document(16))
    with at("2026-03-02 10:00"):
        preview = migrating.preview_draft(code="standard", by=administrator)
        assert (preview.state, preview.done) == (State.PREVIEWING, 0)
        batches.carry_on(seconds=0)
        preview.refresh_from_db()
        assert (preview.total, preview.done, preview.percent) == (9, 2, 22)
        batches.carry_on()
        policies.publish_draft(code="standard", by=administrator)
        migrating.start(migration_id=preview.pk, by=administrator)

        class Killed(BaseException):
            pass

        def die(acts):
            raise Killed

        with monkeypatch.context() as patched:
            batches.carry_on(seconds=0)
            patched.setattr(moving.events, "record_many", die)
            with pytest.raises(Killed):
                batches.carry_on()
        batches.carry_on()
        preview.refresh_from_db()
    assert (preview.state, preview.done) == (State.DONE, 9)
    assert [len(moves(case)) for case in cases] == [1, 1, 1]


def test_a_complaint_that_fails_stays_as_it_is_and_stops_no_other(cases, moved, at, monkeypatch):
    real = moving.judge

    def judge(clock, ledger, complaint, terms, now):
        if terms.version_id and complaint.pk == cases[1].pk:
            raise ZeroDivisionError
        return real(clock, ledger, complaint, terms, now)

    monkeypatch.setattr(moving, "judge", judge)
    with at("2026-03-02 10:00"):
        done = moved(document(16))
    assert (done.state, done.counts["verdicts"]) == (State.DONE, {"earlier": 2, "same": 4, "failed": 3})
    assert resolution(cases[1]).policy_version.number == 1


def test_work_that_cannot_go_on_stops_visibly_and_is_taken_up_again(cases, draft, administrator, at, monkeypatch):
    draft(document(16))
    with at("2026-03-02 10:00"), monkeypatch.context() as patched:
        patched.setattr(batches, "_look", lambda migration, rows: 1 / 0)
        stopped = migrating.preview_draft(code="standard", by=administrator)
        assert (stopped.state, stopped.stopped_in) == (State.FAILED, State.PREVIEWING)
        assert "ZeroDivisionError" in stopped.last_error
    with at("2026-03-02 10:01"):
        assert migrating.go_on(migration_id=stopped.pk).state == State.READY


def test_ledgers_and_columns_agree_after_all_of_it(cases, moved, administrator, at):
    with at("2026-03-02 10:00"):
        done = moved(document(16))
        assert not list(rebuilding.rebuild(check=True))
        migrating.undo(migration_id=done.pk, by=administrator)
        assert not list(rebuilding.rebuild(check=True))
