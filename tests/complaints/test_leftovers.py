"""Clearing up: what has had its time goes, what is still wanted stays, twice is as good as once."""

import os
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import ApiToken
from complaints.models import Attachment, Draft, DraftFile, IdempotentCreate
from complaints.services import drafts, evidence, intake, leftovers
from complaints.tasks import sweep_out_files, sweep_out_leftovers

pytestmark = pytest.mark.django_db


def _draft(*, age: timedelta) -> drafts.Begun:
    begun = drafts.begin()
    drafts.add_file(draft_id=begun.draft.pk, file=evidence.check_file(ContentFile(b"a letter", name="letter.txt")))
    Draft.objects.filter(pk=begun.draft.pk).update(updated_at=timezone.now() - age)
    return begun


def test_an_old_draft_goes_with_its_files_and_a_young_one_stays():
    old, young = _draft(age=timedelta(days=14, seconds=1)), _draft(age=timedelta(days=13))
    gone, kept = (DraftFile.objects.get(draft=one.draft).file for one in (old, young))
    for _ in range(2):
        sweep_out_leftovers()
    assert list(Draft.objects.all()) == [young.draft]
    assert not gone.storage.exists(gone.name)
    assert kept.storage.exists(kept.name)
    assert drafts.find(old.key) is None
    assert drafts.find(young.key) == young.draft


def test_evidence_that_was_sent_stays_when_its_draft_is_swept_out(head_office):
    begun = _draft(age=timedelta())
    registration = intake.Registration(subject="x", description="y")
    complaint = drafts.send(draft_id=begun.draft.pk, key=begun.key, registration=registration)
    Draft.objects.update(updated_at=timezone.now() - drafts.RECEIPT_LASTS)
    sweep_out_leftovers()
    assert not Draft.objects.exists()
    attachment = Attachment.objects.get(complaint=complaint)
    with attachment.file.open("rb") as content:
        assert content.read() == b"a letter"


def test_a_refused_sending_moves_nothing(head_office):
    begun = _draft(age=timedelta())
    with pytest.raises(intake.Invalid):
        drafts.send(
            draft_id=begun.draft.pk, key=begun.key, registration=intake.Registration(subject="", description="")
        )
    assert DraftFile.objects.get().draft == begun.draft
    assert not Attachment.objects.exists()


def test_more_leftovers_than_one_batch_all_go(monkeypatch):
    monkeypatch.setattr(drafts, "BATCH", 2)
    for _ in range(5):
        _draft(age=timedelta(days=20))
    assert drafts.sweep_out(now=timezone.now()) == 5


def test_old_memories_of_creates_and_ended_sessions_go(agent, register):
    token = ApiToken.objects.create(user=agent, name="t", prefix="x", digest="0" * 64)
    complaint = register().complaint
    for key, age in (("old", timedelta(days=8)), ("young", timedelta(days=6))):
        IdempotentCreate.objects.create(
            token=token, key=key, request_digest="0" * 64, complaint=complaint, created_at=timezone.now() - age
        )
    for age in (timedelta(days=-1), timedelta(days=1)):
        Session.objects.create(session_key=f"key{age.days}", session_data="", expire_date=timezone.now() + age)
    sweep_out_leftovers()
    assert [one.key for one in IdempotentCreate.objects.all()] == ["young"]
    assert [one.session_key for one in Session.objects.all()] == ["key1"]


def test_the_sessions_in_use_are_the_ones_cleared(settings):
    assert import_module(settings.SESSION_ENGINE).SessionStore.get_model_class() is Session


def _stored(settings, name, *, age: timedelta) -> Path:
    """Bytes of which no row knows, as an act that was undone leaves them."""
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a letter")
    stamp = (timezone.now() - age).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def _grown_old(field) -> Path:
    stamp = (timezone.now() - timedelta(days=40)).timestamp()
    os.utime(field.path, (stamp, stamp))
    return Path(field.path)


def test_bytes_that_an_undone_act_left_behind_go_after_a_day(settings, register, agent):
    complaint = register().complaint
    file = evidence.check_file(ContentFile(b"a letter", name="letter.txt"))
    settings.COMPLAINT_EVENT_HANDLERS = ["tests.complaints.test_leftovers.refuse"]
    with pytest.raises(RuntimeError):
        evidence.attach(complaint_id=complaint.pk, by=agent, file=file, internal=False)
    (left,) = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    sweep_out_files()
    assert left.exists(), "an act may still be under way"
    stamp = (timezone.now() - timedelta(days=1, minutes=1)).timestamp()
    os.utime(left, (stamp, stamp))
    sweep_out_files()
    assert not left.exists()


def refuse(occurrences):
    raise RuntimeError("undone")


def test_files_that_a_row_names_stay_however_old(settings, register, agent):
    evidence.attach(
        complaint_id=register().complaint.pk,
        by=agent,
        file=evidence.check_file(ContentFile(b"a letter", name="letter.txt")),
        internal=False,
    )
    begun = _draft(age=timedelta())
    named = [
        _grown_old(Attachment.objects.get().file),
        _grown_old(DraftFile.objects.get(draft=begun.draft).file),
    ]
    gone = [_stored(settings, f"{root}/2026/01/x.txt", age=timedelta(days=40)) for root in ("evidence", "drafts")]
    sweep_out_files()
    assert all(path.exists() for path in named)
    assert not any(path.exists() for path in gone)


def test_evidence_that_came_by_a_draft_stays_in_the_folder_of_drafts(head_office):
    begun = _draft(age=timedelta())
    drafts.send(draft_id=begun.draft.pk, key=begun.key, registration=intake.Registration(subject="x", description="y"))
    path = _grown_old(Attachment.objects.get().file)
    sweep_out_files()
    assert path.exists()


def test_what_else_lies_in_the_store_is_nobodys_business(settings):
    other = _stored(settings, "logos/branch.svg", age=timedelta(days=40))
    sweep_out_files()
    assert other.exists()


def test_a_store_of_another_database_is_left_alone(settings, monkeypatch, caplog):
    monkeypatch.setattr(leftovers, "MOST_ORPHANS", 2)
    orphans = [_stored(settings, f"evidence/2026/0{n}/{n}.txt", age=timedelta(days=40)) for n in (1, 2, 3)]
    assert leftovers.sweep_out_files(now=timezone.now()) == 0
    assert all(path.exists() for path in orphans)
    assert "3 files" in caplog.text


def test_an_office_without_files_has_nothing_to_sweep():
    assert leftovers.sweep_out_files(now=timezone.now()) == 0
