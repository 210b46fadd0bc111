"""The escalation board in a real browser: taking over from a card, and the page of the link in a letter."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalation import takeover_links
from escalation.services import sweep
from tests.browser.test_pages import overflow, serious
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def climbed(register, agent, handler, supervisor, manager, specialist, executive, administrator):
    """Two complaints that nobody answered for weeks, and one of today."""
    publish_calendar()
    publish_policy()
    cases = [register(received_at=timezone.now() - timedelta(days=20)).complaint for _number in range(2)]
    register()
    sweep.sweep()
    for case in cases:
        case.refresh_from_db()
    return cases


@pytest.mark.parametrize(
    ("language", "width", "inspected"), [("en", 360, "before"), ("zh-hant", 360, "after"), ("zh-hans", 1280, "after")]
)
def test_the_board_is_accessible_and_narrow_and_takes_over_from_a_card(
    visit, climbed, manager, language, width, inspected
):
    """What axe finds is asked before the act or after it, by turns."""
    manager.language = language
    manager.save()
    case = climbed[0]
    page = visit(manager, viewport={"width": width, "height": 740})
    page.goto("/desk/board/")
    assert inspected == "after" or serious(page) == []
    assert overflow(page) <= 0
    page.click(f"#take-{case.reference}")
    page.locator(".board__rests").wait_for()
    assert case.reference in page.inner_text("#flashes")
    assert page.locator(f"#take-{case.reference}").count() == 0
    assert inspected == "before" or serious(page) == []
    assert overflow(page) <= 0
    assert case.events.filter(kind="take_over").count() == 1


def test_the_focus_stays_where_it_is_when_the_board_fetches_itself_anew(visit, climbed, manager):
    page = visit(manager, locale="en-GB")
    page.goto("/desk/board/")
    wanted = f"take-{climbed[1].reference}"
    page.focus(f"#{wanted}")
    with page.expect_response(lambda response: response.url.endswith("/desk/board/")):
        page.evaluate("htmx.trigger('#board', 'board-changed')")
    page.wait_for_function(f"document.activeElement.id === '{wanted}'")


def test_the_board_works_without_scripts(visit, climbed, manager):
    page = visit(manager, locale="en-GB", java_script_enabled=False)
    page.goto("/desk/board/?department=north")
    page.click(f"#take-{climbed[0].reference}")
    page.wait_for_url("**/desk/board/?department=north")
    assert page.locator(".board__rests").count() == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_the_link_is_accessible_and_needs_no_sign_in(visit, climbed, manager, settings, width):
    case = climbed[0]
    event = case.events.filter(kind="escalated").last()
    link = takeover_links.signed_link(user_id=case.holder_id, complaint_id=case.pk, event_id=event.pk)
    page = visit(locale="en-GB", viewport={"width": width, "height": 740})
    page.goto(link.removeprefix(settings.BASE_URL))
    assert serious(page) == []
    assert overflow(page) <= 0
    page.click("main button.button--primary")
    page.locator("main .notice[role=status]").wait_for()
    assert width == 320 or serious(page) == []
    assert "The climb rests until" in page.inner_text("main")
    page.goto("/desk/")
    page.wait_for_url("**/account/sign-in/**")
