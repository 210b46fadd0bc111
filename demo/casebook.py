"""The complaints of the demo office, registered and worked on through the same services as real ones.

When a complaint was received is written relative to now, so that the office looks the same at any hour of any day:
`{"hours": 20, "working_hours": 3}` is the later of 20 hours ago and 3 working hours ago. The first keeps the promise
that counts every hour, the second the one that counts office hours; `{"working_hours": 6}` alone has broken one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Department
from complaints.imports.rows import PastAnswer, PastComplaint
from complaints.models import Category, Complaint
from complaints.services import importing, intake
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Channel, Demand, Form, Grade, Outcome, SubjectKind, Track
from demo import acts, documents
from demo.acts import Stage
from demo.people import People
from escalation.calendars import Calendar

FORMER_REGISTER = "Paper register"
"""Where the complaints that had been answered before the office opened have their numbers from."""

LONGEST_AGO = timedelta(days=120)

Entry = dict[str, Any]


def fill(
    *,
    places: Mapping[str, Department],
    categories: Mapping[str, Category],
    people: People,
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> Mapping[str, Complaint]:
    """Register every complaint, oldest first, then let happen to each what its document says. By their keys."""
    entries: list[Entry] = [entry for name in documents.names("complaints") for entry in documents.read(name)]
    received = {entry["key"]: received_at(entry, calendars, now) for entry in entries}
    complaints: dict[str, Complaint] = {}
    for entry in sorted(entries, key=lambda entry: received[entry["key"]]):
        registration = _registration(entry, received[entry["key"]], places, categories, people)
        complaints[entry["key"]] = _take_in(entry, registration, people, calendars)
    stage = Stage(people, complaints)
    for entry in entries:
        for act in entry.get("acts", ()):
            acts.play(act, complaints[entry["key"]], stage)
    return complaints


def received_at(entry: Entry, calendars: Mapping[str, Calendar], now: datetime) -> datetime:
    """The moment at which the complaint came in."""
    if "answered" in entry:
        return working_ago(_calendar(entry, calendars), now, entry["answered"]["working_hours_ago"])
    given = entry["received"]
    moments = []
    if "hours" in given:
        moments.append(now - timedelta(hours=given["hours"]))
    if "working_hours" in given:
        moments.append(working_ago(_calendar(entry, calendars), now, given["working_hours"]))
    return max(moments)


def working_ago(calendar: Calendar, now: datetime, hours: float) -> datetime:
    """The last moment since which so many working hours have gone by."""
    early, late = now - LONGEST_AGO, now
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if calendar.measure(middle, now) >= hours * 3600:
            early = middle
        else:
            late = middle
    return early


def _calendar(entry: Entry, calendars: Mapping[str, Calendar]) -> Calendar:
    """The calendar of the branch; head office and its departments keep the hours of Taipei."""
    return calendars.get(entry["department"], calendars["taipei"])


def _take_in(entry: Entry, registration: Registration, people: People, calendars: Mapping[str, Calendar]) -> Complaint:
    if "answered" not in entry:
        by = people[entry["by"]] if "by" in entry else None
        return intake.register(registration=registration, by=by).complaint
    answered, answer = entry["answered"], entry["answer"]
    if registration.received_at is None:
        raise ValueError("A complaint of the former register says when it was received.")
    told_at = _calendar(entry, calendars).advance(registration.received_at, answered["after_working_hours"] * 3600)
    past = PastComplaint(
        number=answered["number"],
        registration=registration,
        answer=PastAnswer(told_at, Outcome(answer["outcome"]), answer["reasons"], answer["message"]),
    )
    return importing.take_over(past=past, system=FORMER_REGISTER, by=people[entry["by"]])


def _registration(
    entry: Entry,
    received: datetime,
    places: Mapping[str, Department],
    categories: Mapping[str, Category],
    people: People,
) -> Registration:
    hours_before = entry.get("occurred_hours_before")
    return Registration(
        subject=entry["subject"],
        description=entry["description"],
        summary=entry.get("summary", ""),
        channel=Channel(entry["channel"]),
        form=Form(entry.get("form", Form.WRITTEN)),
        track=Track(entry.get("track", Track.COMPLAINT)),
        language=entry["language"],
        department=places[entry["department"]],
        category=categories[entry["category"]],
        impact=Grade(entry.get("impact", Grade.MEDIUM)),
        urgency=Grade(entry.get("urgency", Grade.MEDIUM)),
        received_at=received,
        occurred_at=received - timedelta(hours=hours_before) if hours_before else None,
        complainant=ComplainantDetails(**entry["complainant"]),
        subjects=[
            SubjectDetails(
                name=given["name"],
                kind=SubjectKind(given["kind"]),
                reference=given.get("reference", ""),
                user=people[given["user"]] if "user" in given else None,
            )
            for given in entry.get("subjects", ())
        ],
        demands=[Demand(code) for code in entry.get("demands", ())],
        demand_note=entry.get("demand_note", ""),
        suggestion=entry.get("suggestion", ""),
        read_back=entry.get("read_back", False),
    )
