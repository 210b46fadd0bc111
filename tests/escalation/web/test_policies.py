"""Policies on the desk: reading them, drafting, previewing, publishing, moving open clocks, retiring."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escalation.models import Clock, Policy, PolicyDraft, PolicyMigration
from escalation.policies import ClockKind, PolicyRules
from escalation.services import batches, migrating, policies
from escalation.web.rules_form import RulesForm
from tests.factories.escalation import LADDER, publish_policy, working_hours

FULL = {
    "match": {"class": ["valid"], "department": ["north"], "priority": ["major", "urgent"]},
    "calendar": "office",
    "in_force": {"from": "2026-01-01"},
    "clocks": {
        "resolution": {
            "target": {"unit": "working_days", "amount": 5, "count_from": "same_day"},
            "extensions": {"times": 2, "most": 3},
            "pausable": True,
            "steps": [
                {"number": 1, "at": "1/3", "effects": {"notify": ["holder"]}},
                {
                    "number": 2,
                    "at": "deadline",
                    "repeat": {"every_working_hours": 4, "times": 3},
                    "urgent": True,
                    "effects": {
                        "raise_to_tier": "next",
                        "assign": True,
                        "raise_priority": True,
                        "notify": ["holder", "manager"],
                    },
                },
                {"number": 5, "after_working_hours": 8, "effects": {"raise_to_tier": 5, "refer": True}},
            ],
        },
        "authority_report": {"target": {"unit": "hours", "amount": 12, "statutory": True}, "steps": []},
        "promise": {"steps": [{"effects": {"notify": ["holder"]}}]},
        "follow_up": {"target": {"unit": "working_days", "amount": 5}, "share": 25},
    },
    "silence": {"unit": "calendar_days", "amount": 14, "roll": True},
    "pauses": {"complainant": {}, "expert": {"budget_working_hours": 40}},
    "takeover": {"working_hours": 6},
    "reopen": "resume",
}


@pytest.fixture
def desk(client, office, administrator):
    client.force_login(administrator)
    return client


def address(name, *more):
    return reverse(f"escalation:{name}", args=["standard", *more])


def text_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2_000]
    return response.content.decode()


def document(hours=16):
    return {
        "calendar": "office",
        "clocks": {"resolution": {"target": working_hours(hours), "steps": LADDER}},
    }


@pytest.fixture
def draft(administrator, office):
    return policies.save_draft(code="standard", name="Standard", position=100, document=document(), by=administrator)


# --- reading ------------------------------------------------------------------------------------------------


def test_everybody_on_the_staff_reads_the_policies_in_their_order_with_what_they_promise(client, office, agent):
    publish_policy("first", position=1, match={"priority": ["urgent"]})
    client.force_login(agent)
    text = text_of(client.get(reverse("escalation:policies")))
    assert text.index(">first<") < text.index(">standard<")
    assert "Priority: Urgent" in text
    assert "24 working hours" in text
    assert "New policy" not in text
    assert "Try later" not in text


def test_an_office_without_policies_is_told_what_to_do(client, db, administrator):
    client.force_login(administrator)
    assert "There is no policy yet" in text_of(client.get(reverse("escalation:policies")))


def test_the_page_shows_each_ladder_as_a_line_of_steps_and_what_runs_by_each_version(
    client, office, agent, register, at
):
    with at("2026-03-02 09:00"):
        register()
    publish_policy(clocks={"resolution": {"target": working_hours(16), "steps": LADDER}})
    client.force_login(agent)
    text = text_of(client.get(address("policy")))
    assert "after 50 % of the time: notify the person in charge → at the deadline: raise to tier 2" in text
    assert "What changed from version 1 to version 2" in text
    assert "Draft the next version" not in text


def test_a_policy_that_does_not_exist_is_not_found(client, office, agent):
    client.force_login(agent)
    for name in ("policy", "policy-export"):
        assert client.get(reverse(f"escalation:{name}", args=["nowhere"])).status_code == 404


def test_the_list_costs_the_same_queries_for_twice_the_policies(client, office, agent):
    client.force_login(agent)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            text_of(client.get(reverse("escalation:policies")))
        return len(captured)

    publish_policy("b", position=2, match={"department": ["north"]})
    queries()
    before = queries()
    for number in range(4):
        publish_policy(f"more-{number}", match={"department": ["north"]})
    queries()
    assert queries() == before


def test_the_export_is_what_the_form_takes_back(desk):
    exported = desk.get(address("policy-export"))
    assert exported["Content-Disposition"] == 'attachment; filename="standard-1.json"'
    upload = SimpleUploadedFile("standard.json", exported.content)
    response = desk.post(address("policy-json"), {"name": "Standard", "position": 100, "file": upload})
    assert response.status_code == 302
    assert PolicyDraft.objects.get().document == exported.json()


# --- drafting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["policy-draft", "policy-edit", "policy-json", "policy-retire"],
)
def test_only_administrators_write(client, office, supervisor, name):
    client.force_login(supervisor)
    assert client.get(address(name)).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["policy-draft-publish", "policy-draft-preview", "policy-draft-discard", "policy-preview", "policy-switch"],
)
def test_only_administrators_act(client, draft, supervisor, name):
    client.force_login(supervisor)
    assert client.post(address(name)).status_code == 403


def test_what_is_wrong_with_the_json_is_said_by_its_field(desk):
    wrong = document() | {"calendar": "nowhere"}
    response = desk.post(address("policy-json"), {"name": "S", "position": 1, "text": json.dumps(wrong)})
    assert "calendar: There is no calendar with the code “nowhere”" in text_of(response, 422)
    response = desk.post(address("policy-json"), {"name": "S", "position": 1, "text": "{"})
    assert "This is not JSON" in text_of(response, 422)


def sent_back(page):
    """What a browser sends when nothing on the page is changed."""
    form = page.context["form"]
    data = {}
    for part in form.all_forms():
        for bound in part:
            value = bound.value()
            if value in (None, "", False):
                continue
            data[bound.html_name] = "on" if value is True else value
        for bound in part:
            if bound.name == "when":
                data.setdefault(bound.html_name, "")
    return data


def test_the_form_says_all_that_a_policy_can_and_gives_it_back_unchanged(desk, branch, administrator):
    policies.save_draft(code="standard", name="All of it", position=7, document=FULL, by=administrator)
    before = PolicyDraft.objects.get().document
    page = desk.get(address("policy-edit"))
    response = desk.post(address("policy-edit"), sent_back(page))
    assert response.status_code == 302, [form.errors for form in response.context["form"].all_forms() if form.errors]
    after = PolicyDraft.objects.get()
    assert PolicyRules.from_json(after.document) == PolicyRules.from_json(before)
    assert (after.name, after.position) == ("All of it", 7)


WRONG = [
    ({"resolution-amount": "1.5", "resolution-unit": "working_days"}, "resolution", "amount"),
    ({"resolution-times": "0", "resolution-most": "2"}, "resolution", "times"),
    ({"resolution-step0-fraction": "150%"}, "resolution-step0", "fraction"),
    ({"resolution-step0-fraction": "1e400"}, "resolution-step0", "fraction"),
    ({"resolution-step1-when": "deadline", "resolution-step1-notify": [], "resolution-step1-tier": "",
      "resolution-step1-does": []}, "resolution-step1", "when"),
    ({"pause_complainant": "on", "budget_complainant": "-1"}, None, "budget_complainant"),
    ({"since": "2026-05-01", "until": "2026-04-01"}, None, "until"),
    ({"name": ""}, None, "name"),
    ({"silence": "0", "silence_unit": "calendar_days"}, None, "silence"),
]  # fmt: skip


def test_what_is_wrong_in_the_form_stands_at_its_field(desk):
    sent = sent_back(desk.get(address("policy-edit")))
    for changes, prefix, field in WRONG:
        response = desk.post(address("policy-edit"), sent | changes)
        text_of(response, 422)
        wrong = {(form.prefix, name) for form in response.context["form"].all_forms() for name in form.errors}
        assert wrong == {(prefix, field)}, changes
        assert not PolicyDraft.objects.exists()


def test_a_stale_form_never_overwrites_the_draft(desk, draft):
    page = desk.get(address("policy-edit"))
    desk.post(address("policy-edit"), sent_back(page) | {"name": "Mine"})
    text = text_of(desk.post(address("policy-edit"), sent_back(page) | {"name": "Theirs"}), 422)
    assert "Somebody saved, published or discarded this draft meanwhile" in text
    assert PolicyDraft.objects.get().name == "Mine"


def test_a_step_added_in_between_takes_its_place(desk):
    data = sent_back(desk.get(address("policy-edit")))
    data |= {
        "resolution-step3-when": "part",
        "resolution-step3-fraction": "4/5",
        "resolution-step3-notify": ["manager"],
    }
    desk.post(address("policy-edit"), data)
    steps = PolicyDraft.objects.get().document["clocks"]["resolution"]["steps"]
    assert [(step["number"], step.get("at", "later")) for step in steps] == [
        (1, "1/2"),
        (2, "4/5"),
        (3, "deadline"),
        (4, "later"),
    ]


def test_a_new_policy_begins_with_a_code_of_its_own(desk):
    assert "already" in text_of(desk.post(reverse("escalation:policy-new"), {"code": "standard"}), 422)
    text_of(desk.post(reverse("escalation:policy-new"), {"code": "no spaces"}), 422)
    response = desk.post(reverse("escalation:policy-new"), {"code": "express"})
    assert response["Location"] == reverse("escalation:policy-edit", args=["express"])
    blank = desk.get(response["Location"])
    data = sent_back(blank) | {"name": "Express", "calendar": "office"}
    data |= {"resolution-amount": "2", "resolution-unit": "hours"}
    data |= {"resolution-step0-when": "deadline", "resolution-step0-notify": ["holder"]}
    assert desk.post(response["Location"], data).status_code == 302
    (only,) = PolicyDraft.objects.get().document["clocks"]["resolution"]["steps"]
    assert only["number"] == 1
    assert "A new policy is being written: Express" in text_of(desk.get(reverse("escalation:policies")))


def test_a_blank_form_offers_every_kind_of_clock(db):
    assert len(RulesForm().clocks) == len(ClockKind)


def test_the_draft_is_told_in_words_with_what_it_changes(desk, draft):
    text = text_of(desk.get(address("policy-draft")))
    assert "16 working hours" in text
    assert "What changes against version 1" in text
    assert "24 working hours" in text


def test_a_draft_that_was_overtaken_cannot_be_published_from_its_page(desk, draft):
    publish_policy(clocks={"resolution": {"target": working_hours(9)}})
    text = text_of(desk.get(address("policy-draft")))
    assert "meanwhile version 2 was published" in text
    assert address("policy-draft-publish") not in text


def test_discarding_leaves_no_draft(desk, draft):
    assert desk.post(address("policy-draft-discard")).status_code == 302
    assert not PolicyDraft.objects.exists()


# --- preview, publish, move, undo ---------------------------------------------------------------------------


@pytest.fixture
def running(office, register, at):
    with at("2026-03-02 09:00"):
        return register().complaint


def test_from_the_preview_to_the_move_and_back(desk, draft, running, at, agent, outsider):
    with at("2026-03-02 10:00"):
        preview = desk.post(address("policy-draft-preview"))["Location"]
        text = text_of(desk.get(preview))
        assert "Due earlier" in text
        assert "1 d 0 h" in text
        assert running.reference in text
        published = desk.post(address("policy-draft-publish"))
        assert published["Location"] == preview
        assert "Move the open clocks" in text_of(desk.get(preview))
        done = desk.post(f"{preview}start/")
        assert done["Location"] == preview
        assert "This can be undone" in text_of(desk.get(preview))
        assert Clock.objects.get(complaint=running, kind="resolution").policy_version.number == 2
        desk.post(f"{preview}undo/")
        assert Clock.objects.get(complaint=running, kind="resolution").policy_version.number == 1
        desk.force_login(agent)
        text = text_of(desk.get(preview))
        assert running.reference in text
        assert f"{preview}undo/" not in text
        desk.force_login(outsider)
        text = text_of(desk.get(preview))
        assert running.reference not in text
        assert "3 clocks belong to complaints that are not open to you" in text


def test_the_pages_of_the_list_can_be_narrowed_to_one_verdict(desk, draft, running, at, agent):
    with at("2026-03-02 10:00"):
        preview = desk.post(address("policy-draft-preview"))["Location"]
    desk.force_login(agent)
    text = text_of(desk.get(preview, {"verdict": "earlier"}))
    assert text.count(f">{running.reference}<") == 1
    assert text_of(desk.get(preview)).count(f">{running.reference}<") == 3


def test_while_workers_are_busy_the_page_asks_again_by_itself(desk, draft, running, at, monkeypatch):
    monkeypatch.setattr(migrating, "AT_ONCE", 0)
    preview = desk.post(address("policy-draft-preview"))["Location"]
    text = text_of(desk.get(preview))
    assert 'hx-trigger="every 2s"' in text
    assert "Waiting for a worker" in text
    with at("2026-03-02 10:00"):
        batches.carry_on()
    part = text_of(desk.get(preview, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "Due earlier" in part


def test_a_move_that_is_not_possible_is_refused_with_a_sentence(desk, draft, running):
    preview = desk.post(address("policy-draft-preview"))["Location"]
    refused = desk.post(f"{preview}start/", headers={"Referer": preview}, follow=True)
    assert "is not the newest version of the policy" in text_of(refused)
    assert PolicyMigration.objects.get().state == "ready"


def test_clocks_left_behind_are_offered_to_be_moved(desk, running, at):
    publish_policy(clocks={"resolution": {"target": working_hours(16), "steps": LADDER}})
    assert "3 open clocks run by older versions" in text_of(desk.get(address("policy")))
    with at("2026-03-02 10:00"):
        response = desk.post(address("policy-preview"))
        assert "Due earlier" in text_of(desk.get(response["Location"]))


def test_the_page_of_a_move_costs_the_same_queries_for_twice_the_clocks(desk, draft, register, agent, at):
    def queries():
        preview = desk.post(address("policy-draft-preview"))["Location"]
        with CaptureQueriesContext(connection) as captured:
            text_of(desk.get(preview))
        return len(captured)

    with at("2026-03-02 10:00"):
        register()
        agent.memberships.update_or_create(department=agent.department, user=agent, role="administrator") if hasattr(
            agent, "memberships"
        ) else None
        queries()
        before = queries()
        for _ in range(4):
            register()
        assert queries() == before


# --- on, off, order, retiring -------------------------------------------------------------------------------


def test_switching_off_and_on(desk):
    desk.post(address("policy-switch"), {"active": "0"})
    assert not Policy.objects.get().is_active
    assert "Switched off" in text_of(desk.get(address("policy")))
    desk.post(address("policy-switch"), {"active": "1"})
    assert Policy.objects.get().is_active


def test_trying_a_policy_earlier(desk):
    publish_policy("second", position=200)
    desk.post(reverse("escalation:policy-place", args=["second"]), {"to": "up"})
    assert list(Policy.objects.values_list("code", flat=True)) == ["second", "standard"]


def test_retiring_asks_what_becomes_of_the_clocks(desk, running):
    assert "3 open clocks run by it" in text_of(desk.get(address("policy-retire")))
    text_of(desk.post(address("policy-retire")), 422)
    response = desk.post(address("policy-retire"), {"clocks": "cancel"})
    assert "Cancelled" in text_of(desk.get(response["Location"]))
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}


def test_the_story_of_a_complaint_tells_what_became_of_its_deadlines(desk, draft, running, administrator, at):
    with at("2026-03-02 10:00"):
        moved = migrating.preview_draft(code="standard", by=administrator)
        policies.publish_draft(code="standard", by=administrator)
        migrating.undo(migration_id=migrating.start(migration_id=moved.pk, by=administrator).pk, by=administrator)
        migrating.retire(code="standard", by=administrator)
    text = text_of(desk.get(reverse("desk:dossier", args=[running.reference])))
    for words in (
        "moved a deadline: Resolution.",
        "The policy has a new version.",
        "A change of the policy was undone.",
        "called off a deadline: Resolution.",
        "The policy that had set it was retired.",
    ):
        assert words in text


def test_retiring_may_let_the_clocks_go_on(desk, running):
    desk.post(address("policy-retire"), {"clocks": "keep"})
    assert not Policy.objects.get().is_active
    assert set(Clock.objects.values_list("state", flat=True)) == {"running"}


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_page_reads_in_every_language(desk, draft, running, language):
    headers = {"Accept-Language": language}
    for path in (
        reverse("escalation:policies"),
        address("policy"),
        address("policy-draft"),
        address("policy-edit"),
        address("policy-json"),
        address("policy-retire"),
        desk.post(address("policy-draft-preview"))["Location"],
    ):
        text_of(desk.get(path, headers=headers))
