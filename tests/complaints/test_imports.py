from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from complaints import verification
from complaints.imports.cfpb import Cfpb
from complaints.imports.citizen_zh import CitizenZh
from complaints.imports.rows import BadRow
from complaints.models import Complaint

CFPB = {
    "Complaint ID": "1001",
    "Date received": "2023-08-25",
    "Product": "Debt collection",
    "Sub-product": "Other debt",
    "Issue": "False statements",
    "Sub-issue": "",
    "Consumer complaint narrative": "",
    "Company public response": "",
    "Company": "EXAMPLE COLLECTORS",
    "Submitted via": "Postal mail",
    "Date sent to company": "2023-08-28",
    "Company response to consumer": "In progress",
}
CITIZEN = {
    "id": "77",
    "complainant": "UU001",
    "received_at": "2019-05-01 18:24:41",
    "subject": "路灯不亮",
    "description": "小区门口的路灯三个星期没有亮。",
    "answered_at": "2019-05-20 09:00:00",
}


def csv_file(tmp_path, *rows, encoding="utf-8"):
    path = tmp_path / "rows.csv"
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def run(path, name, by):
    out, err = StringIO(), StringIO()
    call_command("import_complaints", path, map=name, by=by.email, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


# --- the maps


def test_an_open_cfpb_complaint_without_narrative_is_described_by_its_product_and_issue():
    past = Cfpb().read(CFPB)
    assert (past.number, past.answer) == ("1001", None)
    assert past.registration.description == "Debt collection. Other debt. False statements"
    assert past.registration.channel == "letter"
    assert past.registration.received_at.isoformat() == "2023-08-25T00:00:00-04:00"


def test_an_answered_cfpb_complaint_keeps_its_outcome():
    past = Cfpb().read(CFPB | {"Company response to consumer": "Closed with monetary relief"})
    assert past.answer.outcome == "upheld"
    assert past.answer.told_at.isoformat() == "2023-08-28T00:00:00-04:00"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"Date received": "25/08/2023"}, "Date received"),
        ({"Issue": " "}, "Issue is empty"),
        ({"Submitted via": "Pigeon"}, "Submitted via"),
        ({"Company response to consumer": "Shrugged"}, "Company response"),
    ],
)
def test_a_cfpb_row_that_cannot_be_taken_over_says_why(cells, told):
    with pytest.raises(BadRow, match=told):
        Cfpb().read(CFPB | cells)


def test_a_citizens_letter_keeps_the_moment_of_its_answer():
    past = CitizenZh().read(CITIZEN)
    assert past.registration.received_at.isoformat() == "2019-05-01T18:24:41+08:00"
    assert past.answer.told_at.isoformat() == "2019-05-20T09:00:00+08:00"
    assert CitizenZh().read(CITIZEN | {"answered_at": ""}).answer is None


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"answered_at": "2019-04-01 09:00:00"}, "before"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"id": ""}, "id is empty"),
    ],
)
def test_a_letter_that_cannot_be_taken_over_says_why(cells, told):
    with pytest.raises(BadRow, match=told):
        CitizenZh().read(CITIZEN | cells)


# --- the command


@pytest.mark.django_db
def test_good_rows_are_kept_and_bad_ones_reported_by_line(tmp_path, administrator):
    path = csv_file(tmp_path, CITIZEN, CITIZEN | {"id": "78", "received_at": "soon"}, CITIZEN | {"id": "79"})
    out, err = run(path, "citizen_zh", administrator)
    assert "3 rows read: 2 complaints imported, 0 were here already, 1 skipped." in out
    assert "line 3: skipped: received_at" in err
    answered = Complaint.objects.first()
    assert (answered.status, answered.language) == ("resolved", "zh-hans")
    assert answered.resolved_at.isoformat() == "2019-05-20T01:00:00+00:00"
    assert [event.occurred_at for event in answered.events.all()] == [answered.received_at, answered.resolved_at]
    assert not list(verification.broken_chains())


@pytest.mark.django_db
def test_importing_twice_doubles_nothing(tmp_path, administrator):
    path = csv_file(tmp_path, CFPB, CFPB | {"Complaint ID": "1002"})
    run(path, "cfpb", administrator)
    out, _err = run(path, "cfpb", administrator)
    assert "0 complaints imported, 2 were here already" in out
    assert Complaint.objects.count() == 2


@pytest.mark.django_db
def test_a_row_longer_than_we_take_is_skipped_with_the_field(tmp_path, administrator):
    path = csv_file(tmp_path, CITIZEN | {"description": "长" * 100_000})
    out, err = run(path, "citizen_zh", administrator)
    assert "1 skipped" in out
    assert "description" in err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("encoding", "name", "told"),
    [("gb18030", "citizen_zh", "not UTF-8"), ("utf-8", "cfpb", "lacks these columns")],
)
def test_a_file_that_cannot_be_read_imports_nothing_and_says_what_to_do(tmp_path, administrator, encoding, name, told):
    with pytest.raises(CommandError, match=told):
        run(csv_file(tmp_path, CITIZEN, encoding=encoding), name, administrator)
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_not_there_and_an_unknown_importer_are_named(tmp_path, administrator, outsider):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nowhere.csv", "cfpb", administrator)
    outsider.email = "nobody@example.org"
    with pytest.raises(CommandError, match="nobody@example"):
        run(csv_file(tmp_path, CFPB), "cfpb", outsider)


@pytest.mark.django_db
def test_importing_needs_the_right_to_backdate(tmp_path, handler):
    out, err = run(csv_file(tmp_path, CFPB), "cfpb", handler)
    assert "1 skipped" in out
    assert "earlier date" in err
