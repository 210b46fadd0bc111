"""A real Chromium on a real server. Skipped where there is no Chromium; `launch test` says so loudly."""

import os
import shutil

import pytest
from django.conf import settings as office
from django.test import Client

CHROMIUM = os.environ.get("REDRESS_CHROMIUM") or next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright runs an event loop in the test's thread; Django's database calls there are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """`visit(locale="zh-TW")` opens a page of somebody else's browser; what the CSP refuses fails the test.

    `visit(agent)` is one in which the agent has signed in before.
    """
    contexts, refused = [], []

    def _visit(person=None, **options):
        context = chromium.new_context(base_url=live_server.url, **options)
        if person is not None:
            client = Client()
            client.force_login(person)
            key = client.cookies[office.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": office.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: "Content Security Policy" in message.text and refused.append(message.text))
        page.on("pageerror", lambda error: refused.append(str(error)))
        return page

    yield _visit
    for context in contexts:
        context.close()
    assert refused == []
