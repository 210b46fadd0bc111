"""Following a complaint: who gets in, what they see, what they can do."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from complaints import access, references
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.lifecycle import Status
from complaints.models import Complaint, Event
from complaints.selectors import digests
from complaints.services import casework, correspondence, decisions, evidence
from complaints.services.intake import ComplainantDetails
from complaints.vocabulary import DeclineCode, Outcome
from tests.factories import ComplaintFactory

pytestmark = pytest.mark.django_db

CANARY = "canary-7f3a"


@pytest.fixture
def case(client, register):
    """A registered complaint, open in this browser."""
    registered = register()
    client.get(_link(registered.complaint), follow=True)
    return registered.complaint


def _link(complaint: Complaint) -> str:
    return access.signed_link(complaint).removeprefix("http://127.0.0.1:8000")


def _page(client, complaint) -> str:
    page = client.get(f"/track/{complaint.reference}/")
    assert page.status_code == 200
    return page.content.decode()


def _without_token(page) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page.content.decode())


# --- Getting in ---------------------------------------------------------------------------------------------


def test_reference_and_secret_open_the_case(client, register):
    registered = register()
    typed = registered.access_secret.lower().replace("-", " ")
    page = client.post("/track/", {"reference": registered.complaint.reference.lower(), "secret": typed})
    assert page.url == f"/track/{registered.complaint.reference}/"
    assert "Charged twice" in _page(client, registered.complaint)


def test_a_wrong_secret_and_an_unknown_reference_get_the_same_answer(client, register):
    known, unknown = register().complaint.reference, references.make(2031, 123_456)
    pages = [client.post("/track/", {"reference": ref, "secret": "AAAAA-BBBBB"}) for ref in (known, unknown)]
    assert [page.status_code for page in pages] == [422, 422]
    assert "do not belong together" in pages[0].content.decode()
    assert _without_token(pages[0]).replace(known, "") == _without_token(pages[1]).replace(unknown, "")


def test_both_cost_the_same_queries(client, register, django_assert_num_queries):
    known, unknown = register().complaint.reference, references.make(2031, 123_456)
    for reference in (known, unknown):
        with django_assert_num_queries(1):
            assert access.find_by_secret(reference, "AAAAA-BBBBB") is None


def test_a_wrong_check_character_has_its_own_sentence(client, register):
    reference = register().complaint.reference
    wrong = reference[:-1] + ("A" if reference[-1] != "A" else "B")
    page = client.post("/track/", {"reference": wrong, "secret": "kept what I typed"})
    assert page.status_code == 422
    assert "its last letter does not fit its digits" in page.content.decode()
    assert 'href="#id_reference"' in page.content.decode()
    assert "kept what I typed" in page.content.decode()


@pytest.mark.parametrize("secret", ["", "\x00", "x" * 100_000, "密碼"])
def test_strange_secrets_are_refused_calmly(client, register, secret):
    page = client.post("/track/", {"reference": register().complaint.reference, "secret": secret})
    assert page.status_code == 422


def test_the_link_of_a_mail_opens_the_case_and_leaves_no_key_in_the_address(client, register):
    complaint = register(language="zh-hant").complaint
    page = client.get(_link(complaint))
    assert (page.status_code, page.url) == (302, f"/track/{complaint.reference}/")
    assert "Charged twice" in _page(client, complaint)
    assert client.cookies["django_language"].value == "zh-hant"


def test_a_tampered_link_or_one_for_another_case_stays_shut(client, register):
    one, other = register().complaint, register().complaint
    key = _link(one).split("key=")[1]
    for address in (
        f"/track/{one.reference}/?key={key[:-1]}",
        f"/track/{other.reference}/?key={key}",
        f"/track/{references.make(2031, 123_456)}/?key={key}",
        f"/track/{one.reference}/?key=",
        f"/track/nonsense/?key={key}",
    ):
        page = client.get(address)
        assert page.status_code == 403
        assert "does not open a complaint, or no longer" in page.content.decode()
        assert "Charged twice" not in page.content.decode()


def test_a_link_dies_with_age_and_with_a_new_secret(register):
    complaint = register().complaint
    key = _link(complaint).split("key=")[1]
    assert access.opens(complaint, key)
    with time_machine.travel(timezone.now() + access.LINK_LASTS + timedelta(minutes=1), tick=False):
        assert not access.opens(complaint, key)
    complaint.access_digest = references.digest(references.new_secret())
    assert not access.opens(complaint, key)


def test_a_link_carries_no_personal_data(register):
    complaint = register().complaint
    link = access.signed_link(complaint)
    for private in (complaint.complainant.email, "Lin", complaint.access_digest, str(complaint.pk) + ":"):
        assert private not in link


def test_a_case_opened_here_closes_with_a_new_secret_with_time_and_on_leaving(client, case):
    address = f"/track/{case.reference}/"
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1), tick=False):
        assert client.get(address).status_code == 403
    client.get(_link(case))
    assert client.post(f"{address}leave/").url == "/"
    assert client.get(address).status_code == 403
    client.get(_link(case))
    Complaint.objects.filter(pk=case.pk).update(access_digest="f" * 64)
    assert client.get(address).status_code == 403


def test_one_case_opens_no_other(client, case, register):
    assert client.get(f"/track/{register().complaint.reference}/").status_code == 403


def test_a_closed_case_and_one_that_does_not_exist_look_the_same(client, register):
    known, unknown = register().complaint.reference, references.make(2031, 123_456)
    pages = [client.get(f"/track/{reference}/") for reference in (known, unknown)]
    assert _without_token(pages[0]).replace(known, "") == _without_token(pages[1]).replace(unknown, "")


def test_what_was_written_comes_back_when_the_case_has_closed_meanwhile(client, register):
    complaint = register().complaint
    page = client.post(f"/track/{complaint.reference}/", {"act": "hear", "reply-body": "A long letter"})
    assert page.status_code == 403
    assert "A long letter" in page.content.decode()


# --- The lost secret ----------------------------------------------------------------------------------------


def test_asking_for_the_link_says_the_same_whoever_asks(client, register):
    known = register().complaint
    asked = [
        (known.reference, "LIN@example.org", 1),
        (known.reference, "stranger@example.org", 1),
        (references.make(2031, 123_456), "lin@example.org", 1),
    ]
    bodies = set()
    for reference, email, expected in asked:
        page = client.post("/track/lost/", {"reference": reference, "email": email})
        assert page.status_code == 200
        bodies.add(_without_token(page).replace(email, ""))
        assert Event.objects.filter(kind="link_requested").count() == expected
    assert len(bodies) == 1


def test_the_event_of_asking_holds_no_address(client, register):
    client.post("/track/lost/", {"reference": register().complaint.reference, "email": "lin@example.org"})
    event = Event.objects.get(kind="link_requested")
    assert event.data == {}
    assert event.actor_kind == "complainant"


def test_nobody_is_flooded_with_links(client, register):
    reference = register().complaint.reference
    for _ in range(3):
        client.post("/track/lost/", {"reference": reference, "email": "lin@example.org"})
    assert Event.objects.filter(kind="link_requested").count() == 1


def test_nobody_gets_a_link_for_a_case_without_an_address(client, register):
    reference = register(complainant=ComplainantDetails(anonymous=True)).complaint.reference
    page = client.post("/track/lost/", {"reference": reference, "email": ""})
    assert page.status_code == 422
    assert not Event.objects.filter(kind="link_requested").exists()


# --- The story ----------------------------------------------------------------------------------------------


def test_the_office_s_own_words_have_no_way_onto_the_page(client, case, agent, supervisor, picture):
    casework.acknowledge(complaint_id=case.pk, by=agent)
    casework.assign(complaint_id=case.pk, by=agent, to=supervisor)
    files = [_checked(picture(f"{CANARY}.png"))]
    correspondence.note(complaint_id=case.pk, by=agent, body=f"Note {CANARY}", files=files)
    evidence.attach(complaint_id=case.pk, by=agent, file=_checked(picture(f"{CANARY}-2.png")), internal=True)
    correspondence.reply(complaint_id=case.pk, by=agent, body="We are looking into it, patiently.")
    decisions.classify(
        complaint_id=case.pk,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons=f"Reasons {CANARY}",
        evidence=f"Evidence {CANARY}",
        told="Our people were shouted at.",
    )
    decisions.confirm_class(
        complaint_id=case.pk, digest=digests.of_class(case), by=supervisor, reasons=f"Confirmed {CANARY}"
    )
    casework.prioritise(
        complaint_id=case.pk, by=agent, impact="high", urgency="high", override="urgent", reasons=f"Why {CANARY}"
    )
    casework.resolve(
        complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons=f"For the file {CANARY}", message="Refunded."
    )
    body = _page(client, case)
    assert "We are looking into it, patiently." in body
    assert "Refunded." in body
    assert "Upheld" in body
    for internal in (CANARY, "alicious", "buse", "Urgent", "urgent", "Major", "Tier", "tier"):
        assert internal not in body
    assert case.attachments.count() == 2
    for hidden in case.attachments.all():
        assert client.get(f"/track/{case.reference}/files/{hidden.pk}/").status_code == 404


def test_the_timeline_runs_from_now_downwards(client, case, agent):
    casework.acknowledge(complaint_id=case.pk, by=agent)
    correspondence.reply(complaint_id=case.pk, by=agent, body="First news")
    casework.wait(complaint_id=case.pk, by=agent, question="Which card was it?")
    body = _page(client, case)
    told = (
        "We asked you something",
        "We wrote to you",
        "We have taken on your complaint",
        "We received your complaint",
    )
    places = [body.index(f"<h3>{heading}</h3>") for heading in told]
    assert places == sorted(places)
    assert "wait for your answer" in body


def test_a_date_that_was_not_promised_to_them_is_not_told(client, case):
    Complaint.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(days=2))
    case.clocks.all().delete()
    assert "<time" not in _page(client, case).partition("What has happened so far")[0]


def test_who_handles_it_is_named(client, case, agent, handler):
    assert "North branch" in _page(client, case)
    casework.assign(complaint_id=case.pk, by=agent, to=handler)
    handler.phone = "02-2345-6789"
    handler.save()
    body = _page(client, case)
    assert "Handler" in body
    assert "02-2345-6789" in body


def test_a_refusal_says_why_and_where_else_to_turn(client, case, supervisor):
    casework.decline(
        complaint_id=case.pk,
        by=supervisor,
        code=DeclineCode.OUTSIDE_REMIT,
        reasons="The bank decides.",
        recourse="Turn to the ombudsman of the banks.",
    )
    body = _page(client, case)
    assert "Not ours to decide" in body
    assert "Turn to the ombudsman of the banks." in body
    assert "I disagree" in body


def test_every_page_a_complainant_sees_shows_the_way_up(client, case):
    for address in ("/", f"/track/{case.reference}/"):
        assert "If you are not content with how we handle your complaint" in client.get(address).content.decode()


def test_a_long_story_costs_no_more_queries(client, case, agent, django_assert_max_num_queries, picture):
    def lengthen():
        for number in range(5):
            correspondence.reply(complaint_id=case.pk, by=agent, body=f"News {number}")
            correspondence.hear(complaint_id=case.pk, body="Answer", files=[_checked(picture())])

    lengthen()
    with django_assert_max_num_queries(50) as few:
        _page(client, case)
    lengthen()
    with django_assert_max_num_queries(len(few)):
        _page(client, case)


def test_a_case_of_every_status_can_be_looked_at(client, register, agent, supervisor):
    into = register().complaint
    ends = {
        Status.CLOSED: lambda c: (
            casework.resolve(complaint_id=c.pk, by=agent, outcome=Outcome.NO_FAULT, reasons="r", message="m"),
            casework.close(complaint_id=c.pk, by=agent, reason=CloseReason.OTHER, note="Paid back."),
        ),
        Status.WITHDRAWN: lambda c: casework.withdraw(complaint_id=c.pk, by=agent, reasons="r"),
        Status.MERGED: lambda c: casework.merge(complaint_id=c.pk, by=agent, into_id=into.pk),
    }
    for status, end in ends.items():
        complaint = register().complaint
        end(complaint)
        client.get(_link(complaint))
        body = _page(client, complaint)
        assert body.count('name="act"') == (status == Status.CLOSED), "what is closed can still be rated"
        assert into.reference not in body, "somebody else's reference is not told"


# --- Acting -------------------------------------------------------------------------------------------------


def test_a_message_arrives_with_its_evidence(client, case, picture):
    page = client.post(
        f"/track/{case.reference}/",
        {"act": "hear", "reply-body": "Here is the receipt.", "reply-evidence": [picture()]},
        follow=True,
    )
    body = page.content.decode()
    assert "Your message has arrived." in body
    assert "Here is the receipt." in body
    assert "receipt.png" in body
    [attachment] = case.attachments.all()
    assert attachment.message.body == "Here is the receipt."
    assert attachment.uploaded_by is None


def test_an_answer_ends_the_waiting(client, case, agent):
    casework.acknowledge(complaint_id=case.pk, by=agent)
    casework.wait(complaint_id=case.pk, by=agent, question="Which card was it?")
    client.post(f"/track/{case.reference}/", {"act": "hear", "reply-body": "The blue one."})
    case.refresh_from_db()
    assert case.status == Status.ASSESSING


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"reply-body": ""}, "Write something before you send it."),
        ({"reply-body": "字" * 100_000}, "100000 characters; 20000 are taken"),
    ],
)
def test_a_message_that_cannot_be_taken_is_kept_on_the_page(client, case, answers, sentence):
    page = client.post(f"/track/{case.reference}/", {"act": "hear"} | answers)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert answers["reply-body"] in page.content.decode()
    assert not case.messages.exists()


def test_with_a_bad_file_nothing_is_sent_and_the_text_stays(client, case):
    page = client.post(
        f"/track/{case.reference}/",
        {"act": "hear", "reply-body": "See the picture", "reply-evidence": [SimpleUploadedFile("x.png", b"<html>")]},
    )
    assert page.status_code == 422
    assert "is not what its name says" in page.content.decode()
    assert "See the picture" in page.content.decode()
    assert not case.messages.exists()


def test_nul_characters_in_a_message_do_no_harm(client, case):
    client.post(f"/track/{case.reference}/", {"act": "hear", "reply-body": "a\x00b"})
    assert case.messages.get().body == "ab"


def test_a_message_to_a_case_that_ended_meanwhile_is_refused_with_its_text(client, case, agent):
    casework.withdraw(complaint_id=case.pk, by=agent, reasons="By phone")
    page = client.post(f"/track/{case.reference}/", {"act": "hear", "reply-body": "Too late"})
    assert page.status_code == 422
    assert "Too late" in page.content.decode()


@pytest.fixture
def answered(case, agent):
    casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="r", message="Refunded.")
    return case


def test_the_complainant_says_that_the_answer_settles_it(client, answered):
    assert "Yes, that settles it" in _page(client, answered)
    page = client.post(f"/track/{answered.reference}/", {"act": "confirm"}, follow=True)
    assert "Your complaint is closed." in page.content.decode()
    answered.refresh_from_db()
    assert answered.status == Status.CLOSED


def test_the_complainant_disagrees_and_somebody_else_looks_again(client, answered):
    page = client.post(f"/track/{answered.reference}/", {"act": "dispute", "dispute-body": ""})
    assert page.status_code == 422
    assert "what is wrong with the answer" in page.content.decode()
    client.post(f"/track/{answered.reference}/", {"act": "dispute", "dispute-body": "Only half was paid."})
    answered.refresh_from_db()
    assert (answered.status, answered.cycle, answered.holder) == (Status.ASSESSING, 2, None)
    assert "Only half was paid." in _page(client, answered)


def test_confirming_twice_is_explained_and_not_an_error_page(client, answered):
    for _ in range(2):
        page = client.post(f"/track/{answered.reference}/", {"act": "confirm"}, follow=True)
    assert page.status_code == 200
    assert "is not possible" in page.content.decode()


@pytest.mark.parametrize("act", ["", "resolve", "note", "nonsense"])
def test_no_act_of_the_office_can_be_done_here(client, case, act):
    assert client.post(f"/track/{case.reference}/", {"act": act, "reply-body": "x"}).status_code == 400
    case.refresh_from_db()
    assert case.status == Status.RECEIVED


# --- Files --------------------------------------------------------------------------------------------------


def test_the_complainant_fetches_their_own_file_as_an_attachment(client, case, picture):
    correspondence.hear(complaint_id=case.pk, body="Here", files=[_checked(picture("收據.png"))])
    page = client.get(f"/track/{case.reference}/files/{case.attachments.get().pk}/")
    assert page.status_code == 200
    assert page["Content-Type"] == "image/png"
    assert page["Content-Disposition"].startswith("attachment;")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert b"PNG" in b"".join(page.streaming_content)


def test_the_files_of_another_case_do_not_exist_here(client, case, register, picture):
    other = register().complaint
    correspondence.hear(complaint_id=other.pk, body="Here", files=[_checked(picture())])
    file_id = other.attachments.get().pk
    assert client.get(f"/track/{case.reference}/files/{file_id}/").status_code == 404
    assert client.get(f"/track/{other.reference}/files/{file_id}/").status_code == 403
    assert Client().get(f"/track/{case.reference}/files/{file_id}/").status_code == 403
    assert client.get(f"/track/{case.reference}/files/{'9' * 30}/").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_found_rather_than_an_error(client, case, picture):
    correspondence.hear(complaint_id=case.pk, body="Here", files=[_checked(picture())])
    attachment = case.attachments.get()
    attachment.file.storage.delete(attachment.file.name)
    assert client.get(f"/track/{case.reference}/files/{attachment.pk}/").status_code == 404


def test_a_bare_row_without_events_can_be_looked_at(client):
    complaint = ComplaintFactory(access_digest=references.digest("AAAAA"))
    client.get(_link(complaint))
    assert "Charged twice" in _page(client, complaint)


def _checked(file) -> evidence.CheckedFile:
    return evidence.check_file(file)
