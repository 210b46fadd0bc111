"""Programs that talk to the API, each with a token of somebody in the cast."""

import json

import pytest
from rest_framework.test import APIClient

from accounts import services as people
from accounts.models import User


class Program(APIClient):
    """Sends JSON, never raises: whatever goes wrong must come back as an answer."""

    def __init__(self, plain: str) -> None:
        super().__init__(raise_request_exception=False)
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
        self.plain = plain

    def send(self, path: str, body=None, **headers):
        raw = json.dumps({} if body is None else body)  # whatever JSON can say, lone surrogates as well
        return self.post(f"/api/v1/complaints/{path}", raw, content_type="application/json", headers=headers)

    def read(self, path: str = "", **query):
        return self.get(f"/api/v1/complaints/{path}", query)


@pytest.fixture
def program():
    """`program(agent)` acts for the agent; `scopes=["read"]` narrows it down."""

    def _program(user: User, *, scopes=("read", "write"), expires_at=None) -> Program:
        _token, plain = people.issue_token(user=user, name="tests", scopes=scopes, expires_at=expires_at)
        return Program(plain)

    return _program


@pytest.fixture
def refused():
    """Check that an answer is a problem document of this status and code, and give it back."""

    def _refused(answer, status: int, code: str, *fields: str) -> dict:
        assert answer.status_code == status, answer.content[:500]
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert set(problem) == {"type", "title", "status", "code", "detail", "errors"}
        assert problem["status"] == status
        assert problem["code"] == code
        assert problem["type"].endswith(f":{code}")
        assert problem["title"]
        assert problem["detail"]
        for sentences in problem["errors"].values():
            assert sentences
            assert all(isinstance(sentence, str) and sentence for sentence in sentences)
        for field in fields:
            assert field in problem["errors"], problem
        return problem

    return _refused


@pytest.fixture
def acknowledged(register, agent):
    """A complaint in the branch that the office has taken on."""
    from complaints.services import casework

    complaint = register().complaint
    return casework.acknowledge(complaint_id=complaint.pk, by=agent)
