from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisIsDown

from accounts import services as people
from accounts.models import ApiToken
from tests.complaints.api.conftest import Program

PLACE = "/api/v1/complaints/"


def test_without_a_token(client, refused):
    answer = client.get(PLACE)
    refused(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    refused(client.post(PLACE, "{", content_type="application/json"), 401, "not_authenticated")


def test_a_session_of_the_desk_opens_nothing_here(client, agent, refused):
    client.force_login(agent)
    refused(client.get(PLACE), 401, "not_authenticated")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer rdr_nonsense", "bearer \xff\xfe", "Bearer a b c"])
@pytest.mark.django_db
def test_tokens_that_are_none(client, refused, header):
    refused(client.get(PLACE, headers={"Authorization": header}), 401, "invalid_token")


@pytest.mark.parametrize("header", ["Basic YTpi", "Token abc", "x", ""])
@pytest.mark.django_db
def test_other_ways_to_sign_in_are_not_known(client, refused, header):
    refused(client.get(PLACE, headers={"Authorization": header}), 401, "not_authenticated")


def test_a_digest_is_no_token(program, agent, refused):
    caller = program(agent)
    refused(Program(people.token_digest(caller.plain)).read(), 401, "invalid_token")


def test_an_expired_token(program, agent, refused):
    caller = program(agent, expires_at=timezone.now() + timedelta(minutes=1))
    assert caller.read().status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    refused(caller.read(), 401, "token_expired")


def test_a_revoked_token(program, agent, refused):
    caller = program(agent)
    people.revoke_token(token=ApiToken.objects.get())
    refused(caller.read(), 401, "invalid_token")


def test_the_token_of_somebody_who_has_left(program, agent, refused):
    caller = program(agent)
    agent.is_active = False
    agent.save()
    refused(caller.read(), 401, "invalid_token")


def test_a_token_that_only_reads(program, agent, acknowledged, refused):
    caller = program(agent, scopes=["read"])
    assert caller.read().status_code == 200
    refused(caller.send(f"{acknowledged.reference}/note/", {"body": "x"}), 403, "scope_missing")
    refused(caller.send("", {"subject": "x", "description": "y"}), 403, "scope_missing")


def test_a_token_that_only_writes(program, agent, head_office, refused):
    caller = program(agent, scopes=["write"])
    refused(caller.read(), 403, "scope_missing")
    assert caller.send("", {"subject": "x", "description": "y"}).status_code == 201


def test_the_token_of_another_branch_sees_nothing_of_ours(program, outsider, acknowledged, refused):
    refused(program(outsider).read(f"{acknowledged.reference}/"), 404, "not_found")


def test_its_use_is_noted_once_a_minute(program, agent, django_assert_num_queries):
    caller = program(agent)
    caller.read()
    noted = ApiToken.objects.get().last_used_at
    assert noted is not None
    caller.read()
    assert ApiToken.objects.get().last_used_at == noted
    ApiToken.objects.update(last_used_at=noted - timedelta(minutes=2))
    caller.read()
    assert ApiToken.objects.get().last_used_at > noted - timedelta(minutes=1)


# --- throttles ----------------------------------------------------------------------------------------------


@pytest.fixture
def few_requests(monkeypatch):
    cache.clear()
    monkeypatch.setattr("complaints.api.throttling.PerToken.THROTTLE_RATES", {"read": "2/min", "write": "1/min"})
    yield
    cache.clear()


def test_too_many_requests(program, agent, handler, head_office, few_requests, refused, monkeypatch):
    monkeypatch.setattr("complaints.api.throttling.time.time", lambda: 6_000_030.0)
    caller = program(agent)
    body = {"subject": "x", "description": "y"}
    assert [caller.read().status_code for _each in range(2)] == [200, 200]
    answer = caller.read()
    refused(answer, 429, "throttled")
    assert answer["Retry-After"] == "30"
    assert caller.send("", body).status_code == 201
    refused(caller.send("", body), 429, "throttled")
    assert program(handler).read().status_code == 200
    monkeypatch.setattr("complaints.api.throttling.time.time", lambda: 6_000_060.0)
    assert caller.read().status_code == 200


def test_a_broken_cache_closes_no_door(program, agent, few_requests, monkeypatch):
    def down(*args, **kwargs):
        raise RedisIsDown("gone")

    monkeypatch.setattr("complaints.api.throttling.cache.incr", down, raising=False)
    caller = program(agent)
    assert [caller.read().status_code for _each in range(4)] == [200] * 4
