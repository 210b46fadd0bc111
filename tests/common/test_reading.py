"""Reading once a page."""

from django.http import HttpResponse

from common.reading import ReadOnceMiddleware, read_once


def asked_twice(method, rf):
    """How often something that a page asks for twice is read."""
    calls = []

    def page(_request):
        answers = [read_once(name, lambda: calls.append(1) or len(calls)) for name in ("a", "a", "b")]
        return HttpResponse(str(answers))

    return ReadOnceMiddleware(page)(rf.generic(method, "/")).content.decode()


def test_a_page_reads_once_for_each_name(rf):
    assert asked_twice("GET", rf) == asked_twice("HEAD", rf) == "[1, 1, 2]"


def test_an_act_looks_each_time(rf):
    assert asked_twice("POST", rf) == "[1, 2, 3]"


def test_nothing_is_kept_from_one_page_to_the_next(rf):
    assert asked_twice("GET", rf) == asked_twice("GET", rf)
    assert [read_once("a", lambda: "now"), read_once("a", lambda: "later")] == ["now", "later"]
