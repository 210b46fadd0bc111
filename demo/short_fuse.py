"""A complaint that nobody answers, on a policy that counts in minutes: the ladder to watch."""

from django.db import transaction

from accounts import selectors as people
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
def light(*, acknowledged: bool = False) -> Complaint:
    """File the next of the short-fuse complaints and put it into a handler's hands, who will not answer it.

    With `acknowledged` the handler confirms it first, so that the first reply is what runs out.
    Raises NoDemoOffice where the category, or the people of its department, are missing.
    """
    category = Category.objects.select_related("department").filter(code=CATEGORY, is_active=True).first()
    if category is None or category.department is None:
        raise NoDemoOffice
    handlers = people.holders(category.department.pk, Role.HANDLER)
    leaders = people.holders(category.department.pk, Role.SUPERVISOR)
    if not handlers or not leaders:
        raise NoDemoOffice
    before = Complaint.objects.filter(category=category).count()
    texts = documents.read("short_fuse")
    text = texts[before % len(texts)]
    complaint = intake.register(
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
    handler = handlers[before % len(handlers)]
    complaint = casework.assign(complaint_id=complaint.pk, by=leaders[0], to=handler)
    if acknowledged:
        complaint = casework.acknowledge(complaint_id=complaint.pk, by=handler)
    return complaint
