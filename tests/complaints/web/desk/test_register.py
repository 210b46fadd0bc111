"""Registering what somebody says: the full record, kept on errors, the secret shown once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import references
from complaints.models import Complaint
from complaints.selectors import routes
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory

URL = "/desk/register/"
ROWS = {"subjects-TOTAL_FORMS": "3", "subjects-INITIAL_FORMS": "0"}
CALL = {
    "channel": "phone",
    "form": "oral",
    "track": "complaint",
    "language": "zh-hant",
    "subject": "收銀員多刷一次",
    "description": "刷卡刷了兩次，店員不理我。",
    "impact": "high",
    "urgency": "high",
    **ROWS,
}


def test_a_call_is_registered_with_everything_that_was_said(desk, agent, branch, picture):
    category = CategoryFactory(department=branch)
    received = timezone.localtime(timezone.now() - timedelta(days=1))
    response = desk(agent).post(
        URL,
        CALL
        | {
            "received_at": received.strftime("%Y-%m-%dT%H:%M"),
            "read_back": "on",
            "summary": "Till 3 booked twice.",
            "name": "陳美玲",
            "phone": "0912 345 678",
            "relation": "customer",
            "on_behalf_of": "陳老先生",
            "authority": "女兒",
            "subjects-0-kind": "unit",
            "subjects-0-name": "3號收銀台",
            "subjects-2-kind": "person",
            "subjects-2-name": "戴眼鏡的店員",
            "demands": ["refund", "apology"],
            "demand_note": "退一次",
            "suggestion": "換一台",
            "category": category.pk,
            "evidence": [picture("一.png"), picture("二.png")],
        },
    )
    assert response["Location"] == reverse("desk:registered")
    complaint = Complaint.objects.get()
    assert complaint.department == branch
    assert complaint.priority == "major"
    assert complaint.read_back
    assert complaint.received_at == received.replace(second=0, microsecond=0)
    assert complaint.registered_by == agent
    assert complaint.complainant.on_behalf_of == "陳老先生"
    assert [subject.name for subject in complaint.subjects.order_by("id")] == ["3號收銀台", "戴眼鏡的店員"]
    assert complaint.demands == ["refund", "apology"]
    assert [file.name for file in complaint.attachments.all()] == ["一.png", "二.png"]


def test_whoever_takes_a_report_is_not_led_where_they_may_not_go(desk, agent, branch, words):
    browser = desk(agent)
    browser.post(URL, CALL | {"track": "report"})
    page = words(browser.get(reverse("desk:registered")))
    assert "only those to whom it was entrusted see it" in page
    assert "Open the complaint" not in page
    browser.post(URL, CALL)
    assert "Open the complaint" in words(browser.get(reverse("desk:registered")))


def test_the_secret_is_shown_once(desk, agent, branch, words):
    browser = desk(agent)
    response = browser.post(URL, CALL | {"department": branch.pk}, follow=True)
    complaint, secret = response.context["complaint"], response.context["secret"]
    page = words(response)
    assert complaint.reference in page
    assert secret in page
    assert references.digest(secret) == complaint.access_digest
    again = browser.get(reverse("desk:registered"), follow=True)
    assert secret not in words(again)
    assert "shown only once" in words(again)


def test_the_secret_waits_in_the_clerks_browser_and_nowhere_else(desk, agent, branch):
    browser = desk(agent)
    response = browser.post(URL, CALL | {"department": branch.pk})
    cookie = response.cookies["registered"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == reverse("desk:registered")
    assert set(browser.session.keys()) <= {"_auth_user_id", "_auth_user_backend", "_auth_user_hash"}


def test_an_error_keeps_what_was_typed(desk, agent, branch, words):
    response = desk(agent).post(URL, CALL | {"subject": " ", "name": "陳美玲", "subjects-1-name": "3號收銀台"})
    assert response.status_code == 422
    page = words(response)
    assert "There is a problem" in page
    for kept in ("刷卡刷了兩次，店員不理我。", "陳美玲", "3號收銀台"):
        assert kept in page
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"description": "字" * 100_000}, "description"),
        ({"subject": "字" * 201}, "subject"),
        ({"name": "字" * 201}, "name"),
        ({"email": "no address"}, "email"),
        ({"received_at": "2099-01-01T00:00"}, "received_at"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-02-01T00:00", "received_at": "2026-01-01T00:00"}, "occurred_at"),
        ({"channel": "pigeon"}, "channel"),
        ({"anonymous": "on", "name": "陳美玲"}, "name"),
        ({"authority": "lawyer"}, "on_behalf_of"),
        ({"department": "999999"}, "department"),
        ({"demands": ["moon"]}, "demands"),
    ],
)
def test_what_cannot_be_taken_is_refused_beside_its_field(desk, agent, branch, answers, field):
    response = desk(agent).post(URL, CALL | answers)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Complaint.objects.exists()


def test_each_refused_file_is_named(desk, agent, branch, words):
    files = [SimpleUploadedFile("a.png", b"<html>"), SimpleUploadedFile("b.exe", b"MZ")]
    response = desk(agent).post(URL, CALL | {"evidence": files})
    assert response.status_code == 422
    page = words(response)
    assert "“a.png” is not what its name says." in page
    assert "“b.exe”: files of this kind are not taken." in page
    assert "Choose the files again" in page


def test_a_number_without_a_name_is_asked_for(desk, agent, branch, words):
    response = desk(agent).post(URL, CALL | {"subjects-0-reference": "T-3"})
    assert response.status_code == 422
    assert "Say who or what this number belongs to." in words(response)


def test_one_of_the_staff_is_named_by_their_address_as_the_page_says(desk, agent, branch, supervisor):
    assert "Of one of the staff, the e-mail address" in desk(agent).get(URL).text
    about = {"subjects-0-kind": "person", "subjects-0-name": "戴眼鏡的店員", "subjects-0-reference": supervisor.email}
    desk(agent).post(URL, CALL | about)
    assert Complaint.objects.get().subjects.get().user == supervisor


def test_the_page_names_where_a_complaint_without_a_category_goes(desk, agent, branch, words):
    Membership.objects.filter(role__in=routes.WORKING).update(department=branch)
    other = DepartmentFactory(code="operator", name="Operator")
    UserFactory(role=Role.SPECIALIST, department=other)
    page = words(desk(agent).get(URL))
    assert "Without either it goes here: Operator." in page
    assert "Operator." in words(desk(agent).get(reverse("desk:upgrade-unrecorded")))


def test_more_rows_come_with_everything_typed_so_far(desk, agent, branch, words):
    response = desk(agent).post(URL, CALL | {"more": "1", "subjects-0-name": "3號收銀台", "demands": ["refund"]})
    assert response.status_code == 200
    page = words(response)
    assert 'name="subjects-5-name"' in page
    assert "3號收銀台" in page
    assert "刷卡刷了兩次，店員不理我。" in page
    assert "There is a problem" not in page


@pytest.mark.parametrize("rows", [{}, {"subjects-TOTAL_FORMS": "x", "subjects-INITIAL_FORMS": "-"}])
@pytest.mark.parametrize("more", [{}, {"more": "1"}])
def test_a_form_whose_rows_were_tampered_with_breaks_nothing(desk, agent, branch, rows, more):
    call = {name: value for name, value in CALL.items() if name not in ROWS}
    assert desk(agent).post(URL, call | rows | more).status_code in (200, 422)


def test_only_some_roles_may_state_an_earlier_receipt(desk, handler, branch, agent):
    assert "received_at" not in desk(handler).get(URL).context["form"].fields
    assert "received_at" in desk(agent).get(URL).context["form"].fields


def test_who_may_not_register_is_told_so(desk, branch, words):
    auditor = UserFactory(role=Role.AUDITOR, department=branch)
    response = desk(auditor).get(URL)
    assert response.status_code == 403
    assert "Your roles do not include registering complaints." in words(response)


def test_an_anonymous_call_is_taken(desk, agent, branch):
    desk(agent).post(URL, CALL | {"anonymous": "on"})
    assert Complaint.objects.get().complainant.anonymous
