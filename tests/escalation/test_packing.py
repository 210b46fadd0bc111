"""Loading rule packs: switched off, last, disturbing no other policy."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from complaints.models import ResponseRule
from escalation import packs
from escalation.errors import BadPack, BadPolicy
from escalation.models import Clock, Policy, PolicyVersion
from escalation.services import packing, policies
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_calendar, publish_policy


@pytest.fixture
def hospital():
    return packs.pack("mainland-hospital")


@pytest.fixture
def taiwan():
    return packs.pack("taiwan-consumer-protection")


def test_a_pack_comes_in_switched_off_and_after_every_other_policy(office, hospital, administrator):
    loaded = packing.load(pack=hospital, calendar="office", by=administrator)
    assert [version.policy.code for version in loaded] == [policy.code for policy in hospital.policies]
    rows = Policy.objects.filter(code__startswith="cn-hospital")
    assert not any(row.is_active for row in rows)
    assert [row.position for row in rows] == [110, 120, 130, 140]
    assert {version.published_by for version in loaded} == {administrator}
    assert loaded[0].document["calendar"] == "office"
    assert loaded[0].document["in_force"] == {"from": "2019-04-10"}


def test_what_is_switched_off_promises_nothing(office, taiwan, register):
    packing.load(pack=taiwan, calendar="office")
    assert {clock.policy_version for clock in register().complaint.clocks.all()} == {office}


def test_once_switched_on_it_counts_for_complaints(db, taiwan, register, at):
    publish_calendar("taiwan", days={"2026-02-20": []})
    packing.load(pack=taiwan, calendar="taiwan")
    Policy.objects.update(is_active=True)
    with at("2026-02-05 10:00"):
        complaint = register().complaint
    assert Clock.objects.get(complaint=complaint).due_at == taipei("2026-02-24 00:00")


def test_a_complaint_goes_by_the_rules_in_force_on_its_day_of_receipt(db, hospital, agent, register, at):
    publish_calendar()
    packing.load(pack=hospital, calendar="office")
    Policy.objects.filter(code="cn-hospital").update(is_active=True)
    with at("2019-04-12 09:00"):
        before = register(by=agent, received_at=taipei("2019-04-09 23:59")).complaint
        since = register(by=agent, received_at=taipei("2019-04-10 00:00")).complaint
    assert not before.clocks.exists()
    assert since.clocks.exists()


def test_loading_again_publishes_nothing_and_moves_nothing(office, taiwan):
    packing.load(pack=taiwan, calendar="office")
    Policy.objects.filter(code="tw-consumer-protection").update(position=5, name="Ours", is_active=True)
    packing.load(pack=taiwan, calendar="office")
    row = Policy.objects.get(code="tw-consumer-protection")
    assert (row.position, row.name, row.is_active, row.versions.count()) == (5, "Ours", True, 1)


def test_by_another_calendar_it_becomes_the_next_version(office, taiwan):
    packing.load(pack=taiwan, calendar="office")
    publish_calendar("other")
    (version,) = packing.load(pack=taiwan, calendar="other")
    assert (version.number, version.policy.is_active) == (2, False)


def test_what_is_switched_on_is_not_changed_unseen(office, taiwan):
    packing.load(pack=taiwan, calendar="office")
    policies.switch(code="tw-consumer-protection", is_active=True)
    publish_calendar("other")
    with pytest.raises(BadPack, match="switched on"):
        packing.load(pack=taiwan, calendar="other")
    assert PolicyVersion.objects.filter(policy__code="tw-consumer-protection").count() == 1


def test_a_calendar_that_does_not_exist_loads_nothing(office, hospital):
    with pytest.raises(BadPolicy, match="no calendar with the code"):
        packing.load(pack=hospital, calendar="moon")
    assert not Policy.objects.filter(code__startswith="cn-").exists()


# --- the command --------------------------------------------------------------------------------------------


def run(*arguments):
    out = io.StringIO()
    call_command("load_rule_pack", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_the_packs():
    assert "uk-fca-disp  United Kingdom: FCA, DISP  (verified on 2026-11-21)" in run("--list")


def test_the_command_loads_a_pack_under_names_of_a_language(office):
    told = run("taiwan-consumer-protection", "--calendar=office", "--language=zh-hant")
    assert "tw-consumer-protection: version 1, switched off. 臺灣消保：15 日" in told
    assert "Check with counsel" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "choose one of: australia-rg-271"),
        (["moon"], "no rule pack “moon”"),
        (["uk-fca-disp"], "--calendar CODE"),
        (["uk-fca-disp", "--calendar=moon"], "no calendar with the code “moon”"),
    ],
)
def test_the_command_refuses_in_a_sentence(db, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_a_policy_made_by_hand_with_the_code_of_a_pack_is_not_overwritten(office, taiwan):
    publish_policy("tw-consumer-protection")
    with pytest.raises(BadPack, match="switched on"):
        packing.load(pack=taiwan, calendar="office")


def test_what_a_pack_says_of_letters_comes_in_switched_off(office):
    uk = packs.pack("uk-fca-disp")
    packing.load(pack=uk, calendar="office")
    rule = ResponseRule.objects.get()
    assert (rule.code, rule.is_active, rule.months, rule.letter_required) == ("uk-fca-disp", False, 6, True)
    assert {"finding", "reasons", "recourse"} == set(rule.parts)
    assert set(rule.translations) == {"zh-hant", "zh-hans"}
    packing.load(pack=uk, calendar="office")
    assert ResponseRule.objects.count() == 1
    ResponseRule.objects.update(is_active=True, months=12)
    with pytest.raises(BadPack, match="final responses is switched on"):
        packing.load(pack=uk, calendar="office")
