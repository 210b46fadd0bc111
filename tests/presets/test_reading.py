"""What the presets say, without a database."""

import copy

import pytest

from escalation.errors import EscalationError
from escalation.policies import ClockKind, PolicyRules
from presets import documents, items, reading
from presets.errors import BadPreset, NoSuchPreset
from presets.items import Item, Kind, Named, differences
from presets.promising import policy_document

NAMES = ["hospital", "hotline", "property", "shop_chain", "telecom"]


def test_there_are_five():
    assert documents.names() == NAMES
    with pytest.raises(NoSuchPreset, match="choose one of: hospital, hotline"):
        reading.preset("moon")


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_whole(name):
    preset = reading.preset(name)
    for kind in (
        Kind.DEPARTMENT,
        Kind.CATEGORY,
        Kind.CALENDAR,
        Kind.POLICY,
        Kind.SIGNOFF_RULE,
        Kind.BODY,
        Kind.LETTER,
    ):
        assert preset.of(kind), kind
    rules = [PolicyRules.from_json(item.says) for item in preset.of(Kind.POLICY)]
    assert all("department" in each.match for each in rules), "so that two presets can live together"
    assert set(rules[-1].match) == {"department"}, "the last one takes whatever is left"
    for item in (item for kind in (Kind.DEPARTMENT, Kind.OFFICE_HOURS, Kind.LETTER) for item in preset.of(kind)):
        assert set(item.name.translations) == {"zh-hant", "zh-hans"}, item
    roles = {seat.role for seat in preset.seats if seat.department == preset.root}
    assert {"executive", "specialist", "agent", "administrator"} <= roles, "the ladder ends with somebody"
    routed = {item.says["department"] for item in preset.of(Kind.CATEGORY) if item.says["department"]}
    handling = {seat.department for seat in preset.seats if seat.role in {"handler", "manager"}}
    assert routed <= handling, "nobody would take on what is sent there"


@pytest.mark.parametrize("name", NAMES)
def test_a_report_to_an_authority_does_not_wait_for_the_complainant(name):
    rules = [PolicyRules.from_json(item.says) for item in reading.preset(name).of(Kind.POLICY)]
    reports = [each.clocks[ClockKind.AUTHORITY_REPORT] for each in rules if ClockKind.AUTHORITY_REPORT in each.clocks]
    assert reports
    assert not any(report.pausable for report in reports)


def test_no_two_presets_bring_the_same_thing_but_what_is_shared():
    own = {}
    for preset in reading.presets():
        for item in preset.items:
            if item.kind in {Kind.CALENDAR, Kind.LIMIT, Kind.THRESHOLD}:
                assert own.setdefault((item.kind, item.code), item).says == item.says
            else:
                assert own.setdefault((item.kind, item.code), preset.code) == preset.code


def test_a_limit_of_the_law_stands_in_the_rule_pack_alone():
    (standard,) = [item for item in reading.preset("hospital").of(Kind.POLICY) if item.code == "hospital-standard"]
    target = standard.says["clocks"]["resolution"]["target"]
    assert (target["unit"], target["amount"], target["statutory"]) == ("working_days", 5, True)
    assert '"amount": 5' not in (documents.OFFICES / "hospital" / "policies.json").read_text(encoding="utf-8")


def broken(path, value):
    """The documents of the property manager with one value changed."""
    parts = copy.deepcopy({part: documents.read("property", part) for part in reading.PARTS})
    *way, last = path
    place = parts
    for step in way:
        place = place[step]
    place[last] = value
    return parts


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("departments",), {}, r"departments: This must be a list"),
        (("departments", 1, "parent"), "moon", r"departments\[1\]\.parent: Nothing is called “moon”"),
        (("departments", 1, "roles"), ["king"], r"departments\[1\]\.roles: Nothing is called “king”"),
        (("departments", 1, "zh-hant"), " ", r"departments\[1\]\.zh-hant: This must be a text"),
        (("departments", 1, "colour"), "red", r"departments\[1\]\.colour: There is no such field"),
        (("departments", 1, "code"), "a b", r"departments\[1\]\.code: Write 1 to 60"),
        (("bodies", 1, "code"), "property-neighbourhood", r"property-neighbourhood: This code is given twice"),
        (("categories", 0, "department"), "moon", r"categories\[0\]\.department: Nothing is called “moon”"),
        (("preset", "root"), "moon", r"root: \"moon\" is not possible here"),
        (("preset", "calendars"), ["moon"], r"preset.calendars\[0\]: Nothing is called “moon”"),
        (("preset", "name"), "Property", r"preset.name: This must be an object"),
        (("policies", 0, "clocks"), ["moon"], r"policies\[0\].clocks\[0\]: Nothing is called “moon”"),
        (("policies", 0, "calendar"), "moon", r"policies\[0\].calendar: Nothing is called “moon”"),
        (("policies", 0, "match"), {"category": ["moon"]}, r"match.category: Nothing is called “moon”"),
        (("policies", 0, "match"), {"weather": ["rain"]}, r"match.weather"),
        (("policies", 0, "clocks"), [{"task": {"target": {"unit": "moons"}}}], r"moons"),
        (("policies", 0, "clocks"), [{"task": {"target": {"pack": "moon"}}}], r"policy: This field is missing"),
        (("signoff", "rules", 0, "parties"), {}, r"parties: This must be a list"),
        (("guidance", "guides", 0, "categories"), ["moon"], r"guides\[0\]\.categories\[0\]: Nothing is called “moon”"),
        (
            ("guidance", "templates", 0, "texts", "en", "body"),
            "",
            r"texts\.en\.body: This must be a text",
        ),
        (("signoff", "limits", 0, "role"), "king", r"king"),
    ],
)
def test_broken_documents_are_refused_in_a_sentence_that_names_the_field(path, value, sentence):
    with pytest.raises(EscalationError, match=sentence):
        reading.from_json("property", broken(path, value))


def test_a_pack_without_such_a_limit_is_refused():
    form = {
        "calendar": "x",
        "clocks": [{"task": {"target": {"pack": "mainland-hospital", "policy": "x", "clock": "task"}}}],
    }
    with pytest.raises(BadPreset, match="No rule pack has such a limit"):
        policy_document(form, root="x", promises=documents.promises(), path="policies[0]")


def test_a_file_that_is_no_json_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "OFFICES", tmp_path)
    (tmp_path / "moon").mkdir()
    (tmp_path / "moon" / "preset.json").write_text("{")
    with pytest.raises(BadPreset, match=r"preset.json: line 1, column 2: This is not JSON"):
        documents.read("moon", "preset")
    with pytest.raises(BadPreset, match=r"departments.json"):
        documents.read("moon", "departments")


def test_differences_are_told_by_their_paths(monkeypatch):
    item = Item(Kind.POLICY, "p", Named("P"), {"a": 1, "clocks": {"task": [{"at": "4/5"}]}, "list": ["x"], "same": 1})
    found = differences(item, {"a": 2, "clocks": {"task": [{"at": "1/2"}]}, "list": [], "same": 1, "more": {"b": 1}})
    assert [str(each) for each in found] == [
        "Policy p: “a” is “2” here, and “1” in the preset.",
        "Policy p: “clocks.task[0].at” is “1/2” here, and “4/5” in the preset.",
        "Policy p: “list” is nothing here, and x in the preset.",
        "Policy p: “more” is something else here, and nothing in the preset.",
    ]
    monkeypatch.setattr(items, "_", lambda words: words.replace("“%(word)s”", "「%(word)s」"))
    assert "「2」" in str(found[0]), "in the reader's own marks"
