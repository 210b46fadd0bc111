"""The five tiers, and their names."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from escalation.models import Tier

pytestmark = pytest.mark.django_db


def test_a_tier_is_called_what_the_reader_calls_it():
    tier = Tier.objects.get(number=2)
    tier.translations = {"zh-hant": "主管"}
    tier.full_clean()
    with translation.override("zh-hant"):
        assert tier.label() == "主管"
    with translation.override("zh-hans"):
        assert tier.label() == tier.name


@pytest.mark.parametrize("unreadable", [["主管"], {"zh-hant": 7}, {"zh-hant": ["主管"]}, "主管"])
def test_names_that_nobody_could_read_are_refused(unreadable):
    tier = Tier.objects.get(number=2)
    tier.translations = unreadable
    with pytest.raises(ValidationError) as refused:
        tier.full_clean()
    assert set(refused.value.message_dict) == {"translations"}
