"""The components that pages are made of."""

from datetime import timedelta

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def drawn(source, **context):
    request = context.pop("request", None)
    return engines["django"].from_string("{% load ui %}" + source).render(context, request)


class Complaint(forms.Form):
    words = forms.CharField(label="What happened?", help_text="In your own words.", widget=forms.Textarea)
    wish = forms.ChoiceField(label="Your wish", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    email = forms.EmailField(label="E-mail", required=False)
    proof = forms.FileField(label="Evidence", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_ties_hint_and_error_to_its_control():
    html = drawn("{% field form.words %}", form=Complaint({}))
    assert 'aria-describedby="id_words_helptext id_words_error"' in html
    assert 'id="id_words_helptext"' in html
    assert 'id="id_words_error"' in html
    assert 'for="id_words"' in html


def test_radios_are_a_fieldset_with_a_legend_and_hints():
    html = drawn("{% field form.wish hints=hints %}", form=Complaint(), hints={"b": "The second <one>"})
    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert "The second &lt;one&gt;" in html


def test_only_fields_that_may_stay_empty_say_so():
    form = Complaint()
    assert "(optional)" in drawn("{% field form.email %}", form=form)
    assert "(optional)" not in drawn("{% field form.words %}", form=form)


def test_the_error_summary_leads_to_the_first_control_of_each_field():
    html = drawn("{% error_summary form %}", form=Complaint({"email": "x@"}))
    assert 'href="#id_words"' in html
    assert 'href="#id_wish_0"' in html
    assert 'href="#id_email"' in html


@pytest.mark.parametrize("form", [None, Complaint(), Complaint({"words": "Milk", "wish": "a"})])
def test_no_summary_without_an_error(form):
    assert "error-summary" not in drawn("{% error_summary form %}", form=form)


@pytest.mark.parametrize(
    ("remaining", "paused", "look", "word"),
    [
        (100_000, False, "on-time", "On time"),
        (3_000, False, "due-soon", "Due soon"),
        (0, False, "overdue", "Overdue"),
        (-60, False, "overdue", "Overdue"),
        (3_000, True, "paused", "Paused"),
    ],
)
def test_a_chip_has_four_looks_each_with_a_word(remaining, paused, look, word):
    html = drawn(
        "{% deadline_chip due remaining=remaining paused=paused %}",
        due=timezone.now() + timedelta(seconds=remaining),
        remaining=remaining,
        paused=paused,
    )
    assert f"chip--{look}" in html
    assert word in html
    assert f'data-ticking="{"false" if paused else "true"}"' in html
    assert 'datetime="' in html
    assert 'title="Due ' in html


@pytest.mark.parametrize(
    ("day_seconds", "remaining", "words"),
    [
        (0, 3_000, "of working time left; due "),
        (8 * 3600, -60, "of working time late; it was due "),
        (24 * 3600, 3_000, '</span><span class="visually-hidden"> left; due '),
        (24 * 3600, -60, '</span><span class="visually-hidden"> late; it was due '),
    ],
)
def test_a_chip_says_whether_working_time_counts_or_all_of_it(day_seconds, remaining, words):
    due = timezone.now() + timedelta(seconds=remaining)
    given = {"due": due, "remaining": remaining, "day_seconds": day_seconds}
    assert words in drawn("{% deadline_chip due remaining=remaining day_seconds=day_seconds %}", **given)


def test_a_chip_without_known_working_time_shows_the_date_and_does_not_tick():
    html = drawn("{% deadline_chip due %}", due=timezone.now() + timedelta(days=2))
    assert "data-remaining" not in html
    assert "chip--on-time" in html


def test_no_deadline_is_said_in_words():
    assert "No deadline" in drawn("{% deadline_chip due %}", due=None)


def test_an_unknown_code_still_gets_a_badge():
    assert "#dot" in drawn('{% badge "status" "frozen" "Frozen" %}')


def test_a_link_of_the_rail_needs_an_existing_page():
    request = RequestFactory().get("/")
    assert "<a" not in drawn('{% rail_link "no:such-page" "Nowhere" "list" %}', request=request)


@pytest.mark.parametrize(("code", "tag"), [("zh-hant", "zh-Hant"), ("zh-hans", "zh-Hans"), ("en", "en")])
def test_the_page_names_its_language(code, tag):
    with translation.override(code):
        assert drawn("{% html_lang %}") == tag


def test_a_foreign_theme_in_the_cookie_is_ignored():
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert drawn("{% chosen_theme %}", request=request) == ""
    request.COOKIES["theme"] = "dark"
    assert drawn("{% chosen_theme %}", request=request) == "dark"


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name):
    assert "<h1>" in render_to_string(name)


def test_a_button_that_is_not_possible_tells_its_reason():
    html = drawn('{% include "components/button.html" with label="Resolve" reason="First the cause." only %}')
    assert "<details" in html
    assert "First the cause." in html
