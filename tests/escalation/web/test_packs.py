"""Rule packs on the desk."""

import pytest
from django.urls import reverse

from escalation import packs
from escalation.models import Policy
from tests.factories.escalation import publish_calendar, publish_policy

TAIWAN = "taiwan-consumer-protection"


@pytest.fixture
def calendar(db):
    return publish_calendar()


def page(client, person, code=TAIWAN, **headers):
    client.force_login(person)
    return client.get(reverse("escalation:pack", args=[code]), **headers).content.decode()


def test_the_list_names_every_pack_with_its_dates(client, agent):
    client.force_login(agent)
    text = client.get(reverse("escalation:packs")).content.decode()
    for pack in packs.packs():
        assert reverse("escalation:pack", args=[pack.code]) in text
        assert str(pack.title) in text
    assert "since 2019-04-10" in text
    assert "not checked" in text
    assert "check with counsel" in text


def test_a_pack_shows_each_rule_with_limit_count_and_source(calendar, client, agent):
    text = page(client, agent)
    assert "15 calendar days" in text
    assert "a last day off moves on to the next working day" in text
    assert "Consumer Protection Act, §43 II" in text
    assert "text seen" in text
    assert "Check with counsel." in text
    assert "2026-11-21" in text
    assert reverse("escalation:pack-load", args=[TAIWAN]) not in text, "an agent loads nothing"


@pytest.mark.parametrize("code", [pack.code for pack in packs.packs()])
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_pack_can_be_read_in_every_language(calendar, client, agent, code, language):
    agent.language = language
    agent.save()
    assert packs.pack(code).title.languages[language] in page(client, agent, code)


def test_an_administrator_loads_it_switched_off(calendar, client, administrator):
    assert "Not loaded" in page(client, administrator)
    response = client.post(reverse("escalation:pack-load", args=[TAIWAN]), {"calendar": "office"}, follow=True)
    text = response.content.decode()
    assert "1 policy is loaded." in text
    assert "Loaded, switched off" in text
    assert not Policy.objects.get().is_active


def test_the_page_of_a_policy_names_the_pack_that_brought_it(calendar, client, administrator):
    client.force_login(administrator)
    client.post(reverse("escalation:pack-load", args=[TAIWAN]), {"calendar": "office"})
    publish_policy("own")
    (brought,) = packs.pack(TAIWAN).policies
    told, own = (
        client.get(reverse("escalation:policy", args=[code])).content.decode() for code in (brought.code, "own")
    )
    assert "last verified on 2026-11-21. Check with counsel." in told
    assert reverse("escalation:pack", args=[TAIWAN]) in told
    assert "Check with counsel" not in own


@pytest.mark.parametrize("given", [{}, {"calendar": "moon"}])
def test_without_a_calendar_of_the_office_nothing_is_loaded(calendar, client, administrator, given):
    client.force_login(administrator)
    response = client.post(reverse("escalation:pack-load", args=[TAIWAN]), given)
    assert response.status_code == 422
    assert response.context["form"].errors["calendar"]
    assert not Policy.objects.exists()


def test_what_is_switched_on_is_refused_in_a_sentence(calendar, client, administrator):
    client.force_login(administrator)
    publish_calendar("other")
    client.post(reverse("escalation:pack-load", args=[TAIWAN]), {"calendar": "office"})
    Policy.objects.update(is_active=True)
    response = client.post(reverse("escalation:pack-load", args=[TAIWAN]), {"calendar": "other"})
    assert response.status_code == 422
    assert "switched on" in " ".join(response.context["form"].errors["calendar"])


def test_loading_is_for_administrators_and_packs_that_exist(calendar, client, agent, administrator):
    client.force_login(agent)
    assert client.post(reverse("escalation:pack-load", args=[TAIWAN]), {"calendar": "office"}).status_code == 403
    client.force_login(administrator)
    assert client.get(reverse("escalation:pack", args=["moon"])).status_code == 404
    assert client.post(reverse("escalation:pack-load", args=["moon"]), {}).status_code == 404
