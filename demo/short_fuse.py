"""A complaint that nobody answers, on a policy that counts in minutes: the ladder to watch."""

from django.db import transaction

from accounts import selectors as people
from accounts.models import User
from accounts.roles import Role
from complaints.models import Category, Complaint
from complaints.services import casework, intake
from complaints.services.intake import ComplainantDetails, Registration
from complaints.vocabulary import Channel
from demo import documents

CATEGORY = "short-fuse"


class NoDemoOffice(Exception):
    """There is no demo office in this house."""


@transaction.atomic
def light() -> Complaint:
    """File the next of the short-fuse complaints, as a customer would. Raises NoDemoOffice without the category."""
    category = Category.objects.filter(code=CATEGORY, is_active=True).first()
    if category is None:
        raise NoDemoOffice
    texts = documents.read("short_fuse")
    text = texts[Complaint.objects.filter(category=category).count() % len(texts)]
    return intake.register(
        registration=Registration(
            subject=text["subject"],
            description=text["description"],
            language=text["language"],
            channel=Channel.WEB,
            category=category,
            complainant=ComplainantDetails(name=text["complainant"], email="short.fuse@mail.example"),
        ),
        by=None,
    ).complaint


@transaction.atomic
def hand_over(complaint: Complaint) -> User:
    """Put it into the hands of the department's handlers in turn; whoever has it now will not answer it.

    Raises NoDemoOffice where the department has no people.
    """
    handlers = people.holders(complaint.department_id, Role.HANDLER)
    supervisors = people.holders(complaint.department_id, Role.SUPERVISOR)
    if not handlers or not supervisors:
        raise NoDemoOffice
    handler = handlers[complaint.pk % len(handlers)]
    casework.assign(complaint_id=complaint.pk, by=supervisors[0], to=handler)
    return handler
