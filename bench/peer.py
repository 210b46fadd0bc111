"""Run by the Python of another virtual environment, never by ours: django-helpdesk with tickets to escalate.

`peer.py seed N` makes the tables and N tickets that are due, `peer.py escalate` runs its own command, and
`peer.py count` prints as JSON what came of it. The database is named by PGHOST, PGUSER and PGDATABASE.
"""

import json
import logging
import os
import sys
from datetime import timedelta
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

STAFF, QUEUES, DAYS = 30, 3, 2


def main(verb: str, count: int) -> None:
    """Do what the command line says."""
    _set_up()
    if verb == "seed":
        call_command("migrate", verbosity=0, interactive=False)
        _seed(count)
    elif verb == "escalate":
        call_command("escalate_tickets")
    else:
        print(json.dumps(_count()))


def _set_up() -> None:
    apps = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "humanize"]
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}
    settings.configure(
        SECRET_KEY="of a bench",  # noqa: S106 - nothing of it is ever served
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in apps), "rest_framework", "helpdesk"],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        HELPDESK_TEAMS_MODE_ENABLED=False,
        ROOT_URLCONF="peer",
        SITE_ID=1,
        STATIC_URL="/static/",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        USE_TZ=True,
    )
    logging.disable(logging.CRITICAL)
    django.setup()


def _seed(count: int) -> None:
    from django.contrib.auth.models import User
    from helpdesk.models import Queue, Ticket  # type: ignore[import-not-found]  # of the other environment

    call_command("loaddata", "emailtemplate", verbosity=0)
    staff = User.objects.bulk_create(
        User(username=f"staff-{n}", email=f"staff-{n}@bench.example") for n in range(STAFF)
    )
    queues = [
        Queue.objects.create(
            title=f"Queue {n}", slug=f"queue-{n}", escalate_days=DAYS, email_address="q@bench.example"
        )
        for n in range(QUEUES)
    ]
    Ticket.objects.bulk_create(
        (
            Ticket(
                title="Charged twice",
                queue=queues[n % QUEUES],
                submitter_email=f"person-{n}@bench.example",
                assigned_to=staff[n % STAFF],
                description="The card was charged twice for one purchase. " * 10,
                priority=3,
            )
            for n in range(count)
        ),
        batch_size=1_000,
    )
    Ticket.objects.update(created=timezone.now() - timedelta(days=10))  # it is always today when they are made


def _count() -> dict[str, Any]:
    from helpdesk.models import FollowUp, Ticket

    escalated = FollowUp.objects.filter(title="Ticket Escalated")
    return {
        "tickets": Ticket.objects.count(),
        "escalations": escalated.count(),
        "escalated_twice": escalated.values("ticket").annotate(times=Count("pk")).filter(times__gt=1).count(),
    }


if __name__ == "peer":  # Django comes back to this file for the addresses that the letters name
    from django.urls import include, path

    urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
