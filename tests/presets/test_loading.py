"""Loading presets: all or nothing, once, beside what is there, and never over it."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints.errors import NotAllowed
from complaints.models import AuthorityLimit, Category, ResponseRule, SignoffRule
from escalation.errors import EscalationError
from escalation.models import Calendar, ExternalBody, OfficeHours, Policy, PolicyDraft, PolicyVersion
from escalation.services import calendars, policies
from presets import reading
from presets.errors import PresetDiffers
from presets.items import Kind
from presets.services import loading
from presets.services.surveying import State, survey
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = pytest.mark.django_db

EVERYTHING = (Department, Category, Calendar, OfficeHours, PolicyVersion, PolicyDraft, SignoffRule, AuthorityLimit,
              ExternalBody, ResponseRule)  # fmt: skip


def run(*arguments):
    out = io.StringIO()
    call_command("load_preset", *arguments, stdout=out)
    return out.getvalue()


def counted():
    return [model.objects.count() for model in EVERYTHING]


def load(name, by=None):
    return loading.load(preset=reading.preset(name), by=by)


def state(name):
    return survey([reading.preset(name)])[0].state


def test_a_fresh_office_gets_everything_published_and_nobody_made_up():
    assert state("hospital") == State.ABSENT
    loaded = load("hospital")
    preset = reading.preset("hospital")
    assert len(loaded.made) == len(preset.items)
    assert not User.objects.exists()
    own = Policy.objects.filter(code__startswith="hospital-")
    assert [policy.code for policy in own] == [item.code for item in preset.of(Kind.POLICY)], "in their order"
    assert all(policy.is_active for policy in own)
    assert not Policy.objects.filter(code__startswith="cn-hospital", is_active=True).exists(), "packs stay off"
    assert Department.objects.get(code="hospital-nursing").parent.code == "hospital"
    assert Category.objects.get(code="hospital-fees").department.code == "hospital-cashier"
    assert state("hospital") == State.LOADED


def test_all_five_live_together_and_loading_again_changes_nothing():
    for name in ("hospital", "hotline", "property", "shop_chain", "telecom"):
        assert not load(name).overlapping, "each keeps to its own departments"
    before = counted()
    said = run("telecom")
    assert "telecom: everything is here already; nothing is changed." in said
    assert counted() == before
    assert all(found.state == State.LOADED for found in survey(reading.presets()))


def test_a_rehearsal_says_what_would_be_made_and_keeps_nothing():
    said = run("property", "--dry-run")
    assert "Department (6): property, property-counter" in said
    assert "Policy (7): property-major" in said
    assert "This was a rehearsal: nothing is kept." in said
    assert not any(counted())


def test_empty_seats_are_named_until_somebody_sits_there():
    said = run("hotline")
    assert "hotline: Executive" in said
    seats = len(survey([reading.preset("hotline")])[0].empty_seats)
    UserFactory(role=Role.EXECUTIVE, department=Department.objects.get(code="hotline"))
    gone = UserFactory(role=Role.AGENT, department=Department.objects.get(code="hotline"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert len(survey([reading.preset("hotline")])[0].empty_seats) == seats - 1
    assert "hotline: Executive" not in run("hotline")


def test_what_was_changed_is_not_overwritten_and_all_of_it_is_named():
    load("property")
    Department.objects.filter(code="property-fees").update(name="Cashier")
    document = PolicyVersion.objects.get(policy__code="property-standard").document
    document["clocks"]["acknowledge"]["target"]["amount"] = 8
    policies.publish(code="property-standard", name="Ours", position=5, document=document)
    AuthorityLimit.objects.filter(role="handler").update(amount=900)
    Category.objects.get(code="property-neighbours").delete()
    before = counted()
    with pytest.raises(PresetDiffers) as refusal:
        load("property")
    for words in (
        "Department property-fees: “name” is “Cashier” here, and “Fees” in the preset.",
        "Policy property-standard: “clocks.acknowledge.target.amount” is “8” here, and “4” in the preset.",
        "Authority limit handler-CNY: “amount” is “900” here, and “500” in the preset.",
    ):
        assert words in str(refusal.value)
    assert counted() == before, "and the category that is missing is not made either"
    assert state("property") == State.CHANGED
    with pytest.raises(CommandError, match="nothing of it is overwritten"):
        run("property")


def test_what_was_taken_away_is_made_again():
    load("property")
    Category.objects.get(code="property-neighbours").delete()
    loaded = load("property")
    assert [item.code for item in loaded.made] == ["property-neighbours"]


def test_names_order_switches_and_days_off_are_the_office_s_own():
    load("property")
    Policy.objects.filter(code="property-standard").update(name="Ours", position=1, is_active=False)
    document = Calendar.objects.get(code="mainland-office").versions.get().document
    calendars.publish(code="mainland-office", document=document | {"days": document["days"] | {"2027-01-01": []}})
    assert not load("property").made


def test_what_belongs_to_the_whole_office_stays_as_it_is_when_another_preset_comes():
    load("property")
    AuthorityLimit.objects.filter(role="handler").update(amount=900)
    said = run("telecom")
    assert "Kept as the office has it:" in said
    assert "handler-CNY" in said
    assert AuthorityLimit.objects.get(role="handler", currency="CNY").amount == 900


def test_a_department_of_that_code_made_by_hand_stands_in_the_way():
    DepartmentFactory(code="telecom", name="Our telephones")
    with pytest.raises(PresetDiffers, match="Our telephones"):
        load("telecom")
    assert Department.objects.count() == 1


def test_a_policy_for_every_complaint_gives_way_to_the_preset_s():
    """As in the office that is set up with nothing but one of those."""
    call_command("demo", "--empty", stdout=io.StringIO())
    said = run("hospital")
    assert "drafts" not in said
    assert "without a category go to Head office" in said
    own = [item.code for item in reading.preset("hospital").of(Kind.POLICY)]
    assert list(Policy.objects.filter(is_active=True).values_list("code", flat=True)) == [*own, "standard"]
    UserFactory(role=Role.SPECIALIST, department=Department.objects.get(code="hospital"))
    assert "without a category" not in run("hospital"), "it is the preset's own from now on"
    run("property")
    assert Policy.objects.filter(is_active=True).last().code == "standard"


def test_where_other_policies_would_apply_the_preset_s_come_as_drafts_before_them(administrator):
    publish_calendar()
    publish_policy("standard", position=100, match={"priority": ["urgent"]})
    publish_policy("elsewhere", position=10, match={"department": ["head-office"]})
    publish_policy("off", position=5, is_active=False)
    loaded = load("hospital", administrator)
    assert [policy.code for policy in loaded.overlapping] == ["standard"]
    assert not Policy.objects.filter(code__startswith="hospital-").exists()
    drafts = PolicyDraft.objects.filter(code__startswith="hospital-").order_by("position")
    assert [draft.code for draft in drafts] == [item.code for item in reading.preset("hospital").of(Kind.POLICY)]
    assert all(10 < draft.position < 100 for draft in drafts)
    assert {draft.saved_by for draft in drafts} == {administrator}
    assert state("hospital") == State.LOADED
    policies.publish_draft(code="hospital-major", by=administrator)
    assert not load("hospital").made
    assert "drafts" in run("property")


def test_only_administrators_load(agent, administrator):
    with pytest.raises(NotAllowed):
        load("hospital", agent)
    assert load("hospital", administrator).made
    assert SignoffRule.objects.get(code="hospital-major").changed_by == administrator


def test_it_happens_whole_or_not_at_all(monkeypatch):
    def refuse(*arguments, **options):
        raise EscalationError("No.")

    monkeypatch.setattr(policies, "publish", refuse)
    with pytest.raises(EscalationError):
        load("hospital")
    assert not Department.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "There is no preset “”; choose one of: hospital, hotline, property, shop_chain, telecom."),
        (["../hospital"], "There is no preset"),
        (["hospital", "--by=nobody@example.org"], "Nobody here has the address"),
    ],
)
def test_the_command_refuses_in_a_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_the_command_names_policies_in_a_language_and_writes_down_who(administrator, agent):
    with pytest.raises(CommandError, match="Only administrators load presets"):
        run("property", f"--by={agent.email}")
    run("property", "--language=zh-hant", f"--by={administrator.email}")
    assert Policy.objects.get(code="property-standard").name == "物業：其他投訴"
    assert PolicyVersion.objects.get(policy__code="property-standard").published_by == administrator
    assert "property  Property manager (Loaded)" in run("--list")


def test_how_many_presets_are_looked_at_costs_no_queries():
    load("hospital")

    def asked(presets):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            survey(presets)
        return len(queries)

    Membership.objects.all().delete()
    assert asked(reading.presets()) == asked(reading.presets()[:1])
