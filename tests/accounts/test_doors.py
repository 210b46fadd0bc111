import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import selectors
from accounts.models import User
from accounts.roles import Role
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_is_caught(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


def sign_in(client, email, password):
    return client.post(reverse("accounts:sign-in"), {"username": email, "password": password})


def test_people_sign_in_with_their_address_in_any_case(client, agent):
    response = sign_in(client, agent.email.upper(), PASSWORD)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(agent.pk)


def test_every_reason_to_refuse_reads_the_same(client, agent):
    gone = UserFactory(is_active=False)
    sentences = {
        str(sign_in(client, email, password).context["form"].non_field_errors())
        for email, password in ((agent.email, "wrong"), ("nobody@example.org", PASSWORD), (gone.email, PASSWORD))
    }
    assert len(sentences) == 1


@pytest.mark.parametrize("name", ["x" * 100_000, "ΐ" * 200], ids=["very long", "long once it is folded"])
def test_a_name_longer_than_any_is_refused_like_every_other(client, settings, name):
    settings.AXES_ENABLED = True
    for _attempt in range(2):
        assert "do not belong together" in sign_in(client, name, PASSWORD).content.decode()
    assert AccessAttempt.objects.get().failures_since_start == 2


def test_repeated_failures_lock_the_address_out_for_a_while(client, agent, settings):
    settings.AXES_ENABLED = True
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, agent.email, "wrong")
    assert response.status_code == 429
    assert sign_in(client, agent.email, PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(hours=1))
    assert sign_in(client, agent.email, PASSWORD).status_code == 302


def test_another_spelling_of_the_address_is_no_new_chance(client, agent, settings):
    settings.AXES_ENABLED = True
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        spelling = agent.email.upper() if attempt % 2 else f" {agent.email.title()}"
        response = sign_in(client, spelling, "wrong")
    assert response.status_code == 429
    assert sign_in(client, agent.email, PASSWORD).status_code == 429


def test_behind_the_proxy_failures_of_one_visitor_lock_out_nobody_else(client, agent, settings):
    settings.AXES_ENABLED = settings.SERVED_OVER_TLS = True
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.9.9.{attempt}, 203.0.113.7"
        response = sign_in(client, agent.email, "wrong")
    assert response.status_code == 429
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.8"
    assert sign_in(client, agent.email, PASSWORD).status_code == 302


def test_signing_out_needs_a_post(client, agent):
    client.force_login(agent)
    assert client.get(reverse("accounts:sign-out")).status_code == 405
    client.post(reverse("accounts:sign-out"))
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_chosen_anew_by_mail_in_the_persons_language(client, agent):
    User.objects.filter(pk=agent.pk).update(language="zh-hant")
    client.post(reverse("accounts:password-reset"), {"email": agent.email})
    (letter,) = mail.outbox
    link = re.search(r"http://\S+", letter.body).group()
    response = client.get(link, follow=True)
    form_url = response.redirect_chain[-1][0]
    short = client.post(form_url, {"new_password1": "short", "new_password2": "short"})
    assert "Give at least 10 characters." in str(short.context["form"].errors)
    response = client.post(form_url, {"new_password1": "a new long secret", "new_password2": "a new long secret"})
    assert response.status_code == 302
    agent.refresh_from_db()
    assert agent.check_password("a new long secret")
    assert client.get(link, follow=True).context["validlink"] is False


def test_a_new_person_without_a_password_gets_the_link_too(client):
    newcomer = User.objects.create_user("newcomer@example.org", name="Newcomer")
    client.post(reverse("accounts:password-reset"), {"email": newcomer.email})
    assert len(mail.outbox) == 1


def test_asking_for_an_unknown_address_looks_the_same_and_mails_nobody(client, agent):
    known = client.post(reverse("accounts:password-reset"), {"email": agent.email})
    unknown = client.post(reverse("accounts:password-reset"), {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_nobody_is_flooded_with_links(client, agent):
    answers = {
        client.post(reverse("accounts:password-reset"), {"email": email}).url
        for email in (agent.email, agent.email.upper(), f" {agent.email}")
    }
    assert len(answers) == 1
    assert len(mail.outbox) == 1


def test_a_person_changes_language_and_zone_and_reads_in_them(client, agent):
    client.force_login(agent)
    response = client.post(
        reverse("accounts:profile"),
        {"name": "Agent", "phone": "", "language": "zh-hans", "timezone": "Asia/Shanghai"},
    )
    assert response.status_code == 302
    page = client.get(reverse("accounts:profile"))
    assert page["Content-Language"] == "zh-hans"
    assert 'lang="zh-Hans"' in page.content.decode()


def test_an_unknown_zone_is_refused_by_name(client, agent):
    client.force_login(agent)
    response = client.post(
        reverse("accounts:profile"), {"name": "Agent", "phone": "", "language": "en", "timezone": "Asia/Nowhere"}
    )
    assert "timezone" in response.context["form"].errors


@pytest.mark.parametrize("name", ["profile", "password-change"])
def test_ones_own_pages_need_a_sign_in(client, name):
    response = client.get(reverse(f"accounts:{name}"))
    assert response.status_code == 302
    assert reverse("accounts:sign-in") in response.url


def test_administrators_find_the_set_up_tables_in_the_workshop(client, administrator):
    administrator.is_superuser = True
    administrator.save()
    client.force_login(administrator)
    for table in ("accounts/department", "accounts/user", "accounts/dutyshift", "complaints/category"):
        assert client.get(f"/admin/{table}/").status_code == 200
        assert client.get(f"/admin/{table}/add/").status_code == 200


def test_a_department_below_itself_is_refused_with_a_sentence(client, administrator, head_office, branch):
    administrator.is_superuser = True
    administrator.save()
    client.force_login(administrator)
    response = client.post(
        f"/admin/accounts/department/{head_office.pk}/change/",
        {"code": "head-office", "name": "Head office", "translations": "{}", "parent": branch.pk, "is_active": "on"},
    )
    assert response.status_code == 200
    assert "parent" in response.context["adminform"].form.errors


@pytest.mark.parametrize("names", ["[]", '"x"', "null", '{"zh-hant": ["總公司"]}'])
@pytest.mark.parametrize("table", ["accounts/department", "complaints/category"])
def test_names_that_no_page_could_show_are_refused_with_a_sentence(client, administrator, table, names):
    administrator.is_superuser = True
    administrator.save()
    client.force_login(administrator)
    response = client.post(f"/admin/{table}/add/", {"code": "new", "name": "New", "translations": names})
    assert "translations" in response.context["adminform"].form.errors


# --- who holds what


def test_holders_are_active_people_of_exactly_this_department(head_office, branch):
    here = UserFactory(department=branch, role=Role.SUPERVISOR)
    UserFactory(department=head_office, role=Role.SUPERVISOR)
    UserFactory(department=branch, role=Role.SUPERVISOR, is_active=False)
    assert selectors.holders(branch.pk, Role.SUPERVISOR) == [here]


def test_the_tree_is_read_with_one_query_however_deep(branch, head_office, django_assert_num_queries):
    leaf = branch
    for _level in range(5):
        leaf = DepartmentFactory(parent=leaf)
    with django_assert_num_queries(1):
        line = selectors.lineage(leaf.pk)
    assert line[-1] == head_office.pk
    assert len(line) == 7
    assert leaf.pk in selectors.departments_under([branch.pk])


def test_the_language_switch_of_the_desk_holds_for_the_person(client, agent):
    client.force_login(agent)
    profile = reverse("accounts:profile")
    said = client.post(reverse("set_language"), {"language": "zh-hant", "next": profile}, follow=True)
    assert said.redirect_chain == [(profile, 302)]
    assert '<html lang="zh-Hant"' in said.text
    client.post(reverse("set_language"), {"language": "tlh", "next": profile})
    agent.refresh_from_db()
    assert agent.language == "zh-hant"
