"""Sign-off on the desk: the forms, the panel, My work, and the page of the rules."""

import pytest
from django.urls import reverse

from accounts.models import Department, Membership
from accounts.roles import Role
from complaints.models import AuthorityLimit, Proposal, Signature, SignoffRule
from complaints.remedying import RemedyKind
from complaints.services import casework, signoff
from tests.complaints.signoff_stage import plan, rule, three_parties
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours


@pytest.fixture
def control_room(head_office):
    return DepartmentFactory(code="control-room", name="Control room", parent=head_office)


@pytest.fixture
def operator(control_room):
    return UserFactory(name="Operator", role=Role.HANDLER, department=control_room)


@pytest.fixture
def returned(complaint, handler, manager, operator, control_room, head_office):
    """A return that is planned, and the rule of three."""
    key_accounts = DepartmentFactory(code="key-accounts", name="Key accounts", parent=head_office)
    UserFactory(name="Key manager", role=Role.MANAGER, department=key_accounts)
    three_parties(control_room, key_accounts)
    if complaint.status == "received":
        casework.acknowledge(complaint_id=complaint.pk, by=handler)
    return plan(complaint, handler)


def post(client, complaint, name, *, htmx=False, **data):
    complaint.refresh_from_db()
    headers = {"HX-Request": "true"} if htmx else {}
    address = reverse(f"desk:{name}", args=[complaint.reference])
    return client.post(address, {"version": complaint.event_count} | data, headers=headers)


def page(client, name, complaint):
    return client.get(reverse(f"desk:{name}", args=[complaint.reference])).content.decode()


def test_a_proposal_goes_its_way_by_forms(client, complaint, returned, handler, manager, operator):
    client.force_login(handler)
    shown = page(client, "propose", complaint)
    assert "Key-account manager" in shown
    assert "No. 1, Return of goods" in shown
    assert post(client, complaint, "propose", text="We take it back.").status_code == 302
    assert "No signature of yours is waited for now." in page(client, "dossier", complaint)
    client.force_login(operator)
    assert "Proposal no. 1" in client.get(reverse("desk:my-work")).content.decode()
    assert "In sight all the time" in page(client, "sign", complaint)
    assert "Sold here" not in page(client, "sign", complaint).split('<form class="stack"')[1]
    answer = post(client, complaint, "sign", checked=[])
    assert (answer.status_code, "In sight all the time" in answer.content.decode()) == (422, True)
    assert "Make sure of this before you sign" in answer.content.decode()
    assert post(client, complaint, "sign", checked=[1]).status_code == 422
    assert post(client, complaint, "sign", checked=[1, 3], instruction="Keep the film.").status_code == 302
    assert "Proposal no. 1" not in client.get(reverse("desk:my-work")).content.decode()
    client.force_login(manager)
    dossier = page(client, "dossier", complaint)
    assert "Keep the film." in dossier
    assert "put proposal no. 1 before 3 who must sign it." in dossier
    answer = post(client, complaint, "refuse-to-sign", instruction="Ask the maker first.", htmx=True)
    assert answer.headers["HX-Redirect"]
    client.force_login(handler)
    assert "Ask the maker first." in page(client, "dossier", complaint)
    assert Proposal.objects.get().state == "refused"


def test_whoever_could_sign_for_two_parties_ticks_what_is_theirs_of_the_one(client, complaint, returned, manager):
    """The list of the one party must not stand in the way of signing for the other, who has none."""
    key_accounts = Department.objects.get(code="key-accounts")
    Membership.objects.create(user=manager, department=key_accounts, role=Role.MANAGER)
    UserFactory(name="Deputy", role=Role.MANAGER, department=complaint.department)
    agent = UserFactory(role=Role.AGENT, department=complaint.department)
    signoff.propose(complaint_id=complaint.pk, by=agent, text="We take it back.")
    client.force_login(manager)
    assert "Shop manager: Sold here" in page(client, "sign", complaint)
    refused = post(client, complaint, "sign", party=2, checked=[3])
    assert (refused.status_code, "Sold here" in refused.content.decode()) == (422, True)
    assert post(client, complaint, "sign", party=3, checked=[3]).status_code == 302
    assert Signature.objects.get(signer=manager).label_text == "Key-account manager"


def test_what_has_to_be_signed_before_the_answer_is_the_next_step(client, complaint, handler, supervisor, manager):
    rule("grave", ("Head", Role.MANAGER, None), priorities=[str(complaint.priority)])
    if complaint.status == "received":
        casework.acknowledge(complaint_id=complaint.pk, by=handler)
    client.force_login(handler)
    dossier = client.get(reverse("desk:dossier", args=[complaint.reference])).context["offers"].by_name
    assert "these must sign: Head" in dossier["resolve"].reason
    assert (dossier["propose"].comes_next, dossier["resolve"].comes_next) == (True, False)
    assert "nothing is to be carried out" in page(client, "propose", complaint)
    given = {"outcome": "upheld", "reasons": "Seen.", "message": "We explain."}
    assert post(client, complaint, "resolve", **given).status_code == 409
    post(client, complaint, "propose", text="We explain.")
    client.force_login(manager)
    assert "The answer to the complainant as well" in client.get(reverse("desk:signoff-rules")).content.decode()
    post(client, complaint, "sign")
    client.force_login(handler)
    dossier = client.get(reverse("desk:dossier", args=[complaint.reference])).context["offers"].by_name
    assert (dossier["resolve"].reason, dossier["resolve"].comes_next) == ("", True)
    assert post(client, complaint, "resolve", **given).status_code == 302


def test_taken_back_by_a_form(client, complaint, returned, handler):
    client.force_login(handler)
    post(client, complaint, "propose", text="x")
    assert post(client, complaint, "take-back-proposal", reasons=" ").status_code == 422
    assert post(client, complaint, "take-back-proposal", reasons="Another sum.").status_code == 302
    assert Proposal.objects.get().state == "taken_back"


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_not_right_comes_back(client, complaint, returned, handler, manager, htmx):
    client.force_login(handler)
    assert post(client, complaint, "propose", text=" ", htmx=htmx).status_code == 422
    signoff.propose(complaint_id=complaint.pk, by=handler, text="x")
    client.force_login(manager)
    for wrong in ("", "1", "9", "x", "9" * 30, "\x00"):
        assert post(client, complaint, "sign", checked=wrong, htmx=htmx).status_code == 422
    assert post(client, complaint, "refuse-to-sign", instruction="", htmx=htmx).status_code == 422
    assert Proposal.objects.get().is_open


def test_others_do_not_find_the_forms_and_see_no_signature_of_theirs(client, complaint, returned, outsider, handler):
    client.force_login(outsider)
    assert client.get(reverse("desk:sign", args=[complaint.reference])).status_code == 404
    client.force_login(handler)
    assert "No proposal" not in page(client, "sign", complaint)
    assert post(client, complaint, "sign").status_code in (302, 409)


def test_my_work_lists_what_is_due_first(client, register, agent, handler, supervisor, operator, control_room):
    rule("all", ("Control room", "", control_room))
    publish_calendar()

    def proposed(hours, text):
        publish_policy(
            clocks={"resolution": {"target": working_hours(40)}, "signoff": {"target": working_hours(hours)}},
            code=f"p{hours}",
            position=hours,
        )
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        signoff.propose(complaint_id=complaint.pk, by=handler, text=text)

    proposed(30, "Whenever you can")
    proposed(4, "Soon please")
    client.force_login(operator)
    shown = client.get(reverse("desk:my-work")).content.decode()
    assert shown.index("Soon please") < shown.index("Whenever you can")


def test_twice_as_many_proposals_cost_the_dossier_the_same(
    client, complaint, returned, handler, manager, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(handler)

    def one_more():
        signoff.propose(complaint_id=complaint.pk, by=handler, text="x")
        signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction="x")

    one_more(), one_more()
    address = reverse("desk:dossier", args=[complaint.reference])
    client.get(address)
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    one_more(), one_more()
    with django_assert_num_queries(len(before)):
        client.get(address)


# --- the rules ----------------------------------------------------------------------------------------------

RULE = {
    "code": "dear",
    "name": "Dear things",
    "name_zh-hant": "高額",
    "position": "5",
    "kinds": ["compensation"],
    "amount": "500",
    "currency": "twd",
    "parties-TOTAL_FORMS": "3",
    "parties-INITIAL_FORMS": "0",
    "parties-0-name": "Shop manager",
    "parties-0-role": "manager",
    "checks-TOTAL_FORMS": "3",
    "checks-INITIAL_FORMS": "0",
    "checks-0-name": "The receipt is there",
    "checks-0-party": "1",
}


def test_an_administrator_keeps_the_rules(client, administrator, handler):
    client.force_login(administrator)
    new = reverse("desk:signoff-rule-new")
    assert client.get(new).status_code == 200
    assert client.post(new, RULE).status_code == 302
    kept = SignoffRule.objects.get()
    assert (kept.currency, kept.kinds, kept.translations["zh-hant"]) == ("TWD", ["compensation"], "高額")
    assert kept.checks.get().party == kept.parties.get()
    shown = client.get(reverse("desk:signoff-rules")).content.decode()
    assert "TWD 500.00" in shown
    assert "The receipt is there" in shown
    edit = reverse("desk:signoff-rule", args=["dear"])
    assert "Shop manager" in client.get(edit).content.decode()
    changed = RULE | {
        "parties-TOTAL_FORMS": "4",
        "parties-INITIAL_FORMS": "1",
        "parties-0-DELETE": "on",
        "parties-1-name": "Executive",
        "parties-1-role": "executive",
        "checks-INITIAL_FORMS": "1",
        "checks-0-party": "1",
    }
    assert client.post(edit, changed).status_code == 302
    assert kept.parties.get().label_text == "Executive"
    switch = reverse("desk:signoff-rule-switch", args=["dear"])
    client.post(switch, {"to": "off"})
    assert not SignoffRule.objects.get().is_active
    client.post(switch, {"to": "on"})
    assert SignoffRule.objects.get().is_active


def test_an_administrator_keeps_the_limits(client, administrator):
    client.force_login(administrator)
    new = reverse("desk:authority-limit-new")
    assert client.get(new, {"role": "manager"}).status_code == 200
    for amount in ("500", "600"):
        assert client.post(new, {"role": "manager", "amount": amount, "currency": "TWD"}).status_code == 302
    [limit] = AuthorityLimit.objects.all()
    assert limit.amount == 600
    assert "TWD 600.00" in client.get(reverse("desk:signoff-rules")).content.decode()
    client.post(reverse("desk:authority-limit-off", args=[limit.pk]))
    limit.refresh_from_db()
    assert not limit.is_active


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "no code"}, {"name": ""}, {"amount": "-1"}, {"amount": "0"}, {"amount": "x"}, {"currency": "12"},
        {"amount": "1.001"}, {"amount": ""}, {"kinds": ["magic"]}, {"department": "99"}, {"position": "-1"},
        {"parties-0-name": "", "parties-0-role": ""}, {"parties-0-role": "auditor"}, {"parties-0-role": ""},
        {"parties-1-name": "The same", "parties-1-role": "manager"}, {"checks-0-party": "3"}, {"name": "x" * 101},
        {"checks-0-name": ""}, {"parties-TOTAL_FORMS": "x"}, {"parties-TOTAL_FORMS": "99999"}, {"name": "\x00"},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_comes_back(client, administrator, wrong):
    client.force_login(administrator)
    assert client.post(reverse("desk:signoff-rule-new"), RULE | wrong).status_code == 422
    assert not SignoffRule.objects.exists()


@pytest.mark.parametrize("claimed", ["-1", "0"])
def test_a_page_that_claims_fewer_rows_than_the_rule_has_changes_it_all_the_same(client, administrator, claimed):
    client.force_login(administrator)
    client.post(reverse("desk:signoff-rule-new"), RULE)
    claims = {"parties-INITIAL_FORMS": claimed, "checks-INITIAL_FORMS": claimed, "checks-0-name": "The goods are back"}
    assert client.post(reverse("desk:signoff-rule", args=["dear"]), RULE | claims).status_code == 302
    assert [check.text for check in SignoffRule.objects.get().checks.all()] == ["The goods are back"]


def test_two_rules_do_not_share_a_code(client, administrator):
    client.force_login(administrator)
    rule("dear", ("Shop manager", Role.MANAGER, None))
    assert client.post(reverse("desk:signoff-rule-new"), RULE).status_code == 422


def test_a_limit_that_cannot_be_comes_back(client, administrator):
    client.force_login(administrator)
    given = {"role": "manager", "amount": "500", "currency": "TWD"}
    for wrong in ({"role": "auditor"}, {"amount": "-1"}, {"amount": "NaN"}, {"currency": "1"}, {"amount": "0.001"}):
        assert client.post(reverse("desk:authority-limit-new"), given | wrong).status_code == 422
    assert not AuthorityLimit.objects.exists()


def test_everybody_reads_the_rules_and_nobody_else_changes_them(client, manager):
    rule("dear", ("Shop manager", Role.MANAGER, None))
    client.force_login(manager)
    shown = client.get(reverse("desk:signoff-rules")).content.decode()
    assert "Shop manager" in shown
    assert "New rule" not in shown
    assert client.get(reverse("desk:signoff-rule-new")).status_code == 403
    assert client.post(reverse("desk:signoff-rule", args=["dear"]), RULE).status_code == 403
    assert client.post(reverse("desk:signoff-rule-switch", args=["dear"])).status_code == 403
    assert client.post(reverse("desk:authority-limit-new"), {}).status_code == 403
    client.logout()
    assert client.get(reverse("desk:signoff-rules")).status_code == 302


@pytest.mark.usefixtures("supervisor")
def test_whoever_offers_reads_which_remedies_wait_for_signatures(desk, agent, complaint, words):
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    rule("returns", ("Supervisor", Role.SUPERVISOR, None), kinds=["return"])
    plan(complaint, agent, RemedyKind.APOLOGY)
    plan(complaint, agent)
    office = desk(agent)
    page = words(office.opens(complaint, "offer"))
    assert "Remedy no. 2 must be signed first, by: Supervisor. Put a proposal before them." in page
    assert page.count('<option value="1" selected>Choice A') == 1
    assert page.count('<option value="" selected>Not offered now') == 1
    refused = office.does("offer", complaint, option_1="1", option_2="2", message="Please choose one.")
    assert (refused.status_code, "Please choose one." in words(refused)) == (409, True)
    assert office.does("offer", complaint, option_1="1", option_2="", message="Please choose one.").status_code == 302
