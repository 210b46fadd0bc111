"""Where two lists must agree, a test says so."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

from complaints import drawing
from complaints.converting import CONVERSION_PROPOSED
from complaints.lifecycle import (
    ABOUT_DEADLINES,
    ABOUT_ONE_MATTER,
    ABOUT_ONE_PART,
    ABOUT_ONE_REMEDY,
    ABOUT_ONE_TASK,
    COMPLAINANTS_OWN,
    MOVES,
    Verb,
)
from complaints.permissions import GRANTS
from complaints.services.portal_access import LINK_REQUESTED
from complaints.services.repeats import REPEAT_CONTACT
from complaints.services.restriction import CIRCLE_RESTORED
from complaints.web.desk.happenings import HAPPENED
from escalation.happenings import Happening

STAFF_VERBS = [verb for verb in Verb if verb not in COMPLAINANTS_OWN]
REFERENCE = "R26-000001-E"


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb != Verb.REGISTER])
def test_each_verb_has_a_move(verb):
    assert any(moved == verb for _status, moved in MOVES)


@pytest.mark.parametrize("verb", STAFF_VERBS)
def test_each_verb_of_the_staff_has_somebody_who_may_do_it(verb):
    assert any(verb in verbs for verbs in GRANTS.values())


@pytest.mark.parametrize(
    "kind", [*Verb, *Happening, LINK_REQUESTED, CIRCLE_RESTORED, CONVERSION_PROPOSED, REPEAT_CONTACT, "merged_from"]
)
def test_each_kind_of_event_has_its_line_in_the_story(kind):
    assert get_template(f"desk/events/{kind}.html")
    assert kind in HAPPENED


@pytest.mark.parametrize("verb", [verb for verb in STAFF_VERBS if verb != Verb.REGISTER])
def test_each_verb_has_both_doors(verb):
    desk = "escalation" if verb in ABOUT_DEADLINES else "desk"
    assert reverse(f"{desk}:{verb.replace('_', '-')}", args=[REFERENCE])
    try:
        address = reverse(f"api:{verb}", args=[REFERENCE, 2] if verb in ABOUT_ONE_PART else [REFERENCE])
    except NoReverseMatch:
        pytest.fail(f"{verb} has no API door")
    below = (
        {verb: f"tasks/2/{verb.removesuffix('_task')}" for verb in ABOUT_ONE_TASK}
        | {verb: f"matters/2/{verb.removesuffix('_matter')}" for verb in ABOUT_ONE_MATTER}
        | {verb: f"remedies/2/{verb.removesuffix('_remedy')}" for verb in ABOUT_ONE_REMEDY}
        | {Verb.ISSUE_TASK: "tasks", Verb.PLAN_REMEDY: "remedies", Verb.CLAIM_FROM_SUPPLIER: "supplier_claims"}
        | {Verb.SETTLE_SUPPLIER_CLAIM: "supplier_claims/2/settle"}
    )
    assert address == f"/api/v1/complaints/{REFERENCE}/{below.get(verb, verb)}/"


@pytest.mark.parametrize(("name", "draw"), [("lifecycle.md", drawing.lifecycle), ("permissions.md", drawing.grants)])
def test_the_drawings_in_the_docs_are_fresh(name, draw):
    document = (Path(settings.BASE_DIR) / "docs" / name).read_text(encoding="utf-8")
    assert drawing.redrawn(document, draw()) == document, "run `python3 launch manage draw_lifecycle`"


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_template_runs_inline_code():
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8").lower()
        for forbidden in (' style="', " onclick=", " onchange=", " onsubmit=", " onload=", "javascript:", "<style"):
            assert forbidden not in text, f"{path}: {forbidden}"
        assert text.count("<script") == text.count("<script src=") + text.count('<script type="module" src='), path


def test_no_template_writes_the_marks_of_one_language_between_facts():
    """“{% comma %}”, “{% colon %}”, “|listed” and whole sentences: Chinese has its own marks."""
    whole = re.compile(r"\{% (blocktranslate|comment)\b.*?\{% end\1 %\}", re.DOTALL)
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = whole.sub("{{ }}", path.read_text(encoding="utf-8"))
        assert not re.search(r"(\}\}|%\}|</span>|</strong>|</a>|\">)([,:] ?[{<]|\. ?(\{%|<))", text), path
        assert 'join:", "' not in path.read_text(encoding="utf-8"), path


def test_words_on_screen_are_marked_by_names_that_are_collected():
    """What another name marks is never collected for translation, and so stays English."""
    other_names = {
        f"{path.relative_to(settings.BASE_DIR)}: {name}"
        for app in ("accounts", "common", "complaints", "escalation", "notifications")
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        for name in re.findall(r"gettext\w* as (\w+)", path.read_text(encoding="utf-8"))
        if name != "_"
    }
    assert not other_names
