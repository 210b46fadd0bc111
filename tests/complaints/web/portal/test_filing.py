"""Filing a complaint: the whole way without JavaScript, and everything that can go wrong on it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from complaints import references
from complaints.models import Complaint, Draft, DraftFile
from complaints.services import drafts
from complaints.web.portal import steps, visits
from tests.factories import CategoryFactory, DepartmentFactory

pytestmark = pytest.mark.django_db


def test_a_customer_files_a_complaint_step_by_step(client, go, branch, head_office, picture):
    billing = CategoryFactory(code="billing", name="Billing")
    assert client.get("/file/", follow=True).redirect_chain == [("/file/what-happened/", 302)]

    page = go("what-happened", subject="Charged twice", description="Twice.\r\nReally.", language="en")
    assert page.url == "/file/about/"
    page = go(
        "about",
        category=billing.code,
        place=branch.code,
        where="Counter 2",
        happened_on="2026-11-03",
        happened_time="14:30",
        rows="1",
        subject_kind_1="product",
        subject_name_1="Air purifier",
        subject_reference_1="INV-417",
    )
    assert page.url == "/file/wishes/"
    page = go("wishes", demands=["refund", "apology"], demand_note="NT$ 4,990", suggestion="Check the till.")
    assert page.url == "/file/evidence/"
    client.post("/file/evidence/", {"evidence": [picture(), picture("letter.png")], "add-files": "1"})
    page = go("evidence")
    assert page.url == "/file/contact/"
    page = go("contact", identity="named", name="Lin Mei-hua", email="lin@example.org", phone="02 2345 6789")
    assert page.url == "/file/check/"

    page = client.get("/file/check/")
    for answer in ("Charged twice", "Counter 2", "14:30", "INV-417", "Refund", "Apology", "letter.png", "Lin Mei-hua"):
        assert answer in page.content.decode()
    assert not Complaint.objects.exists()

    page = client.post("/file/check/")
    assert (page.status_code, page.url) == (302, "/file/receipt/")
    complaint = Complaint.objects.get()
    assert complaint.description == "Twice.\nReally."
    assert complaint.language == "en"
    assert complaint.channel == "web"
    assert complaint.form == "written"
    assert complaint.registered_by is None
    assert complaint.department == branch
    assert complaint.category == billing
    assert complaint.demands == ["refund", "apology"]
    assert complaint.occurred_at == datetime(2026, 11, 3, 14, 30, tzinfo=ZoneInfo("Asia/Taipei"))
    assert complaint.complainant.name == "Lin Mei-hua"
    assert {(one.kind, one.name, one.reference) for one in complaint.subjects.all()} == {
        ("product", "Air purifier", "INV-417"),
        ("unit", "North branch: Counter 2", ""),
    }
    assert [one.name for one in complaint.attachments.all()] == ["receipt.png", "letter.png"]
    assert all(one.file.storage.exists(one.file.name) for one in complaint.attachments.all())
    assert not DraftFile.objects.exists()


def test_the_receipt_shows_reference_and_secret_and_the_secret_is_stored_nowhere(client, filed):
    reference, secret = filed()
    complaint = Complaint.objects.get(reference=reference)
    assert references.digest(secret) == complaint.access_digest
    assert secret not in str(dict(client.session))
    assert secret not in str(list(Draft.objects.values()))
    assert secret in client.get("/file/receipt/").content.decode(), "a reload on a slow line loses nothing"


def test_whoever_has_kept_the_receipt_is_led_to_the_case_and_nobody_sees_the_receipt_again(client, filed):
    reference, secret = filed()
    page = client.post("/file/receipt/")
    assert page.url == f"/track/{reference}/"
    assert client.get(page.url).status_code == 200
    page = client.get("/file/receipt/")
    assert page.status_code == 410
    assert secret not in page.content.decode()


def test_the_receipt_lapses_after_an_hour(client, filed):
    filed()
    Draft.objects.update(updated_at=timezone.now() - timedelta(hours=1, seconds=1))
    assert client.get("/file/receipt/").status_code == 410


def test_sending_twice_files_once_and_shows_the_same_receipt(client, fill):
    fill()
    first = client.post("/file/check/", follow=True).content
    cookie = client.cookies["draft"].value
    again = Client()
    again.cookies["draft"] = cookie
    assert again.post("/file/check/", follow=True).content.count(b"receipt-secret") == first.count(b"receipt-secret")
    assert Complaint.objects.count() == 1


def test_two_sendings_that_overtake_each_other_file_once(fill, client):
    fill()
    draft = Draft.objects.get()
    request = RequestFactory().get("/")
    request.COOKIES["draft"] = client.cookies["draft"].value
    key = visits.draft_key(request)
    filled = {here.slug: steps.checked(here, draft) for here in steps.STEPS}
    assert all(form.is_valid() for form in filled.values())
    registration = steps.registration(filled)
    one = drafts.send(draft_id=draft.pk, key=key, registration=registration)
    two = drafts.send(draft_id=draft.pk, key=key, registration=registration)
    assert one == two


@pytest.mark.parametrize(
    ("slug", "answers", "sentence"),
    [
        ("what-happened", {"subject": "", "description": "Kept", "language": "en"}, "Say in a few words"),
        ("what-happened", {"subject": "Kept", "description": " ", "language": "en"}, "Tell us what happened."),
        ("about", {"where": "Kept", "happened_on": "3000-01-01"}, "lies in the future"),
        ("about", {"where": "Kept", "happened_on": "0001-01-01"}, "too far back"),
        ("about", {"where": "Kept", "happened_on": "yesterday"}, "year, month and day"),
        ("about", {"where": "Kept", "happened_time": "14:30"}, "Give the day as well"),
        ("about", {"where": "Kept", "rows": "1", "subject_reference_1": "17"}, "what this number belongs to"),
        ("contact", {"identity": "named", "name": "", "phone": "Kept"}, "choose to stay anonymous"),
        ("contact", {"identity": "named", "name": "Kept", "email": "no address"}, "name@example.com"),
        ("contact", {"phone": "Kept"}, "whether we may know"),
        ("contact", {"identity": "anonymous", "authority": "Kept"}, "for whom you are writing"),
    ],
)
def test_an_error_is_a_sentence_and_keeps_what_was_typed(client, go, slug, answers, sentence):
    go("what-happened", subject="x", description="y", language="en")
    page = go(slug, **answers)
    body = page.content.decode()
    assert page.status_code == 422
    assert sentence in body
    assert "Kept" in body
    assert "There is a problem" in body
    assert "<title>Error:" in body
    assert "Kept" in client.get(f"/file/{slug}/").content.decode(), "it is also there on coming back"


def test_every_page_has_its_step_and_a_way_back(client, go):
    go("what-happened", subject="x", description="y", language="en")
    way = [
        ("what-happened", "1", "/"),
        ("about", "2", "/file/what-happened/"),
        ("wishes", "3", "/file/about/"),
        ("evidence", "4", "/file/wishes/"),
        ("contact", "5", "/file/evidence/"),
    ]
    for slug, number, back in way:
        body = client.get(f"/file/{slug}/").content.decode()
        assert f"Step {number} of 5" in body
        assert f'class="back-link" href="{back}"' in body


def test_an_answer_changed_from_the_check_page_leads_back_to_it(client, go, fill):
    fill()
    assert 'href="/file/wishes/?then=check"' in client.get("/file/check/").content.decode()
    assert 'href="/file/check/"' in client.get("/file/wishes/?then=check").content.decode()
    assert go("wishes", then="check", demands="refund").url == "/file/check/"
    assert "Refund" in client.get("/file/check/").content.decode()


def test_the_draft_survives_closing_the_tab(client, go):
    go("what-happened", subject="Charged twice", description="Half a story", language="en")
    later = Client()
    later.cookies["draft"] = client.cookies["draft"].value
    assert "You have begun a complaint" in later.get("/").content.decode()
    page = later.get("/file/")
    assert b'href="/file/about/"' in page.content
    assert "Half a story" in later.get("/file/what-happened/").content.decode()


def test_the_draft_cookie_is_out_of_reach_of_scripts_and_of_guessing(client, go):
    go("what-happened", subject="x", description="y", language="en")
    cookie = client.cookies["draft"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    stranger = Client()
    stranger.cookies["draft"] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert "begun a complaint" not in stranger.get("/").content.decode()


def test_a_draft_can_be_thrown_away(client, go):
    go("what-happened", subject="x", description="Half a story", language="en")
    assert client.post("/file/").url == "/file/what-happened/"
    assert not Draft.objects.exists()
    assert "Half a story" not in client.get("/file/what-happened/").content.decode()


def test_nobody_comes_to_the_check_page_past_an_unfinished_step(client, go):
    assert client.get("/file/check/").url == "/file/"
    go("what-happened", subject="x", description="y", language="en")
    assert client.get("/file/check/").url == "/file/contact/?then=check"
    assert client.post("/file/check/").url == "/file/contact/?then=check"
    assert not Complaint.objects.exists()


def test_a_step_without_a_draft_begins_at_the_start_but_a_sent_step_is_kept(client, go):
    assert client.get("/file/wishes/").url == "/file/"
    assert go("wishes", demand_note="Came here with a stale tab").url == "/file/evidence/"
    assert "stale tab" in client.get("/file/wishes/").content.decode()


def test_100_000_characters_are_refused_in_numbers_and_kept(client, go):
    page = go("what-happened", subject="Long", description="話" * 100_000, language="zh-hant")
    assert page.status_code == 422
    assert "100000 characters; 20000 are taken" in page.content.decode()
    assert "話" * 100_000 in client.get("/file/what-happened/").content.decode()


def test_nul_characters_do_no_harm(client, go, fill):
    fill(what={"subject": "Charged\x00 twice", "description": "a\x00b"}, contact={"name": "Li\x00n"})
    assert client.post("/file/check/").status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.subject, complaint.description, complaint.complainant.name) == ("Charged twice", "ab", "Lin")


def test_an_anonymous_complaint_keeps_no_name_and_says_how_to_follow_it(client, go, filed):
    go("what-happened", subject="x", description="y", language="en")
    assert "still follow your complaint" in client.get("/file/contact/").content.decode()
    filed(contact={"identity": "anonymous", "name": "Slipped in", "email": ""})
    complaint = Complaint.objects.get()
    assert complaint.complainant.anonymous
    assert complaint.complainant.name == ""
    assert "the only way back" in client.get("/file/receipt/").content.decode()


def test_on_behalf_of_somebody_is_recorded(filed):
    filed(contact={"on_behalf_of": "My mother", "authority": "Daughter"})
    complainant = Complaint.objects.get().complainant
    assert (complainant.on_behalf_of, complainant.authority) == ("My mother", "Daughter")


def test_several_subjects_can_be_named_without_scripts(client, go, fill):
    go("what-happened", subject="x", description="y", language="en")
    page = client.post("/file/about/", {"add-subject": "1", "rows": "1", "subject_name_1": "Purifier"})
    assert page.url == "/file/about/#id_subject_name_2"
    body = client.get("/file/about/").content.decode()
    assert "Purifier" in body
    assert "subject_name_2" in body
    fill(about={"rows": "2", "subject_name_1": "Purifier", "subject_kind_2": "person", "subject_name_2": "Mr Wu"})
    client.post("/file/check/")
    assert [one.name for one in Complaint.objects.get().subjects.all()] == ["Purifier", "Mr Wu"]


@pytest.mark.parametrize("rows", ["999999999", "-3", "½", "", "²"])
def test_a_forged_number_of_subjects_does_no_harm(client, go, rows):
    go("what-happened", subject="x", description="y", language="en")
    assert go("about", rows=rows).status_code in {302, 422}
    assert client.get("/file/about/").content.count(b'name="subject_name_') <= 5


def test_a_category_with_a_department_decides_and_else_the_place(client, filed, branch, head_office):
    finance = DepartmentFactory(code="finance", parent=head_office)
    billing = CategoryFactory(code="billing", department=finance)
    filed(about={"category": billing.code, "place": branch.code})
    assert Complaint.objects.get().department == finance


def test_without_place_and_category_the_head_office_receives_it(filed, head_office):
    filed()
    assert Complaint.objects.get().department == head_office


def test_the_pages_speak_chinese_and_the_complaint_remembers_its_language(client, go, filed):
    client.post("/i18n/setlang/", {"language": "zh-hant", "next": "/file/"})
    body = client.get("/file/what-happened/").content.decode()
    assert '<html lang="zh-Hant"' in body
    assert re.search(r'<input[^>]*value="zh-hant"[^>]*checked', body), "their language is chosen already"
    filed(what={"subject": "退款", "description": "一直沒有退款", "language": "zh-hant"})
    assert Complaint.objects.get().language == "zh-hant"


@pytest.mark.parametrize("slug", ["what-happened", "about", "wishes", "evidence", "contact"])
def test_a_page_weighs_little(client, go, slug):
    go("what-happened", subject="x", description="y", language="en")
    assert len(client.get(f"/file/{slug}/").content) < 20_000


def test_unknown_steps_are_not_found(client, db):
    assert client.get("/file/nothing/").status_code == 404
