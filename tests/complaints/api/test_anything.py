"""Whatever JSON arrives at whatever door: an answer with a sentence, never a fault of ours."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.api.acts import ACTS
from complaints.api.serializers import RegisterIn

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
ANYTHING = st.recursive(SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3))


def bodies(shape):
    """Objects of the door's own fields with anything in them, or anything at all."""
    fields = {}
    for name, field in shape().fields.items():
        words = st.sampled_from([str(choice) for choice in getattr(field, "choices", ())] or ["north"])
        fields[name] = words | st.just("2026-01-01T00:00:00Z") | ANYTHING
    return st.fixed_dictionaries({}, optional=fields) | ANYTHING


def tried(caller, path, body):
    answer = caller.send(path, body)
    assert answer.status_code < 500, (path, body, answer.content)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]


@pytest.mark.slow
@pytest.mark.parametrize("verb", [verb for verb, act in ACTS.items() if not act.multipart])
def test_no_json_breaks_an_act(program, supervisor, acknowledged, verb):
    caller = program(supervisor)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(bodies(ACTS[verb].takes))
    def attempt(body):
        tried(caller, f"{acknowledged.reference}/{verb}/", body)

    attempt()


@pytest.mark.slow
def test_no_json_breaks_registering(program, supervisor):
    caller = program(supervisor)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        bodies(RegisterIn).map(
            lambda body: {"subject": "x", "description": "y"} | body if isinstance(body, dict) else body
        )
    )
    def attempt(body):
        tried(caller, "", body)

    attempt()


@pytest.mark.slow
def test_no_address_breaks_a_list(program, supervisor, acknowledged):
    caller = program(supervisor)
    names = ["status", "class", "tier", "priority", "department", "overdue", "text", "holder", "cursor", "page_size"]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.dictionaries(st.sampled_from(names), st.text(max_size=20), max_size=3))
    def attempt(query):
        for path in ("", f"{acknowledged.reference}/events/"):
            answer = caller.read(path, **query)
            assert answer.status_code in {200, 400}, (path, query, answer.content)

    attempt()
