"""Filling in a template: what the complainant may read, in their language; what is not known stays visible."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from complaints.classes import ComplaintClass, Kind
from complaints.errors import Invalid, ResponseIncomplete
from complaints.models import Event, Message
from complaints.placeholders import Placeholder
from complaints.remedying import RemedyKind
from complaints.responding import Part, Text
from complaints.selectors import filling
from complaints.services import (
    casework,
    correspondence,
    decisions,
    guides,
    matters,
    offers,
    remedies,
    responses,
    splitting,
)
from complaints.services.guides import TemplateDraft
from complaints.services.intake import ComplainantDetails
from complaints.vocabulary import DeclineCode, Outcome
from tests.factories.escalation import publish_calendar, publish_policy

EVERYTHING = " | ".join(f"{each}={{{each}}}" for each in Placeholder)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=ZoneInfo("UTC"))


def _template(**texts):
    written = {language.replace("_", "-"): {"name": "t", "body": body} for language, body in texts.items()}
    return guides.add_template(by=None, code="t", draft=TemplateDraft(written))


def test_every_value_is_as_the_complainant_reads_it(register, branch, agent, handler):
    publish_calendar()
    publish_policy()
    complaint = register(language="zh-hant").complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    complaint.refresh_from_db()
    template = _template(zh_hant=EVERYTHING)
    with translation.override("en"), timezone.override("UTC"):
        filled = filling.fill(template, complaint, by=agent, at=timezone.now())
    told = dict(part.split("=", 1) for part in filled.body.split(" | "))
    assert filled.missing == (Placeholder.CATEGORY,)
    assert filled.falls_back is False
    assert (told["reference"], told["name"], told["holder"]) == (complaint.reference, "Lin Mei-hua", "Handler")
    assert told["contact"].startswith("Handler")
    assert told["sender"] == "Agent"
    assert told["link"].endswith(f"/track/{complaint.reference}/")  # no key: that is only ever in the mail
    assert "年" in told["received_on"] or "月" in told["received_on"]
    assert complaint.due_at
    branch.desk_name, branch.desk_phone = "Service desk", "02-1234"
    branch.save()
    complaint.refresh_from_db()
    in_english = _template_of("{holder}, {sender}, {contact}")
    again = filling.fill(in_english, complaint, by=agent, at=NOW)
    assert again.body == "Service desk, Service desk, Service desk, North branch, phone 02-1234"
    branch.desk_translations = {"zh-hant": "客服專線"}
    branch.save()
    complaint.refresh_from_db()
    draft = TemplateDraft({"zh-hant": {"name": "n", "body": "{holder}, {sender}"}})
    again = filling.fill(guides.add_template(by=None, code="zh", draft=draft), complaint, by=agent, at=NOW)
    assert again.body == "客服專線, 客服專線", "in the language of the complaint"
    branch.desk_name, branch.desk_translations, branch.desk_phone = branch.label(), {}, ""
    branch.save()
    complaint.refresh_from_db()
    again = filling.fill(in_english, complaint, by=agent, at=NOW)
    assert again.body == "North branch, North branch, North branch", "a desk named as its department is named once"


def _template_of(body):
    return guides.add_template(by=None, code="other", draft=TemplateDraft({"en": {"name": "n", "body": body}}))


def test_only_dates_that_were_promised_and_lie_ahead_are_named(register, agent):
    publish_calendar()
    publish_policy()
    complaint = register().complaint
    template = _template(en="By {due_date}")

    def missing(**options):
        return filling.fill(template, complaint, by=agent, **options).missing

    assert missing(at=timezone.now()) == ()
    resolution = complaint.clocks.get(kind="resolution").due_at
    assert missing(at=resolution - timedelta(seconds=1)) == ()
    assert missing(at=resolution) == (Placeholder.DUE_DATE,)  # gone by: no promise any more
    assert missing(at=resolution, promise_until=resolution + timedelta(days=1)) == ()


def test_without_a_name_or_a_date_the_gap_stays_and_is_named(register, agent):
    complaint = register(complainant=ComplainantDetails(name="Lin", anonymous=True), language="zh-hans").complaint
    filled = filling.fill(_template(en="Dear {name}, by {due_date}."), complaint, by=agent, at=timezone.now())
    assert filled.body == "Dear {name}, by {due_date}."
    assert filled.missing == (Placeholder.NAME, Placeholder.DUE_DATE)
    fallback, gap = filled.remarks
    assert "Simplified Chinese" in fallback
    assert "English" in fallback
    assert "{name}" in gap


def test_nothing_with_a_gap_reaches_the_complainant(register, agent, supervisor):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    pk, gap = complaint.pk, "By {due_date}"
    acts = [
        ("body", lambda: correspondence.reply(complaint_id=pk, by=agent, body=gap)),
        ("question", lambda: casework.wait(complaint_id=pk, by=agent, question=gap)),
        (
            "message",
            lambda: casework.resolve(
                complaint_id=pk, by=agent, outcome=Outcome.NO_FAULT, reasons="Looked into.", message=gap
            ),
        ),
        (
            "recourse",
            lambda: casework.decline(
                complaint_id=pk, by=supervisor, code=DeclineCode.OUT_OF_TIME, reasons="Too late.", recourse=gap
            ),
        ),
        ("what", lambda: remedies.plan(complaint_id=pk, by=agent, kind=RemedyKind.APOLOGY, what=gap)),
        ("message", lambda: offers.offer(complaint_id=pk, by=agent, options=[[1]], message=gap)),
        (
            "finding",
            lambda: matters.settle(
                complaint_id=pk, number=1, by=agent, outcome=Outcome.NO_FAULT, finding=gap, reasons="Seen."
            ),
        ),
        ("message", lambda: splitting.split_off(complaint_id=pk, number=1, by=agent, message=gap)),
        (
            "told",
            lambda: decisions.classify(
                complaint_id=pk,
                by=agent,
                complaint_class=ComplaintClass.MALICIOUS,
                kind=Kind.ABUSE,
                reasons="Shouts.",
                evidence="A recording.",
                told=gap,
            ),
        ),
    ]
    correspondence.reply(complaint_id=pk, by=agent, body="Here is how it came about.")
    remedies.plan(complaint_id=pk, by=agent, kind=RemedyKind.APOLOGY, what="We say sorry.")
    matters.split(complaint_id=pk, by=agent, parts=[matters.Part("The bill"), matters.Part("The noise")])
    events = Event.objects.count()
    for field, act in acts:
        with pytest.raises(Invalid, match="due_date") as refusal:
            act()
        assert list(refusal.value.errors) == [field]
    texts = [Text(part, "Something.") for part in Part if part != Part.CONTACT] + [Text(Part.CONTACT, gap)]
    assert Event.objects.count() == events
    for number in (1, 2):
        matters.drop(complaint_id=pk, number=number, by=agent, reasons="Named twice.")
    remedies.drop(complaint_id=pk, number=1, by=agent, reasons="Not needed.")
    responses.draft(complaint_id=pk, by=agent, outcome=Outcome.NO_FAULT, texts=texts)
    with pytest.raises(ResponseIncomplete) as refusal:
        responses.send(complaint_id=pk, by=agent)
    assert list(refusal.value.errors) == ["contact"]
    assert not Message.objects.filter(body__contains="{due_date}").exists()


def test_a_note_may_say_what_it_likes_and_keeps_the_steps_of_a_talk(register, agent):
    complaint = register().complaint
    correspondence.note(complaint_id=complaint.pk, by=agent, body="Use {due_date}", steps=["confirm", "listen"])
    assert complaint.events.get(kind="note").data["steps"] == ["listen", "confirm"]
