"""Every page a person can open: nothing serious for axe, nothing sideways at 360 px."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from escalation.services import migrating, policies
from tests.factories import AbsenceFactory, DutyShiftFactory
from tests.factories.escalation import LADDER, publish_calendar, publish_policy, working_hours

pytestmark = pytest.mark.django_db(transaction=True)

NARROW = {"width": 360, "height": 740}
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
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def look_at(page, addresses, *, turn):
    """Each page at this width and in this language; axe, which takes long, looks at every other one, so that the
    languages take turns.
    """
    for at, address in enumerate(addresses):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        assert overflow(page) <= 0, address
        if at % 2 == turn:
            assert serious(page) == [], address


def test_public_pages_are_accessible_and_narrow(visit, head_office):
    for turn, locale in enumerate(["en-GB", "zh-CN"]):
        look_at(visit(locale=locale, viewport=NARROW), PUBLIC, turn=turn)


def test_desk_pages_are_accessible_and_narrow(visit, register, agent):
    complaint = register().complaint
    pages = [address.format(reference=complaint.reference) for address in STAFF]
    for turn, language in enumerate(["en", "zh-hans"]):
        speak(agent, language)
        look_at(visit(agent, viewport=NARROW), pages, turn=turn)


def speak(person, language):
    person.language = language
    person.save()


def test_calendars_and_rule_packs_are_accessible_and_narrow(visit, administrator):
    publish_calendar(days={"2026-02-14": [["09:00", "12:00"]]}, covers_until="2026-12-31")
    for turn, language in enumerate(["en", "zh-hant"]):
        speak(administrator, language)
        look_at(visit(administrator, viewport=NARROW), DEADLINES, turn=turn)


def test_policies_and_moves_of_clocks_are_accessible_and_narrow(visit, administrator, register):
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
    places = (
        "",
        "begin/new/",
        "standard/",
        "standard/draft/",
        "standard/draft/form/",
        "standard/draft/json/",
        "standard/retire/",
        f"standard/moves/{preview.pk}/",
    )
    for turn, language in enumerate(["en", "zh-hant"]):
        speak(administrator, language)
        pages = [f"/desk/deadlines/policies/{place}" for place in places]
        look_at(visit(administrator, viewport=NARROW), pages, turn=turn)


def test_the_duty_roster_is_accessible_and_narrow(visit, supervisor, handler, manager, branch):
    now = timezone.now()
    for tier, person in ((1, handler), (2, manager), (2, handler)):
        DutyShiftFactory(user=person, department=branch, tier=tier, ends_at=now + timedelta(hours=9 * tier))
    AbsenceFactory(user=handler, entered_by=supervisor)
    pages = ("/desk/duty/", "/desk/duty/shifts/new/", "/desk/duty/absences/new/")
    for turn, (language, width) in enumerate([("en", 360), ("zh-hans", 1280)]):
        speak(supervisor, language)
        page = visit(supervisor, viewport={"width": width, "height": 740})
        look_at(page, pages, turn=turn)
        page.goto("/desk/duty/")
        page.locator("a.button--primary").click()
        page.locator("#duty-form").wait_for()
        assert overflow(page) <= 0
        assert turn or serious(page) == []


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
