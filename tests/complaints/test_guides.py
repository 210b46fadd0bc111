"""Handling guides and reply templates: what fits, who keeps them, and taking them over from a document."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from complaints import guiding, overpromising
from complaints.classes import KINDS, Kind
from complaints.errors import Invalid, NotAllowed
from complaints.guiding import Block, Step
from complaints.judging import Cause
from complaints.models import Guide, ReplyTemplate
from complaints.responding import Part
from complaints.selectors import guides as selectors
from complaints.selectors.guides import About
from complaints.services import guides, importing_guides
from complaints.services.guides import GuideDraft, TemplateDraft
from tests.factories import CategoryFactory, UserFactory

EN = {"en": {"title": "How to", "body": "Ask first."}}
REPLY = {"en": {"name": "Receipt", "body": "Dear {name}"}}


def _guide(code="how-to", **draft):
    return guides.add_guide(by=None, code=code, draft=GuideDraft(**{"texts": EN} | draft))


# --- pure -------------------------------------------------------------------------------------------------------


def test_each_step_has_something_to_do_to_say_and_to_leave_unsaid():
    assert [shown.step for shown in guiding.steps()] == list(Step)
    for shown in guiding.steps():
        assert shown.advice.do
        assert shown.advice.say
        assert shown.advice.avoid
        assert not overpromising.found_in(" ".join(map(str, shown.advice.say)))


def test_the_steps_are_kept_in_their_order():
    assert guiding.in_order({"confirm", "listen", "nonsense"}) == [Step.LISTEN, Step.CONFIRM]


def test_plain_text_has_headings_lists_and_paragraphs():
    body = "First\n# What to do\n- one\n• two\nThen\n\n-\n* three"
    assert list(guiding.blocks(body)) == [
        Block("text", ["First"]),
        Block("heading", ["What to do"]),
        Block("list", ["one", "two"]),
        Block("text", ["Then"]),
        Block("text", ["-"]),
        Block("list", ["three"]),
    ]


@pytest.mark.parametrize(
    ("written", "wanted", "read"),
    [
        ({"en", "zh-hant"}, "zh-hans", "zh-hant"),
        ({"en", "zh-hans"}, "zh-hant", "zh-hans"),
        ({"zh-hans"}, "en", "zh-hans"),
        ({"en", "zh-hant"}, "zh-hant", "zh-hant"),
        ({"en"}, "fr", "en"),
        (set(), "en", ""),
    ],
)
def test_who_reads_another_language_gets_the_nearest(written, wanted, read):
    assert guiding.best(written, wanted) == read


# --- who keeps them ---------------------------------------------------------------------------------------------


def test_administrators_keep_all_managers_and_reviewers_their_departments(
    head_office, branch, administrator, manager, handler, supervisor
):
    reviewer = UserFactory(role=Role.QUALITY_REVIEWER, department=head_office)
    for number, (by, department) in enumerate(
        [(administrator, None), (administrator, branch), (manager, branch), (reviewer, branch), (reviewer, None)]
    ):
        kept = guides.add_guide(by=by, code=f"g{number}", draft=GuideDraft(EN, department=department))
        assert (kept.changed_by, kept.version) == (by, 1)
    for by, department in [(manager, None), (manager, head_office), (supervisor, branch), (handler, branch)]:
        with pytest.raises(NotAllowed):
            guides.add_guide(by=by, code="refused", draft=GuideDraft(EN, department=department))
        with pytest.raises(NotAllowed):
            guides.add_template(by=by, code="refused", draft=TemplateDraft(REPLY, department=department))
    with pytest.raises(NotAllowed):  # neither taken from another department, nor given to it
        guides.change_guide(by=manager, code="g0", draft=GuideDraft(EN, department=branch))
    with pytest.raises(NotAllowed):
        guides.change_guide(by=manager, code="g1", draft=GuideDraft(EN, department=head_office))
    assert not Guide.objects.filter(code="refused").exists()


def test_a_change_raises_the_version_and_never_overwrites_one_that_was_not_seen(administrator, manager, branch):
    _guide(department=branch)
    draft = GuideDraft(EN, causes=[Cause.CONDUCT], department=branch)
    changed = guides.change_guide(by=manager, code="how-to", draft=draft, seen_version=1)
    assert (changed.version, changed.causes, changed.changed_by) == (2, ["conduct"], manager)
    with pytest.raises(Invalid) as refusal:
        guides.change_guide(by=administrator, code="how-to", draft=GuideDraft(EN), seen_version=1)
    assert "version" in refusal.value.errors
    assert Guide.objects.get().department == branch


@pytest.mark.parametrize(
    ("code", "draft", "field"),
    [
        ("Bad Code", {}, "code"),
        ("x" * 61, {}, "code"),
        ("ok", {"texts": {}}, "texts"),
        ("ok", {"texts": {"en": {"title": " ", "body": ""}}}, "texts"),
        ("ok", {"texts": {"fr": {"title": "t", "body": "b"}}}, "texts"),
        ("ok", {"texts": {"en": {"title": "t", "body": "b", "foot": ""}}}, "texts.en"),
        ("ok", {"texts": {"en": {"title": "t"}}}, "texts.en.body"),
        ("ok", {"texts": {"en": {"title": "t", "body": "b\x00"}}}, "texts.en.body"),
        ("ok", {"texts": EN | {"zh-hant": {"body": "只有內文"}}}, "texts.zh-hant.title"),
        ("ok", {"texts": {"en": {"title": "t" * 161, "body": "b"}}}, "texts.en.title"),
        ("ok", {"position": 40_000}, "position"),
    ],
)
def test_a_guide_that_cannot_be_is_refused_by_field(db, code, draft, field):
    with pytest.raises(Invalid) as refusal:
        _guide(code, **draft)
    assert list(refusal.value.errors) == [field]


def test_a_template_takes_only_placeholders_of_the_list(db):
    for part, text in [("body", "Dear {customer}"), ("subject", "{name.email}"), ("subject", "two\nlines")]:
        with pytest.raises(Invalid) as refusal:
            guides.add_template(
                by=None, code="t", draft=TemplateDraft({"zh-hant": {"name": "n", "body": "b"} | {part: text}})
            )
        assert list(refusal.value.errors) == [f"texts.zh-hant.{part}"]
    kept = guides.add_template(by=None, code="t", draft=TemplateDraft(REPLY, part=Part.CONTACT))
    assert (kept.part, kept.label()) == ("contact", "Receipt")
    with pytest.raises(Invalid, match="code"):
        guides.add_template(by=None, code="t", draft=TemplateDraft(REPLY))


def test_the_database_keeps_codes_and_at_least_one_language(db):
    row = _guide()
    for change in ({"texts": {}}, {"causes": ["nonsense"]}, {"kinds": ["nonsense"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Guide.objects.filter(pk=row.pk).update(**change)


# --- what fits --------------------------------------------------------------------------------------------------


def test_what_a_guide_leaves_empty_fits_and_of_what_it_names_one_of_each_must(
    branch, head_office, outsider, django_assert_num_queries
):
    equipment = CategoryFactory(code="equipment")
    lift = CategoryFactory(code="lift", parent=equipment)
    billing = CategoryFactory(code="billing")
    _guide("always")
    _guide("above", categories=[equipment, billing])
    _guide("other", categories=[billing])
    _guide("cause", causes=[Cause.CONDUCT, Cause.MISTAKE])
    _guide("kind", kinds=[Kind.THREAT])
    _guide("both", categories=[lift], causes=[Cause.CONDUCT])
    _guide("here", department=branch)
    _guide("everywhere-below", department=head_office)
    _guide("elsewhere", department=outsider.department)
    _guide("off", is_active=False)

    def codes(**about):
        with django_assert_num_queries(1):
            return {guide.code for guide in selectors.fitting(About(**about))}

    assert codes() == {"always"}
    assert codes(categories=[lift.pk]) == {"always", "above"}
    assert codes(categories=[equipment.pk], causes=["conduct"]) == {"always", "above", "cause"}
    assert codes(categories=[lift.pk], causes=["conduct"]) == {"always", "above", "cause", "both"}
    assert codes(kind="threat") == {"always", "kind"}
    assert codes(department_id=branch.pk) == {"always", "here", "everywhere-below"}
    equipment.parent = lift  # a tree that bites its own tail ends all the same
    equipment.save()
    assert codes(categories=[lift.pk]) == {"always", "above"}


def test_a_complaint_is_about_its_category_its_matters_its_judgement_and_its_class(register, branch):
    complaint = register(category=CategoryFactory(code="billing")).complaint
    assert selectors.about(complaint) == About(branch.pk, {complaint.category_id}, set(), "")


def test_templates_are_for_a_department_and_those_below_it(register, branch, head_office, outsider):
    for code, department in [("all", None), ("top", head_office), ("here", branch), ("there", outsider.department)]:
        guides.add_template(by=None, code=code, draft=TemplateDraft(REPLY, department=department))
    guides.add_template(by=None, code="off", draft=TemplateDraft(REPLY, is_active=False))
    found = selectors.templates_for(register().complaint)
    assert {template.code for template in found} == {"all", "top", "here"}


# --- from a document --------------------------------------------------------------------------------------------


def test_the_standard_ones_are_in_three_languages_and_promise_nothing(db):
    document = importing_guides.standard()
    imported = importing_guides.import_guides(data=document)
    assert (imported.added, imported.changed) == (len(document["guides"]) + len(document["templates"]), 0)
    for row in [*Guide.objects.all(), *ReplyTemplate.objects.all()]:
        assert row.languages == ["en", "zh-hant", "zh-hans"]
        assert row.lacks == []
        assert not overpromising.found_in(json.dumps(row.texts, ensure_ascii=False)), row.code
    causes = {cause for guide in Guide.objects.all() for cause in guide.causes}
    assert causes >= {Cause.CONDUCT, Cause.MISTAKE, Cause.PRODUCT, Cause.INFORMATION}
    kinds = {kind for guide in Guide.objects.all() for kind in guide.kinds}
    assert kinds >= {kind for each in list(KINDS.values())[1:3] for kind in each}
    again = importing_guides.import_guides(data=document)
    assert (again.added, again.changed) == (0, 0)
    assert set(Guide.objects.values_list("version", flat=True)) == {1}


def test_a_document_changes_what_is_here_and_names_what_is_wrong(branch, manager):
    CategoryFactory(code="billing")
    entry = {"code": "how-to", "texts": EN, "categories": ["billing"], "department": "north"}
    importing_guides.import_guides(data={"guides": [entry]})
    importing_guides.import_guides(data={"guides": [entry | {"causes": ["conduct"]}]})
    guide = Guide.objects.get()
    assert (guide.version, guide.causes, guide.department) == (2, ["conduct"], branch)
    assert [category.code for category in guide.categories.all()] == ["billing"]
    wrong = [
        ({"guides": [entry | {"categories": ["nothing"]}]}, "guides[0].categories"),
        ({"guides": [entry, entry | {"department": "nowhere"}]}, "guides[1].department"),
        ({"templates": [{"code": "t", "texts": {"en": {"name": "n", "body": "{x}"}}}]}, "templates[0].texts.en.body"),
        ({"guides": [entry | {"causes": ["nonsense"]}]}, "document"),
        ({"guides": [entry | {"colour": "red"}]}, "document"),
        ({"guides": "all"}, "document"),
        ([], "document"),
        (None, "document"),
    ]
    for document, field in wrong:
        with pytest.raises(Invalid) as refusal:
            importing_guides.import_guides(data=document)
        assert list(refusal.value.errors) == [field]
    with pytest.raises(NotAllowed):
        importing_guides.import_guides(data={"guides": [entry | {"department": None}]}, by=manager)
    assert Guide.objects.get().version == 2


def test_the_command_takes_a_file_or_the_standard_ones(db, tmp_path, capsys):
    file = tmp_path / "guides.json"
    file.write_text(json.dumps({"guides": [{"code": "how-to", "texts": EN}]}), encoding="utf-8")
    call_command("import_guides", str(file))
    assert "1 new, 0 changed" in capsys.readouterr().out
    file.write_text("{", encoding="utf-8")
    for options in ([str(file)], [str(tmp_path / "nothing.json")], [], [str(file), "--standard"]):
        with pytest.raises(CommandError):
            call_command("import_guides", *options)
    file.write_text(json.dumps({"guides": [{"code": "how-to", "texts": {}}]}), encoding="utf-8")
    with pytest.raises(CommandError, match=r"guides\[0\]\.texts"):
        call_command("import_guides", str(file))


def test_the_database_is_asked_for_nothing_but_whole_numbers(db):
    with pytest.raises(ValueError, match="invalid literal"):
        list(selectors.fitting(About(categories=["1); DROP TABLE complaints_guide; --"])))
    assert connection.introspection.table_names()


def test_the_english_letters_that_come_with_the_system_begin_with_a_capital():
    root = Path(settings.BASE_DIR)
    files = [root / "complaints/guidance/standard.json", root / "demo/office/guides.json"]
    files += sorted((root / "presets/offices").glob("*/guidance.json"))
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "Dear {name},\\n\\n" in texts
    assert not re.findall(r"Dear \{name\},\\n\\n[a-z]\w*", texts)
