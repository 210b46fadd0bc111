"""Every page a person can open: nothing serious for axe, nothing sideways at 360 px."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from escalation.services import migrating, policies
from tests.browser.test_journey import sign_in
from tests.factories import AbsenceFactory, DutyShiftFactory
from tests.factories.escalation import LADDER, publish_calendar, publish_policy, working_hours

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = ["/", "/file/", "/file/what-happened/", "/file/about/", "/track/", "/track/lost/", "/account/sign-in/"]
STAFF = ["/desk/", "/desk/complaints/", "/desk/register/", "/desk/complaints/{reference}/", "/account/profile/"]
DEADLINES = [
    "/desk/deadlines/calendars/",
    "/desk/deadlines/calendars/office/2026/",
    "/desk/deadlines/calendars/office/table/",
    "/desk/deadlines/packs/",
    "/desk/deadlines/packs/mainland-hospital/",
]


def serious(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_public_pages_are_accessible_and_narrow(visit, head_office, locale):
    page = visit(locale=locale, viewport={"width": 360, "height": 740})
    for address in PUBLIC:
        page.goto(address)
        assert serious(page) == [], address
        assert overflow(page) <= 0, address


def test_desk_pages_are_accessible_and_narrow(visit, register, agent):
    complaint = register().complaint
    page = visit(locale="en-GB", viewport={"width": 360, "height": 740})
    sign_in(page, agent)
    for address in STAFF:
        page.goto(address.format(reference=complaint.reference))
        assert serious(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_calendars_and_rule_packs_are_accessible_and_narrow(visit, administrator, language):
    publish_calendar(days={"2026-02-14": [["09:00", "12:00"]]}, covers_until="2026-12-31")
    administrator.language = language
    administrator.save()
    page = visit(locale="en-GB", viewport={"width": 360, "height": 740})
    sign_in(page, administrator)
    for address in DEADLINES:
        page.goto(address)
        assert serious(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_policies_and_moves_of_clocks_are_accessible_and_narrow(visit, administrator, register, language):
    publish_calendar()
    publish_policy()
    register()
    rules = {"resolution": {"target": working_hours(16), "steps": LADDER}}
    policies.save_draft(
        code="standard",
        name="Standard",
        position=5,
        document={"calendar": "office", "clocks": rules},
        by=administrator,
    )
    preview = migrating.preview_draft(code="standard", by=administrator)
    administrator.language = language
    administrator.save()
    page = visit(locale="en-GB", viewport={"width": 360, "height": 740})
    sign_in(page, administrator)
    for place in (
        "",
        "begin/new/",
        "standard/",
        "standard/draft/",
        "standard/draft/form/",
        "standard/draft/json/",
        "standard/retire/",
        f"standard/moves/{preview.pk}/",
    ):
        address = f"/desk/deadlines/policies/{place}"
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        assert serious(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.parametrize(("language", "width"), [("en", 360), ("zh-hans", 1280)])
def test_the_duty_roster_is_accessible_and_narrow(visit, supervisor, handler, manager, branch, language, width):
    now = timezone.now()
    for tier, person in ((1, handler), (2, manager), (2, handler)):
        DutyShiftFactory(user=person, department=branch, tier=tier, ends_at=now + timedelta(hours=9 * tier))
    AbsenceFactory(user=handler, entered_by=supervisor)
    supervisor.language = language
    supervisor.save()
    page = visit(locale="en-GB", viewport={"width": width, "height": 740})
    sign_in(page, supervisor)
    for address in ("/desk/duty/", "/desk/duty/shifts/new/", "/desk/duty/absences/new/"):
        page.goto(address)
        assert serious(page) == [], address
        assert overflow(page) <= 0, address
    page.goto("/desk/duty/")
    page.locator("a.button--primary").click()
    page.locator("#duty-form").wait_for()
    assert serious(page) == []
    assert overflow(page) <= 0


def test_the_public_form_works_without_scripts(visit, head_office):
    page = visit(locale="en-GB", java_script_enabled=False)
    page.goto("/file/what-happened/")
    page.click("main form.guided button.button--primary")
    assert page.locator("[role=alert], .error-summary").first.is_visible()
    page.fill("[name=subject]", "Charged twice")
    page.fill("[name=description]", "For one purchase.")
    for _step in range(5):
        if page.locator("[name=identity]").count():
            page.check("[name=identity][value=anonymous]")
        page.click("main form.guided button.button--primary")
    page.click("main form.guided button.button--primary")
    assert page.locator("#receipt-reference").is_visible()
