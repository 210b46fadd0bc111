import io
import json
from functools import partial
from unittest import mock

import jsonschema
import pytest
from django.core.management import call_command
from jsonschema.validators import validator_for
from referencing.jsonschema import EMPTY_REGISTRY, specification_with

from complaints.api.acts import ACTS


def _validate(validate, instance, schema):
    """With the anchors of the schema known from the start: otherwise they are looked for anew at each reference."""
    rules = specification_with(validator_for(schema).META_SCHEMA["$schema"]).create_resource(schema)
    validate(instance, schema, registry=(rules @ EMPTY_REGISTRY).crawl())


@pytest.fixture(scope="module")
def document():
    out = io.StringIO()
    with mock.patch.object(jsonschema, "validate", partial(_validate, jsonschema.validate)):
        call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.slow
def test_the_document_is_of_the_version_promised(document):
    assert document["openapi"].startswith("3.1")


@pytest.mark.slow
def test_every_act_is_described_with_its_errors(document):
    for verb in ACTS:
        operation = document["paths"][f"/api/v1/complaints/{{reference}}/{verb}/"]["post"]
        assert operation["operationId"] == f"complaints_{verb}"
        assert operation["description"]
        assert "Raises" not in operation["description"]
        assert {"200", "400", "401", "403", "404", "409", "412", "429"} <= set(operation["responses"])
        assert "application/problem+json" in operation["responses"]["409"]["content"]
        assert "If-Match" in [parameter["name"] for parameter in operation["parameters"]]
        assert operation["security"] == [{"bearerToken": []}]


@pytest.mark.slow
def test_registering_is_described(document):
    operation = document["paths"]["/api/v1/complaints/"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
    assert document["components"]["schemas"]["RegisterIn"]["required"] == ["description", "subject"]
    assert "access_secret" in document["components"]["schemas"]["Registered"]["properties"]


@pytest.mark.slow
def test_lists_are_described_with_filters_and_pages(document):
    operation = document["paths"]["/api/v1/complaints/"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {
        "status",
        "class",
        "priority",
        "tier",
        "department",
        "overdue",
        "text",
        "holder",
        "reworked",
        "bounced",
        "converted",
        "watched",
    } | {
        "cursor",
        "page_size",
    }


@pytest.mark.slow
def test_the_schema_is_served_without_a_token(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.json()["info"]["title"] == "Redress API"


def test_the_page_of_the_docs_asks_nobody_else(client, db):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "https://" not in html
    assert "<style" not in html
    assert "<script>" not in html
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
