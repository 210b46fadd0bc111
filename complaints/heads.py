"""What was declared major is led in person: by the head of the department, or whoever stands above all heads.

(Missions M25 and M28; S3-25, S4-16.) Reads only.
"""

from collections import defaultdict
from collections.abc import Iterable

from accounts.models import Membership
from accounts.roles import Role
from accounts.trees import tree
from complaints import conflicts
from complaints.models import Complaint, MajorIncident
from complaints.vocabulary import Priority

LEADERS: frozenset[Role] = frozenset({Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE})
"""The head of a department, and those above all heads to whom it may have climbed."""


def led_in_person(complaints: Iterable[Complaint]) -> set[int]:
    """The ids of those that were declared major, stand as major, and have somebody who could lead them. No query where
    none stands as major.
    """
    majors = {complaint.pk: complaint for complaint in complaints if complaint.priority == Priority.MAJOR}
    if not majors:
        return set()
    declared = set(MajorIncident.objects.filter(complaint__in=majors).values_list("complaint", flat=True))
    if not declared:
        return set()
    departments, concerned = tree(), conflicts.concerned_in(declared)
    leaders: dict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.filter(role__in=sorted(LEADERS), user__is_active=True)
    for department, person in rows.values_list("department", "user"):
        leaders[department].add(person)
    return {
        pk
        for pk in declared
        if any(leaders[each] - set(concerned.get(pk, ())) for each in departments.lineage(majors[pk].department_id))
    }


def is_led_in_person(complaint: Complaint) -> bool:
    """The same of one complaint."""
    return bool(led_in_person([complaint]))
