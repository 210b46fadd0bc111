"""Guides and templates for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.models import Guide, ReplyTemplate
from tests.factories import CategoryFactory

GUIDE = {"code": "refunds", "texts": {"en": {"title": "Refunds", "body": "Pay it back."}}, "causes": ["mistake"]}
TEMPLATE = {
    "code": "receipt",
    "texts": {"en": {"name": "Receipt", "subject": "About {subject}", "body": "Dear {name}, by {due_date}."}},
}


@pytest.fixture
def caller(program):
    class Caller:
        def __init__(self, user, **options):
            self.program = program(user, **options)

        def __getattr__(self, verb):
            return lambda path, body=None: getattr(self.program, verb)(f"/api/v1/{path}", body, format="json")

    return Caller


def test_guides_are_written_read_changed_and_found_for_a_complaint(
    caller, administrator, manager, agent, register, refused
):
    CategoryFactory(code="billing")
    complaint = register(category=CategoryFactory(code="refund", parent=CategoryFactory(code="money"))).complaint
    keeper, reader = caller(administrator), caller(agent)
    made = keeper.post("guides/", GUIDE | {"causes": [], "categories": ["money"]})
    assert made.status_code == 201, made.content
    assert (made.json()["categories"], made.json()["department"], made.json()["version"]) == (["money"], None, 1)
    other = keeper.post("guides/", GUIDE | {"code": "other", "categories": ["billing"], "department": "north"})
    assert other.status_code == 201
    assert [each["code"] for each in reader.get("guides/").json()["results"]] == ["other", "refunds"]
    found = reader.get(f"complaints/{complaint.reference}/guides/").json()["results"]
    assert [each["code"] for each in found] == ["refunds"]
    assert caller(manager).put("guides/other/", _changed(GUIDE)).status_code == 403  # it would be for every department
    changed = caller(manager).put("guides/other/", _changed(GUIDE, department="north", is_active=False, version=1))
    assert changed.status_code == 200, changed.content
    assert (changed.json()["version"], changed.json()["is_active"], changed.json()["changed_by"]) == (
        2,
        False,
        manager.email,
    )
    refused(
        caller(manager).put("guides/other/", _changed(GUIDE, department="north", version=1)), 400, "invalid", "version"
    )
    refused(reader.post("guides/", GUIDE), 403, "not_allowed")
    refused(keeper.post("guides/", GUIDE), 400, "invalid", "code")
    assert reader.get("guides/nothing/").status_code == 404
    assert Guide.objects.count() == 2


def _changed(given, **also):
    return {name: value for name, value in given.items() if name != "code"} | also


def test_a_template_is_filled_in_and_says_what_is_missing(caller, administrator, agent, outsider, register, refused):
    complaint = register(language="zh-hant").complaint
    reader = caller(agent)
    assert caller(administrator).post("reply-templates/", TEMPLATE).status_code == 201
    letter = TEMPLATE | {"code": "ask", "part": "contact", "department": "south"}
    assert caller(administrator).post("reply-templates/", letter).json()["part"] == "contact"
    assert len(reader.get("reply-templates/").json()["results"]) == 2
    assert reader.get("reply-templates/receipt/").json()["part"] is None
    assert reader.put("reply-templates/receipt/", _changed(TEMPLATE)).status_code == 403
    changed = caller(administrator).put("reply-templates/receipt/", _changed(TEMPLATE, position=3))
    assert (changed.json()["position"], changed.json()["version"]) == (3, 2)
    usable = reader.get(f"complaints/{complaint.reference}/reply-templates/").json()["results"]
    assert [each["code"] for each in usable] == ["receipt"]
    address = f"complaints/{complaint.reference}/reply-templates/receipt/"
    filled = reader.get(address).json()
    assert filled["text"] == "About Charged twice\n\nDear Lin Mei-hua, by {due_date}."
    assert (filled["language"], filled["wanted"], filled["falls_back"]) == ("en", "zh-hant", True)
    assert filled["missing"] == ["due_date"]
    assert len(filled["remarks"]) == 2
    soon = timezone.now() + timedelta(days=2)
    promised = reader.get(f"{address}?promise_until={soon:%Y-%m-%dT%H:%M:%SZ}").json()
    assert promised["missing"] == []
    assert str(soon.year) in promised["body"]
    for nonsense in ("soon", "2026-12-24T12:00:00", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        refused(reader.get(f"{address}?promise_until={nonsense}"), 400, "invalid", "promise_until")
    assert reader.get(f"complaints/{complaint.reference}/reply-templates/ask/").status_code == 404
    assert caller(outsider).get(address).status_code == 404
    held = reader.post(f"complaints/{complaint.reference}/reply/", {"body": filled["text"]})
    refused(held, 400, "invalid", "body")
    noted = reader.post(f"complaints/{complaint.reference}/note/", {"body": "A call.", "steps": ["listen"]})
    assert noted.status_code == 200
    assert complaint.events.get(kind="note").data["steps"] == ["listen"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (TEMPLATE | {"texts": {"en": {"name": "n", "body": "{customer}"}}}, "texts.en.body"),
        (TEMPLATE | {"texts": "all"}, "texts"),
        (TEMPLATE | {"texts": {"en": "all"}}, "texts"),
        (TEMPLATE | {"texts": {"fr": {"name": "n", "body": "b"}}}, "texts"),
        (TEMPLATE | {"part": "foot"}, "part"),
        (TEMPLATE | {"code": "Two words"}, "code"),
        (TEMPLATE | {"colour": "red"}, "colour"),
        (TEMPLATE | {"department": "nowhere"}, "department"),
        (TEMPLATE | {"position": -1}, "position"),
    ],
)
def test_what_cannot_be_is_refused_by_field(caller, administrator, body, field):
    answer = caller(administrator).post("reply-templates/", body)
    assert answer.status_code == 400, answer.content
    assert any(name.startswith(field) for name in answer.json()["errors"]), answer.json()
    assert not ReplyTemplate.objects.exists()


def test_a_list_that_is_too_long_is_refused_before_anything_of_it_is_looked_up(
    caller, administrator, refused, django_assert_max_num_queries
):
    keeper = caller(administrator)
    with django_assert_max_num_queries(10):
        problem = refused(keeper.post("guides/", GUIDE | {"categories": ["x"] * 5_000}), 400, "invalid", "categories")
    assert set(problem["errors"]) == {"categories"}
