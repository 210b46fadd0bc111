"""The main job, as people do it: filed in Chinese, classed, left lying, climbed, answered, read."""

import time

import pytest

from complaints.models import Complaint
from escalation.services.sweep import sweep
from notifications.models import OutboxMessage
from tests.factories.accounts import PASSWORD
from tests.factories.escalation import ALL_DAY, publish_calendar, publish_policy

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 1 / 3600  # of an hour


@pytest.fixture
def short_fuse(settings):
    """The first answer is promised within three seconds; then it climbs."""
    settings.BASE_URL = "http://testserver"
    publish_calendar("always", week=ALL_DAY)
    publish_policy(
        calendar="always",
        clocks={
            "acknowledge": {"target": {"unit": "hours", "amount": 1}},
            "first_response": {
                "target": {"unit": "hours", "amount": round(3 * SECONDS, 6)},
                "steps": [{"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}}],
            },
            "resolution": {"target": {"unit": "hours", "amount": 24}},
        },
    )


def sign_in(page, person):
    page.goto("/account/sign-in/")
    page.fill("[name=username]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/")


def go_on(page):
    page.click("main form.guided button.button--primary")


def test_a_complaint_nobody_answers_climbs_by_itself_and_the_customer_reads_the_answer(
    visit, short_fuse, head_office, agent, supervisor
):
    agent.memberships.update(department=head_office)
    supervisor.memberships.update(department=head_office)

    customer = visit(locale="zh-TW")
    customer.goto("/file/")
    if customer.locator("main form.guided").count() == 0:
        customer.click("main a.button--primary")
    assert customer.locator("html").get_attribute("lang") == "zh-Hant"
    customer.fill("[name=subject]", "咖啡機漏電")
    customer.fill("[name=description]", "上週買的咖啡機一插電就跳電，店員說不關他們的事。")
    go_on(customer)
    go_on(customer)
    customer.check("[name=demands][value=refund]")
    go_on(customer)
    go_on(customer)
    customer.check("[name=identity][value=named]")
    customer.fill("[name=name]", "林美華")
    customer.fill("[name=email]", "lin@example.org")
    go_on(customer)
    go_on(customer)
    reference = customer.inner_text("#receipt-reference")
    assert len(customer.inner_text("#receipt-secret").replace("-", "")) == 20
    go_on(customer)
    customer.wait_for_url(f"**/track/{reference}/")

    desk = visit(locale="en-GB", viewport={"width": 1280, "height": 900})
    sign_in(desk, agent)
    assert desk.locator(f"text={reference}").first.is_visible()
    desk.goto(f"/desk/complaints/{reference}/")
    assert "咖啡機漏電" in desk.inner_text("h1")
    desk.click(f"form[action$='/{reference}/acknowledge/'] button")
    desk.wait_for_selector("text=acknowledge", state="attached")
    desk.goto(f"/desk/complaints/{reference}/investigate/")
    desk.fill("[name=what]", "The plug is scorched.")
    desk.check("[name=verified]")
    desk.fill("[name=how]", "Looked at in the shop.")
    desk.click("main form button.button--primary")
    desk.wait_for_url(f"**/desk/complaints/{reference}/")
    desk.goto(f"/desk/complaints/{reference}/judge/")
    desk.check("[name=grounds][value=founded]")
    desk.fill("[name=grounds_reasons]", "The plug shows it.")
    desk.check("[name=demand][value=reasonable]")
    desk.fill("[name=demand_reasons]", "It cannot be used.")
    desk.select_option("[name=cause]", "product")
    desk.fill("[name=cause_note]", "A loose contact.")
    desk.select_option("[name=party]", "supplier")
    desk.fill("[name=party_name]", "Maker of the machine")
    desk.fill("[name=enough_because]", "A hazard; the maker is asked afterwards.")
    desk.click("main form button.button--primary")
    desk.wait_for_url(f"**/desk/complaints/{reference}/")
    desk.goto(f"/desk/complaints/{reference}/classify/")
    desk.check("[name=judgement][value$=harm]")
    desk.select_option("[name=fault]", "mistake")
    desk.select_option("[name=harmed]", "user")
    desk.fill("[name=reasons]", "The customer describes a hazard.")
    desk.click("main form button.button--primary")
    desk.wait_for_url(f"**/desk/complaints/{reference}/")

    complaint = Complaint.objects.get(reference=reference)
    assert (complaint.status, complaint.complaint_class, complaint.tier) == ("assessing", "valid", 1)
    while complaint.tier == 1:  # nobody answers; the sweep does what the worker does every two seconds
        time.sleep(0.3)
        sweep()
        complaint.refresh_from_db()
    assert (complaint.tier, complaint.holder) == (2, supervisor)
    assert OutboxMessage.objects.filter(recipient=supervisor, complaint=complaint).exists()

    boss = visit(supervisor, locale="en-GB")
    boss.goto("/desk/")
    boss.click(f"a[href='/desk/complaints/{reference}/']")
    boss.fill("[data-shortcut=r] textarea[name=body]", "請先停止使用，我們今天派人取回並全額退費。")
    boss.click("[data-shortcut=r] button.button--primary")
    boss.wait_for_selector("text=請先停止使用")

    customer.reload()
    assert "請先停止使用" in customer.inner_text("main")
    assert "Supervisor" in customer.inner_text("main")
    assert complaint.get_complaint_class_display() not in customer.inner_text("main")


def test_the_desk_works_from_the_keyboard(visit, register, agent):
    complaint = register().complaint
    page = visit(agent, locale="en-GB")
    page.goto("/desk/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/desk/complaints/{complaint.reference}/")
    page.keyboard.press("/")
    page.keyboard.type("charged")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/complaints/?text=charged")
    assert page.locator(f"text={complaint.reference}").first.is_visible()


def test_a_page_left_open_goes_once_its_reader_may_no_longer_see_the_complaint(visit, register, agent, outsider):
    complaint = register().complaint
    page = visit(agent, locale="en-GB")
    page.clock.install()
    page.goto(f"/desk/complaints/{complaint.reference}/")
    assert page.locator("#changes").count() == 1
    Complaint.objects.filter(pk=complaint.pk).update(department=outsider.department)
    page.clock.fast_forward(11_000)
    page.locator("#changes").wait_for(state="detached")
    assert complaint.subject not in page.inner_text("body")
