import pytest

from complaints.errors import IllegalMove
from complaints.lifecycle import ENDED, MOVES, OPEN, Status, Verb, after, verbs_from


@pytest.mark.parametrize("status", Status)
def test_every_verb_either_leads_somewhere_or_is_refused_with_both_names(status):
    assert verbs_from(status) == [verb for verb in Verb if (status, verb) in MOVES]
    for verb in Verb:
        if (status, verb) in MOVES:
            assert after(status, verb) in Status
            continue
        with pytest.raises(IllegalMove) as refusal:
            after(status, verb)
        assert str(verb.label) in str(refusal.value)
        assert str(status.label) in str(refusal.value)


def test_every_status_can_be_reached_from_received():
    reached, edge = {Status.RECEIVED}, [Status.RECEIVED]
    while edge:
        status = edge.pop()
        for verb in verbs_from(status):
            if (next_status := after(status, verb)) not in reached:
                reached.add(next_status)
                edge.append(next_status)
    assert reached == set(Status)


def test_an_ended_complaint_changes_only_by_being_reopened_or_disputed():
    for status in ENDED:
        moving = {verb for verb in verbs_from(status) if after(status, verb) != status}
        assert moving <= {Verb.REOPEN, Verb.DISPUTE}


def test_a_merged_complaint_never_comes_back():
    assert {after(Status.MERGED, verb) for verb in verbs_from(Status.MERGED)} == {Status.MERGED}


def test_an_enquiry_is_answered_at_the_counter_in_one_act():
    assert after(Status.RECEIVED, Verb.RESOLVE) == Status.RESOLVED


def test_the_complainants_answer_ends_the_waiting():
    assert after(Status.WAITING, Verb.HEAR) == Status.ASSESSING


def test_open_and_ended_and_resolved_are_all_there_is():
    assert OPEN | ENDED | {Status.RESOLVED} == set(Status)
    assert not OPEN & ENDED
