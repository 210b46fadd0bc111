"""Whatever anybody tries in whatever order: the procedure never comes to a state that its rules forbid.

Hypothesis plays the office: random people do random acts, mostly sensible ones, with arguments that are mostly fit.
Each act goes through, or is refused in a sentence and leaves no trace. `pytest --hypothesis-profile=long` plays for
a quarter of an hour; every run otherwise the same few games.
"""

import logging
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.refusals import Refusal
from complaints.lifecycle import Status, Verb, verbs_from
from escalation.services import silence, sweep, unanswered
from tests.complaints.machine import acts_about_handlers as _acts_about_handlers  # noqa: F401 - registers its rules
from tests.complaints.machine import acts_about_measures as _acts_about_measures  # noqa: F401 - registers its rules
from tests.complaints.machine import acts_about_proofs as _acts_about_proofs  # noqa: F401 - registers its rules
from tests.complaints.machine import acts_between_departments as _acts_between  # noqa: F401 - registers its rules
from tests.complaints.machine import acts_of_the_proposal as _more_acts  # noqa: F401 - registers its rules
from tests.complaints.machine import acts_of_upgrades as _upgrades  # noqa: F401 - registers its rules
from tests.complaints.machine import forbidden
from tests.complaints.machine.acts import ACTS, LIKELY, Move
from tests.complaints.machine.hand import Hand
from tests.complaints.machine.stage import BEGINS, Stage, build

log = logging.getLogger(__name__)

USUAL = settings(
    max_examples=5,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """The office, written down once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def machine(stage: Stage, done: Counter) -> type[RuleBasedStateMachine]:
    """The game on this stage; what was done and what was refused is counted in `done`."""

    class Procedure(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.game = transaction.atomic()
            self.game.__enter__()
            self.rows: list = []
            self.moved = True

        def teardown(self) -> None:
            if not connection.needs_rollback:
                with stage.moment():
                    forbidden.check_pages(stage)
            transaction.set_rollback(True)
            self.game.__exit__(None, None, None)

        @initialize(kinds=st.lists(st.sampled_from(sorted(stage.letters)), min_size=1, max_size=2, unique=True))
        def begin(self, kinds):
            stage.now, stage.turn = BEGINS, 0
            stage.known_circles = {}
            stage.on_stage[:] = [stage.letters[kind] for kind in kinds]

        @rule(data=st.data())
        def act(self, data):
            hand = Hand(data)
            if hand.chance(10):
                self.time_passes(timedelta(hours=hand.one([2, 20, 72, 400])))
            else:
                stage.now += timedelta(minutes=7)
                with stage.moment():
                    self.try_it(hand)

        def time_passes(self, by: timedelta) -> None:
            note(f"{by} go by")
            stage.now += by
            before = forbidden.Before.now()
            with stage.moment():
                sweep.sweep()
                silence.close_silent()
                unanswered.accept_silent()
            forbidden.check_act(before)
            self.moved = True

        def try_it(self, hand: Hand) -> None:
            complaint = stage.complaint(hand.one(stage.on_stage))
            status = Status(complaint.status)
            verb = hand.one([LIKELY[status], LIKELY[status], verbs_from(status), tuple(Verb)][hand.number(0, 3)])
            able = list(stage.able(verb, complaint))
            by = hand.mostly(able, list(stage.people.values()), of=5)
            note(f"{by.name} tries {verb} on {complaint.reference}, which is {status}")
            before = forbidden.Before.now()
            on_stage = list(stage.on_stage)
            rows = forbidden.every_row()
            refusal = None
            try:
                ACTS[verb](Move(stage, by, complaint, hand))
            except Refusal as refused:
                refusal = refused
            if refusal is None:
                done[verb] += 1
                forbidden.check_act(before)
                self.moved = True
                return
            note(f"refused: {refusal}")
            done[type(refusal).__name__] += 1
            assert str(refusal).strip(), "a refusal says why"
            assert not forbidden.changed(rows, forbidden.every_row()), "a refused act leaves no trace"
            stage.on_stage[:] = on_stage

        @invariant()
        def nothing_forbidden(self):
            if self.moved:
                with stage.moment():
                    forbidden.check_states(stage)
                self.moved = False

    return Procedure


@pytest.mark.django_db
@pytest.mark.slow
def test_no_sequence_of_acts_leads_to_a_state_that_the_rules_forbid(stage):
    done: Counter = Counter()
    usual = settings.get_current_profile_name() == "default"
    run_state_machine_as_test(machine(stage, done), settings=USUAL if usual else settings())
    verbs = [verb for verb in done if verb in Verb]
    log.info("%s", done)
    assert len(verbs) > 15, done
    assert len(done) - len(verbs) > 5, done
    if not usual:
        assert len(verbs) > len(Verb) / 2, f"never done: {set(Verb) - set(verbs)}"


def test_each_verb_has_its_rule_in_the_machine():
    missing = set(Verb) - set(ACTS)
    assert not missing, f"add to tests/complaints/machine/acts.py how people try {sorted(missing)}"
    assert set(LIKELY) == set(Status)
    assert set(ACTS) <= set(Verb)
