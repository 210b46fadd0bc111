"""Setting up an office in a house where nobody lives yet. All of it happens, or nothing."""

import secrets
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints.services import casework
from demo import casebook, documents, house, keys, people, rules, short_fuse, signoff
from demo.keys import Account
from demo.people import MAIL_DOMAIN, PASSWORD

TOKEN_HOLDER = "peng.yiching"  # noqa: S105 - a name: the manager of customer service, who sees and may do most
ADMINISTRATOR = "chien.wenyen"
FIRST_ADMINISTRATOR = "admin@redress.example"


class Tenant(Enum):
    """Who lives in the house."""

    NOBODY = "nobody"
    DEMO = "the demo office"
    EMPTY = "an empty office"
    OTHERS = "others"


def tenant() -> Tenant:
    """Who lives here now."""
    if User.objects.filter(email__endswith=f"@{MAIL_DOMAIN}").exists():
        return Tenant.DEMO
    if User.objects.filter(email=FIRST_ADMINISTRATOR).exists():
        return Tenant.EMPTY
    if User.objects.exists() or Department.objects.exists():
        return Tenant.OTHERS
    return Tenant.NOBODY


@transaction.atomic
def furnish() -> None:
    """The whole demo office.

    The short fuses are lit last, so that they still burn when somebody comes to look: one that nobody has taken on
    yet, and one that is acknowledged and then left lying.
    """
    now = timezone.now()
    places = house.departments()
    categories = house.categories()
    staff = people.hire(places)
    house.external_bodies()
    house.thresholds()
    house.rules_for_letters()
    house.guides()
    signoff.keep_rules(places, by=staff[ADMINISTRATOR])
    calendars = rules.publish_demo()
    people.keep_hours(places)
    people.draw_up_roster(places, staff, calendars, now)
    people.send_away(staff, now)
    casebook.fill(places=places, categories=categories, people=staff, calendars=calendars, now=now)
    shown = [
        Account(staff[given["handle"]].email, PASSWORD, role, places[place].name)
        for given in documents.read("people")
        if given.get("shown")
        for role, place in given["roles"]
    ]
    order = list(Role.values)
    shown.sort(key=lambda account: order.index(account.role))
    keys.hand_out(accounts=shown, token_for=staff[TOKEN_HOLDER])
    short_fuse.light()
    taken_on = short_fuse.light()
    casework.acknowledge(complaint_id=taken_on.pk, by=short_fuse.hand_over(taken_on))


@transaction.atomic
def furnish_empty() -> None:
    """One department, one person who sets up the rest, one calendar, one policy.

    The administrator is executive as well: somebody must be able to answer complaints, and the ladder must end with
    somebody.
    """
    head_office = Department.objects.create(
        code="head-office", name="Head office", translations={"zh-hant": "總公司", "zh-hans": "总公司"}
    )
    password = secrets.token_urlsafe(12)
    administrator = User.objects.create_superuser(
        FIRST_ADMINISTRATOR, password, name="Administrator", department=head_office, timezone=settings.TIME_ZONE
    )
    roles = (Role.ADMINISTRATOR, Role.EXECUTIVE)
    Membership.objects.bulk_create(Membership(user=administrator, department=head_office, role=role) for role in roles)
    rules.publish_empty()
    accounts = [Account(administrator.email, password, str(Role.ADMINISTRATOR), head_office.name)]
    keys.hand_out(accounts=accounts, token_for=administrator)
