"""The final response on the desk, and the slips for paper."""

import pytest
from django.urls import reverse
from django.utils import timezone

from common import typesetting
from complaints.models import CirclePlace, FinalResponse, Message, ResponseRule
from complaints.responding import Part, Text
from complaints.services import matters, responses, tasks
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome

ANSWERS = {
    "outcome": "upheld",
    "concern": "You were charged twice.",
    "considered": "We read the journal.",
    "finding": "The second charge was ours.",
    "reasons": "One purchase, one charge.",
    "remedy": "It is cancelled.",
    "recourse": "The board.",
    "contact": "Agent",
}


@pytest.fixture
def quick_type(monkeypatch):
    """Setting type takes half a second; that it is right is asked elsewhere."""
    monkeypatch.setattr(typesetting, "pdf", lambda **_letter: b"%PDF-1.4\n%%EOF\n")


@pytest.mark.usefixtures("quick_type")
def test_the_letter_goes_its_way_by_forms(desk, complaint, agent, supervisor, words):
    writer, senior = desk(agent), desk(supervisor)
    page = words(writer.opens(complaint, "response"))
    assert "No letter has been written" in page
    form = words(writer.opens(complaint, "draft-response"))
    assert "What we found</label>" in form, "it is needed"
    assert "What we change <span" in form, "this is optional"
    assert "Charged twice" in form, "what is known already is filled in"
    answer = writer.does("draft-response", complaint, **ANSWERS | {"finding": ""})
    assert answer["Location"] == reverse("desk:response", args=[complaint.reference])
    page = words(writer.opens(complaint, "response"))
    assert "The part “What we found” is missing." in page
    assert "You were charged twice." in page
    assert writer.does("send-response", complaint).status_code == 422
    assert writer.does("draft-response", complaint, **ANSWERS, ready="on").status_code == 302
    assert "Charged twice" in words(senior.get(reverse("desk:my-work")))
    assert "Waits for a second person" in words(senior.opens(complaint))
    assert senior.does("return-response", complaint, reasons="Name the day.").status_code == 302
    assert "Name the day." in words(writer.opens(complaint, "response"))
    assert writer.does("draft-response", complaint, **ANSWERS, ready="on").status_code == 302
    assert senior.does("approve-response", complaint).status_code == 302
    page = words(writer.opens(complaint, "response"))
    assert "Nothing is missing." in page
    assert "Name the day." not in page
    answer = writer.does("send-response", complaint, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("desk:dossier", args=[complaint.reference])
    response = FinalResponse.objects.get()
    assert response.state == "sent"
    dossier = words(writer.opens(complaint))
    assert "answered the complaint with a final response: Upheld." in dossier
    assert f"{complaint.reference}.pdf" in dossier
    page = words(writer.opens(complaint, "response"))
    assert response.file.sha256 in page
    file = writer.get(reverse("desk:file", args=[complaint.reference, response.file_id]))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"].startswith("attachment")
    file.close()


@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_not_right_comes_back(desk, complaint, agent, words, htmx):
    headers = {"HX-Request": "true"} if htmx else None
    for wrong in (
        {"outcome": "withdrawn"},
        {"until": "soon"},
        {"until": "2020-01-01"},
        {"finding": "x" * 20_001},
        {"finding": "\x00"},
    ):
        answer = desk(agent).does("draft-response", complaint, **ANSWERS | wrong, headers=headers)
        assert answer.status_code == 422, wrong
    assert desk(agent).does("draft-response", complaint, headers=headers).status_code == 422, "nothing at all"
    assert not FinalResponse.objects.exists()


def test_a_stale_letter_overwrites_nothing(desk, complaint, agent):
    writer = desk(agent)
    assert writer.does("draft-response", complaint, version=0, **ANSWERS).status_code == 409


def test_acts_that_are_not_possible_say_why(desk, complaint, agent, supervisor, words):
    page = words(desk(agent).opens(complaint, "response"))
    assert "No final response has been written yet." in page
    ResponseRule.objects.create(code="r", name="R", parts=["reasons"], four_eyes=True)
    desk(supervisor).does("draft-response", complaint, **ANSWERS)
    page = words(desk(supervisor).opens(complaint, "response"))
    assert "A second person must approve this letter" in page
    assert "These may do it" in words(desk(agent).opens(complaint, "approve-response"))
    answer = desk(agent).does("send-response", complaint, headers={"Accept": "text/html"})
    assert answer.status_code in (302, 409)
    assert not FinalResponse.objects.filter(state="sent").exists()


@pytest.mark.parametrize(
    "act", ["response", "draft-response", "preview-response", "print-registration", "print-assignment"]
)
def test_others_find_nothing_here(desk, complaint, outsider, act):
    assert desk(outsider).opens(complaint, act).status_code == 404


@pytest.mark.slow
def test_the_preview_is_a_pdf_to_be_saved(desk, complaint, agent):
    writer = desk(agent)
    assert writer.opens(complaint, "preview-response").status_code == 302
    writer.does("draft-response", complaint, **ANSWERS)
    preview = writer.opens(complaint, "preview-response")
    assert preview["Content-Type"] == "application/pdf"
    assert preview["Content-Disposition"].startswith("attachment")
    assert preview.content.startswith(b"%PDF-")
    writer.does("send-response", complaint)
    assert "/files/" in writer.opens(complaint, "preview-response")["Location"]


@pytest.mark.usefixtures("quick_type")
def test_a_letter_shows_words_that_promise_too_much(desk, complaint, agent, words):
    writer = desk(agent)
    writer.does("draft-response", complaint, **ANSWERS | {"changed": "We guarantee it."})
    assert "may promise more than we can keep" in words(writer.opens(complaint, "response"))
    assert writer.does("send-response", complaint).status_code == 302, "a warning, not a refusal"


@pytest.mark.parametrize(
    ("act", "field", "more"),
    [("reply", "body", {}), ("resolve", "message", {"outcome": "upheld", "reasons": "x"})],
)
def test_a_reply_that_promises_too_much_is_asked_about_once(desk, complaint, agent, words, act, field, more):
    writer = desk(agent)
    first = writer.does(act, complaint, **{field: "我們保證不會再發生。"}, **more)
    assert first.status_code == 422
    page = words(first)
    assert "“保證”" in page
    assert "我們保證不會再發生。" in page, "nothing that was typed is lost"
    assert not Message.objects.filter(kind="reply").exists()
    assert "seen_words" in page
    other = writer.does(act, complaint, **{field: "We guarantee it."}, seen_words="保證|不會再發生", **more)
    assert other.status_code == 422, "other words are asked about again"
    again = writer.does(act, complaint, **{field: "我們保證不會再發生。"}, seen_words="不會再發生|保證", **more)
    assert again.status_code == 302
    assert Message.objects.filter(kind="reply").count() == 1


def test_a_plain_reply_is_not_asked_about(desk, complaint, agent):
    assert desk(agent).does("reply", complaint, body="We are looking into it.").status_code == 302


@pytest.mark.usefixtures("quick_type")
def test_a_letter_about_several_matters_asks_for_each(desk, complaint, agent, words):
    parts = [matters.Part("Charged twice"), matters.Part("Rude at the till")]
    matters.split(complaint_id=complaint.pk, by=agent, parts=parts)
    given = {"complaint_id": complaint.pk, "by": agent, "finding": "Found.", "reasons": "x"}
    for number in (1, 2):
        matters.settle(**given, number=number, outcome=Outcome.UPHELD)
    writer = desk(agent)
    form = words(writer.opens(complaint, "draft-response"))
    assert "Matter 2: What we found" in form
    assert "Rude at the till" in form
    answers = {name: text for name, text in ANSWERS.items() if name in ("considered", "recourse", "contact")}
    for number in (1, 2):
        answers |= {f"{name}_{number}": "x" for name in ("concern", "finding", "reasons")}
    assert writer.does("draft-response", complaint, **answers).status_code == 302
    page = words(writer.opens(complaint, "response"))
    assert "Matter 2: the part “What we do for you” is missing." in page
    answers |= {"remedy_1": "x", "remedy_2": "x"}
    writer.does("draft-response", complaint, **answers)
    assert writer.does("send-response", complaint).status_code == 302
    assert FinalResponse.objects.get().outcome == "upheld"


# --- slips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans", "", "xx"])
@pytest.mark.parametrize("slip", ["print-registration", "print-assignment"])
def test_slips_are_printed_in_each_language(desk, complaint, agent, branch, words, slip, language):
    tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.SITE_VISIT, what="Look.", department=branch)
    address = reverse(f"desk:{slip}", args=[complaint.reference])
    page = words(desk(agent).get(f"{address}?language={language}"))
    assert complaint.reference in page
    assert "Lin Mei-hua" in page
    assert f'<article class="card letter" lang="{language if language not in ("", "xx") else "en"}">' in page


def test_the_registration_form_tells_nothing_that_only_the_office_knows(desk, register, agent, words):
    complaint = register(summary="Troublemaker", suggestion="A sign").complaint
    page = words(desk(agent).opens(complaint, "print-registration"))
    assert "Troublemaker" not in page
    assert "A sign" in page
    assert "Troublemaker" in words(desk(agent).opens(complaint, "print-assignment"))


def test_who_reports_wrongdoing_is_not_named_on_the_assignment_slip(desk, register, agent, words):
    complaint = register(track="report").complaint
    CirclePlace.objects.create(complaint=complaint, user=agent, admitted_at=timezone.now())
    page = words(desk(agent).opens(complaint, "print-assignment"))
    assert "Lin Mei-hua" not in page
    assert "Kept secret" in page


# --- cost ---------------------------------------------------------------------------------------------------


def test_letters_cost_the_pages_the_same(
    desk, complaint, register, agent, supervisor, django_assert_num_queries, django_assert_max_num_queries
):
    def written(parts, one):
        texts = [Text(part, "x") for part in parts]
        responses.draft(complaint_id=one.pk, by=agent, outcome=Outcome.UPHELD, texts=texts)

    def handed_over():
        texts = [Text(part, "x") for part in Part]
        given = {"by": agent, "outcome": Outcome.UPHELD, "texts": texts, "ready": True}
        responses.draft(complaint_id=register().complaint.pk, **given)

    senior = desk(supervisor)
    pages = [
        reverse("desk:dossier", args=[complaint.reference]),
        reverse("desk:response", args=[complaint.reference]),
        reverse("desk:my-work"),
    ]
    written(list(Part)[:2], complaint)
    handed_over()
    counts = []
    for page in pages:
        senior.get(page)
        with django_assert_max_num_queries(70) as count:
            senior.get(page)
        counts.append(len(count))
    written(list(Part), complaint)
    handed_over()
    for page, count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            senior.get(page)
