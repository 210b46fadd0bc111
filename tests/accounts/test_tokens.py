import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken
from tests.factories import UserFactory


@pytest.fixture
def user(db):
    return UserFactory(email="wu@example.org")


def test_only_the_digest_is_kept(user):
    token, plain = services.issue_token(user=user, name="till", scopes=["write", "read", "read"])
    assert plain.startswith("rdr_")
    assert len(plain) >= 44  # 240 bits in base 64, and the prefix
    assert token.digest == services.token_digest(plain)
    assert token.scopes == ["read", "write"]
    assert plain.startswith(token.prefix)
    assert len(token.prefix) < 12
    assert plain not in str(ApiToken.objects.values().get())


def test_no_two_are_alike(user):
    assert len({services.issue_token(user=user, name="x", scopes=["read"])[1] for _each in range(20)}) == 20


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_scopes_that_are_none(user, scopes):
    with pytest.raises(ValueError, match=r"scope|everything"):
        services.issue_token(user=user, name="x", scopes=scopes)


def test_revoking_twice_keeps_the_first_moment(user):
    token, _plain = services.issue_token(user=user, name="x", scopes=["read"])
    first = services.revoke_token(token=token).revoked_at
    assert services.revoke_token(token=token).revoked_at == first
    assert not token.usable(timezone.now())


def test_the_command_prints_the_key_and_nothing_else(user):
    out, err = io.StringIO(), io.StringIO()
    call_command("issue_token", "WU@example.org", scopes="read,write", name="demo", days=7, stdout=out, stderr=err)
    token = ApiToken.objects.get()
    assert services.token_digest(out.getvalue().strip()) == token.digest
    assert token.scopes == ["read", "write"]
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    "arguments", [{"email": "nobody@example.org"}, {"scopes": "all"}, {"scopes": ""}, {"days": 0}, {"days": 10**9}]
)
def test_the_command_refuses_with_a_sentence(user, arguments):
    email = arguments.pop("email", user.email)
    with pytest.raises(CommandError):
        call_command("issue_token", email, **arguments)
    assert not ApiToken.objects.exists()


@pytest.fixture
def workshop(client, user):
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


def test_the_workshop_shows_a_new_token_once(workshop, user):
    form = {"user": user.pk, "name": "till", "scopes": ["read"], "expires_at_0": "", "expires_at_1": ""}
    page = workshop.post("/admin/accounts/apitoken/add/", form, follow=True)
    plain = re.search(r"rdr_[\w-]+", page.content.decode()).group()
    assert ApiToken.objects.get().digest == services.token_digest(plain)
    assert plain not in workshop.get("/admin/accounts/apitoken/").content.decode()


def test_the_workshop_refuses_a_token_without_scope(workshop, user):
    workshop.post("/admin/accounts/apitoken/add/", {"user": user.pk, "name": "till"})
    assert not ApiToken.objects.exists()


def test_the_workshop_revokes_and_neither_edits_nor_deletes(workshop, user):
    token, _plain = services.issue_token(user=user, name="x", scopes=["read"])
    place = "/admin/accounts/apitoken/"
    workshop.post(place, {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert workshop.post(f"{place}{token.pk}/change/", {"name": "y"}).status_code == 403
    assert workshop.post(f"{place}{token.pk}/delete/", {"post": "yes"}).status_code == 403
