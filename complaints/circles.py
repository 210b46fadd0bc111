"""The circles of restricted complaints: who sees one, and which a person sees. Reads only.

Whoever a complaint is about, and their direct supervisors, see nothing of it even with a place in its circle: that is
asked anew each time, because people come to be supervisors. (Design section 3, "Conflict of interest".)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from accounts.roles import Role
from complaints.models import CirclePlace, Complaint, Subject


def among(complaint_ids: str, parameters: Sequence[object]) -> Func:
    """A condition on complaints: their key is one of these (a SELECT of one column).

    An array that the database fills first, so that it still finds each part of a longer rule by an index. SQL, because
    these conditions stand in every query of every page: putting them together anew took most of a page's time.
    """
    return Func(
        F("pk"),
        RawSQL(complaint_ids, parameters),  # noqa: S611 - written here and in permissions; values are parameters
        template="%(expressions)s)",
        arg_joiner=" = ANY (ARRAY",
        output_field=BooleanField(),
    )


_ENTERED = """
SELECT place.complaint_id FROM complaints_circleplace AS place
WHERE place.user_id = %s AND place.left_at IS NULL AND NOT EXISTS (
    SELECT FROM complaints_subject AS about JOIN accounts_user AS person ON person.id = about.user_id
    WHERE about.complaint_id = place.complaint_id AND (person.id = %s OR person.department_id = ANY(%s::bigint[]))
)
"""


def entered_by(user: User, *, supervises: Collection[int]) -> Func:
    """A condition on complaints: the person has a place in the circle, and the complaint is neither about them nor
    about somebody at home in a department that they supervise.
    """
    return among(_ENTERED, (user.pk, user.pk, sorted(supervises)))


def seated() -> QuerySet[CirclePlace]:
    """The places of people who are active and whom the complaint does not concern: those who really see it."""
    about = Subject.objects.filter(complaint=OuterRef("complaint"), user__isnull=False)
    of_theirs = about.exclude(user=OuterRef("user")).filter(
        user__department__memberships__user=OuterRef("user"), user__department__memberships__role=Role.SUPERVISOR
    )
    return CirclePlace.objects.filter(
        ~Exists(about.filter(user=OuterRef("user"))), ~Exists(of_theirs), left_at=None, user__is_active=True
    )


def members_in(complaint_ids: Iterable[int]) -> Mapping[int, list[int]]:
    """Who sees each of these restricted complaints, by its id; the longest-serving first. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    places = seated().filter(complaint__in=list(complaint_ids))
    for complaint_id, user_id in places.values_list("complaint_id", "user_id"):
        found[complaint_id].append(user_id)
    return found


def members(complaint: Complaint) -> list[int]:
    """Who sees this restricted complaint; the longest-serving first."""
    return members_in([complaint.pk]).get(complaint.pk, [])


def abandoned() -> QuerySet[Complaint]:
    """Restricted complaints that nobody sees any more: everybody of the circle has left or come to be concerned."""
    return Complaint.objects.exclude(restriction="").filter(~Exists(seated().filter(complaint=OuterRef("pk"))))
