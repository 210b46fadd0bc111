"""The bare office as its command leaves it."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints.models import Complaint
from complaints.services import intake
from demo.people import PASSWORD
from escalation.models import Firing
from tests.demo.looking import everything, sweep_at
from tests.factories import UserFactory

pytestmark = pytest.mark.slow


def test_it_moves_in_nowhere_where_somebody_works(house, capsys):
    UserFactory()
    for arguments in ([], ["--empty"]):
        with pytest.raises(CommandError, match="Somebody works here already"):
            call_command("demo", *arguments)
    assert not (house / "demo.json").exists()


def test_a_short_fuse_needs_the_demo_office(empty):
    with pytest.raises(CommandError, match="needs the demo office"):
        call_command("demo", "--short-fuse")


def test_the_empty_office_has_one_person_who_can_do_everything(empty):
    administrator = User.objects.get()
    assert administrator.is_staff
    assert administrator.is_superuser
    assert set(Membership.objects.values_list("role", flat=True)) == {Role.ADMINISTRATOR, Role.EXECUTIVE}
    assert Department.objects.count() == 1
    assert not Complaint.objects.exists()
    [account] = json.loads((empty / "demo.json").read_text(encoding="utf-8"))["accounts"]
    assert account["password"] != PASSWORD
    assert authenticate(username=account["email"], password=account["password"]) == administrator


def test_in_the_empty_office_old_complaints_climb_to_the_top_once(empty, monkeypatch):
    administrator = User.objects.get()
    registration = intake.Registration(
        subject="Old", description="From years ago.", received_at=timezone.now() - timedelta(days=900)
    )
    complaint = intake.register(registration=registration, by=administrator).complaint
    sweep_at(monkeypatch, timezone.now())
    complaint.refresh_from_db()
    assert (complaint.tier, complaint.holder) == (5, administrator)
    fired = Firing.objects.count()
    sweep_at(monkeypatch, timezone.now() + timedelta(minutes=1))
    assert Firing.objects.count() == fired


def test_an_empty_office_twice_changes_nothing(empty, capsys):
    before = everything()
    call_command("demo", "--empty")
    assert "nothing changed" in capsys.readouterr().out
    assert everything() == before
