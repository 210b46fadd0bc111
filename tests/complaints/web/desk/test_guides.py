"""Guides on the desk: the panel of the dossier, the steps while registering, templates in forms, and keeping them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.judging import Cause
from complaints.models import Category, Complaint, Guide, Message, ReplyTemplate
from complaints.responding import Part
from complaints.services import casework, guides
from complaints.services.guides import GuideDraft, TemplateDraft
from tests.factories import CategoryFactory

SOON = f"{timezone.now() + timedelta(days=30):%Y-%m-%d}T12:00"


def _guide(code, title, **draft):
    texts = {"en": {"title": title, "body": "# Do\n- <b>Ask</b> first."}}
    return guides.add_guide(by=None, code=code, draft=GuideDraft(texts, **draft))


def _template(code="receipt", body="Dear {name}, {reference}.", *, language="en", **draft):
    texts = {language: {"name": f"The {code}", "subject": "About {subject}", "body": body}}
    return guides.add_template(by=None, code=code, draft=TemplateDraft(texts, **draft))


def test_the_dossier_shows_what_fits_and_the_six_steps(desk, handler, complaint, words):
    billing = CategoryFactory(code="billing")
    Complaint.objects.update(category=billing)
    _guide("fits", "Charged twice", categories=[billing])
    _guide("not", "Somebody was rude", causes=[Cause.CONDUCT])
    shown = words(desk(handler).opens(complaint))
    assert "Charged twice" in shown
    assert "<b>Ask</b>" not in desk(handler).opens(complaint).content.decode()
    assert "Somebody was rude" not in shown
    assert "Share their feeling" in shown
    category = desk(handler).get(
        reverse("desk:guides-fitting"), {"category": billing.pk}, headers={"HX-Request": "true"}
    )
    assert "Charged twice" in words(category)
    assert "<html" not in words(category)
    for nonsense in ("", "x", "9" * 30, "²"):
        page = desk(handler).get(reverse("desk:guides-fitting"), {"category": nonsense})
        assert "Charged twice" not in words(page)


def test_the_dossier_asks_no_more_for_many_guides_and_templates(desk, handler, complaint):
    visitor = desk(handler)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            visitor.opens(complaint)
        return len(asked)

    _guide("g0", "One")
    _template("t0")
    queries()  # sessions and content types are warm
    few = queries()
    for number in range(1, 5):
        _guide(f"g{number}", "More", categories=[CategoryFactory()] if number % 2 else [])
        _template(f"t{number}")
    assert queries() == few


def test_the_steps_of_the_talk_are_kept_with_the_complaint(desk, agent, branch, words):
    page = desk(agent).get(reverse("desk:register"))
    assert words(page).count('name="steps"') == 6
    sent = desk(agent).post(
        reverse("desk:register"),
        {
            "channel": "phone",
            "form": "oral",
            "language": "en",
            "track": "complaint",
            "subject": "Charged twice",
            "description": "Twice on one day.",
            "department": branch.pk,
            "impact": "medium",
            "urgency": "medium",
            "steps": ["listen", "clarify"],
            "subjects-TOTAL_FORMS": 0,
            "subjects-INITIAL_FORMS": 0,
        },
    )
    assert sent.status_code == 302
    registered = Complaint.objects.get()
    assert registered.events.first().data["steps"] == ["listen", "clarify"]
    assert "Steps of the talk: Listen, Clarify." in words(desk(agent).opens(registered))
    desk(agent).does("note", registered, body="Called again.", steps=["confirm"])
    assert "Steps of the talk: Confirm." in words(desk(agent).opens(registered))
    assert desk(agent).does("note", registered, body="x", steps=["dance"]).status_code == 422


def test_a_template_is_put_in_edited_and_sent_and_a_gap_holds_it_back(desk, handler, complaint, words):
    _template(body="Dear {name}, this is guaranteed by {due_date}.")
    Complaint.objects.update(language="zh-hant")
    writer = desk(handler)
    assert "The receipt (not in Traditional Chinese)" in words(writer.opens(complaint))
    put = writer.does("reply", complaint, body="Thank you.", template="receipt", insert="1")
    shown = words(put)
    assert put.status_code == 200
    assert "Thank you.\n\nAbout Charged twice\n\nDear Lin Mei-hua, this is guaranteed by {due_date}." in shown
    assert "is not written in Traditional Chinese" in shown
    assert "Fill this in or take it out before it is sent: {due_date}" in shown
    assert not Message.objects.exists()
    held = writer.does("reply", complaint, body="Dear Lin, by {due_date}.", template="receipt")
    assert held.status_code == 422
    assert "{due_date}" in words(held)
    warned = writer.does("reply", complaint, body="Dear Lin, this is guaranteed.")
    assert warned.status_code == 422
    assert "may promise more than we can keep" in words(warned)
    assert writer.does("reply", complaint, body="Dear Lin, it is done.", template="receipt").status_code == 302
    assert Message.objects.get().body == "Dear Lin, it is done."


def test_putting_a_template_in_keeps_what_was_typed_and_the_version_that_was_seen(desk, handler, complaint, words):
    _template()
    _template("off", is_active=False)
    writer = desk(handler)
    part = writer.does(
        "reply",
        complaint,
        version=7,
        body="",
        template="receipt",
        insert="1",
        promise_until=SOON,
        headers={"HX-Request": "true"},
    )
    assert 'id="reply-template-part"' in words(part)
    assert "<html" not in words(part)
    assert 'name="version" value="7"' in words(part)
    assert f'value="{SOON}"' in words(part)
    for chosen in ("", "nothing", "off"):
        again = writer.does("reply", complaint, body="Kept.", template=chosen, insert="1")
        assert "Choose a template first." in words(again)
        assert "Kept." in words(again)


@pytest.mark.parametrize(("act", "field"), [("wait", "question"), ("resolve", "message")])
def test_other_letters_take_templates_as_well(desk, handler, complaint, words, act, field):
    casework.acknowledge(complaint_id=complaint.pk, by=handler)
    _template()
    put = desk(handler).does(act, complaint, template="receipt", insert="1", **{field: ""})
    assert f"Dear Lin Mei-hua, {complaint.reference}." in words(put)
    assert "may not be empty" not in words(put)


def test_parts_of_the_final_response_take_templates_of_their_own(desk, handler, complaint, words):
    casework.acknowledge(complaint_id=complaint.pk, by=handler)
    _template()
    _template("ask", "Ask {contact}.", part=Part.CONTACT)
    writer = desk(handler)
    page = words(writer.opens(complaint, "draft-response"))
    assert "Whom to ask: The ask" in page
    assert "The receipt" not in page
    put = writer.does(
        "draft-response", complaint, template="ask:contact", insert="1", reasons="We looked.", contact=""
    )
    assert "Ask North branch." in words(put)
    assert "We looked." in words(put)
    assert not complaint.responses.exists()
    assert "Choose a template first" in words(writer.does("draft-response", complaint, template="ask:x", insert="1"))
    left = {"template": "", "contact": "Ask {holder}.", "reasons": "We looked.", "outcome": "no_fault"}
    assert writer.does("draft-response", complaint, **left).status_code == 302
    assert "Fill this in or take it out before it is sent: {holder}" in words(writer.opens(complaint, "response"))


def test_managers_keep_the_guides_of_their_department(desk, manager, handler, administrator, branch, words):
    CategoryFactory(code="billing")
    general = _guide("general", "For all")
    new = {
        "code": "refunds",
        "title_en": "Refunds",
        "body_en": "Pay it back.",
        "title_zh-hant": "退款",
        "body_zh-hant": "退還款項。",
        "position": 5,
        "is_active": "on",
        "categories": [Category.objects.get().pk],
        "causes": ["mistake"],
        "kinds": ["harm"],
        "department": branch.pk,
    }
    keeper, reader = desk(manager), desk(handler)
    address = reverse("desk:guide-new")
    assert "All departments" not in words(keeper.get(address))
    refused = keeper.post(address, new | {"department": ""})
    assert refused.status_code == 422
    assert keeper.post(address, new | {"title_zh-hant": ""}).status_code == 422
    assert keeper.post(address, new).status_code == 302
    kept = Guide.objects.get(code="refunds")
    assert (kept.languages, kept.causes, kept.kinds, kept.changed_by) == (
        ["en", "zh-hant"],
        ["mistake"],
        ["harm"],
        manager,
    )
    assert "Another one has this code already." in words(keeper.post(address, new))
    listed = words(reader.get(reverse("desk:guides")))
    assert "Refunds" in listed
    assert "Not written in" in listed
    assert reverse("desk:guide", args=["refunds"]) not in listed
    assert reverse("desk:guide", args=["refunds"]) in words(keeper.get(reverse("desk:guides")))
    for visitor, code in [(reader, "refunds"), (keeper, general.code)]:
        assert visitor.get(reverse("desk:guide", args=[code])).status_code == 403
    assert reader.get(address).status_code == 403
    assert 'value="5"' in words(keeper.get(reverse("desk:guide", args=["refunds"])))
    changed = {name: value for name, value in new.items() if name not in ("code", "is_active")} | {"version": 1}
    assert desk(administrator).post(reverse("desk:guide", args=["refunds"]), changed).status_code == 302
    kept.refresh_from_db()
    assert (kept.is_active, kept.version, kept.changed_by) == (False, 2, administrator)
    stale = keeper.post(reverse("desk:guide", args=["refunds"]), changed)
    assert stale.status_code == 422
    assert "Somebody else has changed this meanwhile" in words(stale)


def test_a_template_with_an_unknown_placeholder_or_a_great_promise_is_pointed_out(desk, administrator, words):
    writer, address = desk(administrator), reverse("desk:template-new")
    new = {"code": "receipt", "name_en": "Receipt", "body_en": "Dear {customer}", "position": 1, "part": ""}
    refused = writer.post(address, new)
    assert refused.status_code == 422
    assert "There is no placeholder {customer}." in words(refused)
    warned = writer.post(address, new | {"body_en": "We guarantee it, {name}."})
    assert warned.status_code == 422
    assert "may promise more than we can keep" in words(warned)
    meant = new | {"body_en": "We guarantee it, {name}.", "seen_words": "guarantee"}
    assert writer.post(address, meant).status_code == 302
    row = ReplyTemplate.objects.get()
    assert "{due_date}" in words(writer.get(reverse("desk:template", args=[row.code])))
    assert "We guarantee it, {name}." in words(writer.get(reverse("desk:guides")))
