import logging
import re

import pytest
from django.db import OperationalError
from django.urls import get_resolver
from django.utils import translation

from common import api_errors
from complaints import errors
from complaints.api.problems import problem
from complaints.api.serializers import Strict


def every_one_below(kind):
    for below in kind.__subclasses__():
        yield below
        yield from every_one_below(below)


def test_every_refusal_of_the_office_has_a_title():
    ours = (each for each in every_one_below(errors.ComplaintError) if not each.__module__.startswith("tests."))
    assert {refusal.code for refusal in ours} <= set(api_errors.TITLES)


def sentences_of(field):
    yield from field.error_messages.values()
    yield from (validator.message for validator in field.validators if hasattr(validator, "message"))
    for below in getattr(field, "fields", {}).values():
        yield from sentences_of(below)
    if getattr(field, "child", None) is not None:
        yield from sentences_of(field.child)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_whatever_a_field_refuses_is_said_in_chinese(language):
    with translation.override(language):
        said = {str(sentence) for shape in every_one_below(Strict) for sentence in sentences_of(shape())}
    assert {sentence for sentence in said if not re.search("[\u4e00-\u9fff]", sentence)} == set()


def test_every_address_says_what_it_is_for(program, administrator, refused):
    caller = program(administrator)
    for address in get_resolver("complaints.api.urls").url_patterns + get_resolver("escalation.api.urls").url_patterns:
        path = re.sub(r"<(int|str|slug):\w+>", "1", str(address.pattern))
        answer = caller.options(f"/api/v1/{path}")
        assert answer.status_code == 200, (path, answer.content)


def test_a_fault_of_ours_answers_without_details(program, agent, refused, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("complaints.permissions.visible_to", fail)
    caplog.set_level(logging.CRITICAL, logger="django.request")
    answer = program(agent).read()
    refused(answer, 500, "server_error")
    assert b"swordfish" not in answer.content
    assert answer["X-Request-Id"]


def test_a_database_that_does_not_answer(program, agent, refused, monkeypatch, caplog):
    def gone(*args, **kwargs):
        raise OperationalError("could not connect to server at 10.1.2.3")

    monkeypatch.setattr("complaints.permissions.visible_to", gone)
    answer = program(agent).read()
    refused(answer, 503, "unavailable")
    assert b"10.1.2.3" not in answer.content
    assert answer["Retry-After"]


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/complaint/", "/api/v2/complaints/"])
def test_addresses_that_lead_nowhere(client, refused, path, db):
    refused(client.get(path), 404, "not_found")


def test_pages_for_people_stay_pages(client, db):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_other_methods(program, agent, acknowledged, refused):
    caller = program(agent)
    refused(caller.delete("/api/v1/complaints/"), 405, "method_not_allowed")
    refused(caller.put(f"/api/v1/complaints/{acknowledged.reference}/", {}, format="json"), 405, "method_not_allowed")
    refused(
        caller.patch(f"/api/v1/complaints/{acknowledged.reference}/", {}, format="json"), 405, "method_not_allowed"
    )


def test_nested_faults_are_named_by_their_path():
    from rest_framework.exceptions import ValidationError

    answer = problem(
        ValidationError({"a": {"b": ["x"]}, "c": [{}, {"d": ["y"]}], "e": {"non_field_errors": ["z"]}}), {}
    )
    assert answer.data["errors"] == {"a.b": ["x"], "c.1.d": ["y"], "e": ["z"]}
