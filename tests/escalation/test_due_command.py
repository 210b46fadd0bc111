"""`due --cases FILE`: the deadlines of a file of cases."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.escalation.strategies import DATA, VECTORS


def printed(path):
    out = io.StringIO()
    call_command("due", cases=path, stdout=out)
    return json.loads(out.getvalue())


def test_the_shared_cases_are_printed_with_the_right_answers():
    for answer, case in zip(printed(DATA / "deadlines.json"), VECTORS["cases"], strict=True):
        assert (answer["due"], answer["after_4_working_hours"]) == (case["due"], case["after_4_working_hours"])
        assert case["points"].items() <= answer["points"].items()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"[1, 2]", "must be an object"),
        (b'{"calendars": {}, "cases": [{"calendar": "x"}]}', r"cases\[0\].calendar"),
        (b'{"calendars": {"x": {"name": "x", "timezone": "UTC", "week": {}}}, "cases": []}', "no weekday"),
    ],
)
def test_a_bad_file_is_refused_in_one_clear_sentence(tmp_path, content, sentence):
    path = tmp_path / "cases.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=f"(?i){sentence}"):
        printed(path)


def test_a_missing_file_is_refused_in_one_clear_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        printed(tmp_path / "nowhere.json")
