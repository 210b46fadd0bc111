import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership
from accounts.roles import Role
from complaints import permissions
from complaints.errors import NotAllowed
from complaints.lifecycle import ANSWERING_TRANSFER, COMPLAINANTS_OWN, SIGNING, Verb
from tests.factories import ComplaintFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_may_says_what_the_grants_table_says_and_check_raises_what_may_denies(role):
    complaint = ComplaintFactory()
    person = UserFactory(role=role, department=complaint.department)
    # whose signature is waited for a proposal says, who is asked to answer a transfer, and who leads from above
    granted = permissions.GRANTS[role] - SIGNING - ANSWERING_TRANSFER - {Verb.BRIEF}
    assert {verb for verb in Verb if permissions.may(person, verb, complaint)} == granted
    for verb in set(Verb) - granted:
        with pytest.raises(NotAllowed):
            permissions.check(person, verb, complaint)


def test_nobody_on_the_staff_is_granted_the_complainants_own_acts():
    granted = frozenset().union(*permissions.GRANTS.values())
    assert not granted & COMPLAINANTS_OWN
    assert granted | COMPLAINANTS_OWN == set(Verb)


def test_a_role_counts_below_its_department_and_not_beside_or_above(head_office, branch, supervisor):
    below = DepartmentFactory(parent=branch)
    beside = DepartmentFactory(parent=head_office)
    seen = {
        department: permissions.may(supervisor, Verb.RESOLVE, ComplaintFactory(department=department))
        for department in (branch, below, beside, head_office)
    }
    assert seen == {branch: True, below: True, beside: False, head_office: False}


def test_visible_to_is_the_same_rule_as_a_queryset(head_office, branch, supervisor, executive, outsider):
    here, below = (
        ComplaintFactory(department=branch),
        ComplaintFactory(department=DepartmentFactory(parent=branch)),
    )
    beside = ComplaintFactory(department=outsider.department)
    above = ComplaintFactory(department=head_office)
    assert set(permissions.visible_to(supervisor)) == {here, below}
    assert set(permissions.visible_to(outsider)) == {beside}
    assert set(permissions.visible_to(executive)) == {here, below, beside, above}


def test_whoever_holds_or_registered_a_complaint_sees_it_wherever_it_lies(branch, outsider, supervisor):
    held = ComplaintFactory(department=branch, holder=outsider)
    registered = ComplaintFactory(department=branch, registered_by=outsider)
    ComplaintFactory(department=branch)
    assert set(permissions.visible_to(outsider)) == {held, registered}
    assert permissions.may(outsider, Verb.RESOLVE, held)
    assert not permissions.may(outsider, Verb.RESOLVE, registered)


def test_nobody_in_particular_sees_nothing(branch):
    ComplaintFactory(department=branch)
    without_role = UserFactory(department=branch)
    gone = UserFactory(department=branch, role=Role.EXECUTIVE, is_active=False)
    for person in (AnonymousUser(), without_role, gone):
        assert not permissions.visible_to(person).exists()


def test_a_superuser_sees_no_complaint_by_virtue_of_it(branch):
    complaint = ComplaintFactory(department=branch)
    superuser = UserFactory(department=branch, is_superuser=True)
    assert not permissions.visible_to(superuser).exists()
    assert not permissions.may(superuser, Verb.RESOLVE, complaint)


def test_backdating_needs_the_right_to(handler, agent):
    permissions.check_register(agent, backdated=True)
    permissions.check_register(handler, backdated=False)
    with pytest.raises(NotAllowed):
        permissions.check_register(handler, backdated=True)


def test_an_auditor_registers_nothing(branch):
    with pytest.raises(NotAllowed):
        permissions.check_register(UserFactory(department=branch, role=Role.AUDITOR), backdated=False)


def test_the_visibility_query_costs_the_same_for_one_role_and_for_many(branch, supervisor, django_assert_num_queries):
    for number in range(3):
        if number:
            Membership.objects.create(user=supervisor, department=DepartmentFactory(), role=Role.AGENT)
        with django_assert_num_queries(3):
            list(permissions.visible_to(supervisor))
