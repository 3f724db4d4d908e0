"""Search finds the right page first, forgives, and fetches little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from served import Visit

MOST = 400_000  # bytes of one search, uncompressed
GLOSSARY = "book/glossary.html#term-"
PRIMER = "book/1-concepts/02c-phase-change-primer.html"


def asked(visit: Visit, words: str) -> dict[str, Any]:
    """Return what a search finds, and what it fetches."""
    page = visit.open("search.html")
    page.wait_for_load_state("networkidle")
    replies: list[Any] = []
    page.on("response", lambda reply: replies.append(reply))
    page.fill(".bd-search-container input[name=q]", words)
    page.wait_for_selector(f'#search-results[data-asked="{words}"]')
    return {
        "pages": page.locator(".aimc-found-title").evaluate_all("all => all.map(a => a.href)"),
        "kinds": page.locator(".aimc-found-kind").all_inner_texts(),
        "term": page.locator(".aimc-found-term a").evaluate_all("all => all.map(a => a.href)"),
        "said": page.inner_text("#search-results [role=status]"),
        "bytes": sum(len(reply.body()) for reply in replies),
        "addresses": [reply.url for reply in replies],
    }


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "term", "first"),
    [
        ("drift", "drift", "book/2-devices/03-drift.html"),
        ("GDC", "global-drift-compensation", "book/4-accuracy/04-beating-drift.html"),
        ("what is GDC?", "global-drift-compensation", None),
        ("conductnce", "conductance", "book/1-concepts/03-weights-as-conductances.html"),
        ("lab 5", None, "labs/student/05-network-on-64-cores.html"),
        ("\N{GREEK SMALL LETTER MU}S", None, None),
        ("MoE", "mixture-of-experts", "book/5-outlook/03-experts-in-three-dimensions.html"),
    ],
)
def test_the_right_page_comes_first(
    visit: Visit, words: str, term: str | None, first: str | None
) -> None:
    found = asked(visit, words)
    assert [link.endswith(f"{GLOSSARY}{term}") for link in found["term"]] == [True] * bool(term)
    assert found["pages"]
    assert first is None or found["pages"][0].endswith(first)
    assert "API" not in found["kinds"]
    assert found["bytes"] < MOST
    assert not [url for url in found["addresses"] if "searchindex" in url]
    assert visit.foreign == []
    assert visit.errors == visit.complaints == []


@pytest.mark.browser
def test_who_comes_back_finds_what_was_asked_last(visit: Visit) -> None:
    page = visit.open("search.html?q=drift")
    page.wait_for_selector('#search-results[data-asked="drift"]')
    page.fill(".bd-search-container input[name=q]", "softmax")
    page.wait_for_selector('#search-results[data-asked="softmax"]')
    page.locator(".aimc-found-title").first.click()
    page.wait_for_url("**/book/**")
    page.go_back()
    page.wait_for_selector('#search-results[data-asked="softmax"]')


@pytest.mark.browser
def test_a_slip_is_mended_and_said(visit: Visit) -> None:
    assert "“conductance”" in asked(visit, "conductnce")["said"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("letter", "meaning", "place"),
    [
        (
            "\N{GREEK SMALL LETTER NU}",
            "drift exponent",
            "book/1-concepts/02c-phase-change-primer.html",
        ),
        ("sigma_P", "standard deviation of programmed conductances", None),
        ("w_max", "fully SET", "book/1-concepts/03-weights-as-conductances.html"),
    ],
)
def test_what_a_symbol_stands_for_is_told(
    visit: Visit, letter: str, meaning: str, place: str | None
) -> None:
    found = asked(visit, letter)
    assert meaning in visit.page.inner_text(".aimc-found-here")
    assert [link for link in found["pages"] if link.endswith("book/notation.html")]
    if place:
        assert [link for link in found["term"] if place in link]
    assert visit.errors == visit.complaints == []


@pytest.mark.browser
def test_a_word_that_no_page_has_finds_nothing(visit: Visit) -> None:
    found = asked(visit, "xyzzyq")
    assert found["said"] == "Nothing found"
    assert found["pages"] == []


@pytest.mark.browser
def test_what_holds_no_word_leaves_no_answer_standing(visit: Visit) -> None:
    asked(visit, "drift")
    visit.page.fill(".bd-search-container input[name=q]", "?!")
    visit.page.wait_for_selector(".aimc-found-title", state="detached")
    assert visit.page.inner_text("#search-results [role=status]") == ""


@pytest.mark.browser
def test_the_api_is_searched_on_demand(visit: Visit) -> None:
    assert "API" not in asked(visit, "drift_factor")["kinds"]
    visit.page.get_by_label("the pages of the API too").check()
    visit.page.wait_for_function(
        "[...document.querySelectorAll('.aimc-found-kind')].some(k => k.textContent === 'API')"
    )


@pytest.mark.browser
def test_of_two_answers_on_their_way_the_later_one_stays(visit: Visit) -> None:
    assert "API" not in asked(visit, "drift_factor")["kinds"]
    box = visit.page.get_by_label("the pages of the API too")
    box.evaluate("box => { box.click(); box.click(); }")
    visit.page.wait_for_load_state("networkidle")
    visit.page.wait_for_timeout(500)
    assert "API" not in visit.page.locator(".aimc-found-kind").all_inner_texts()


@pytest.mark.browser
def test_an_index_that_has_been_replaced_is_fetched_anew(visit: Visit) -> None:
    happened: set[str] = set()

    def entry(route: Any) -> None:
        changed = " " * ("deployment" in happened)
        route.fulfill(body=route.fetch().text() + changed, content_type="application/json")

    def gone(route: Any) -> None:
        if "second start" in happened:
            route.fallback()
        else:
            route.fulfill(status=404, body="<!doctype html>Not here")

    def script(route: Any) -> None:
        happened.add("second start")
        route.fallback()

    visit.page.route("**/pagefind-entry.json*", entry)
    asked(visit, "drift")
    happened.add("deployment")
    for part in ("fragment", "index", "filter"):
        visit.page.route(f"**/pagefind/{part}/*", gone)
    visit.page.route("**/pagefind.js?again*", script)
    visit.page.fill(".bd-search-container input[name=q]", "resonator")
    visit.page.wait_for_selector('#search-results[data-asked="resonator"]')
    assert "page" in visit.page.inner_text("#search-results [role=status]")
    assert "second start" in happened


@pytest.mark.browser
def test_the_dialog_answers_while_one_types_and_by_keyboard(visit: Visit) -> None:
    page = visit.open("book/2-devices/03-drift.html")
    page.keyboard.press("Control+k")
    field = page.locator(".search-button__wrapper.show input")
    icon = page.locator(".search-button__wrapper.show form i, form.bd-search svg").first
    padding = field.evaluate("e => parseFloat(getComputedStyle(e).paddingLeft)")
    box = icon.bounding_box()
    assert field.bounding_box()["x"] + padding >= box["x"] + box["width"] + 2
    field.type("lab 5")
    first = page.locator(".aimc-search .aimc-found-title").first
    first.wait_for()
    page.keyboard.press("ArrowDown")
    assert first.evaluate("a => a === document.activeElement")
    page.keyboard.press("Escape")
    assert page.locator(".search-button__wrapper.show").count() == 0
    link = page.locator(".bd-docs-nav a[href]").first
    for step in ("Home", "ArrowDown"):  # from the field and from a result
        link.focus()
        page.keyboard.press("Control+k")
        page.keyboard.press(step)
        page.keyboard.press("Escape")
        assert link.evaluate("a => a === document.activeElement")
    page.keyboard.press("Control+k")
    field.fill("lab 5")
    field.press("Enter")
    page.wait_for_url(re.compile(r"search\.html\?q=lab"))
    page.wait_for_selector('#search-results[data-asked="lab 5"]')


@pytest.mark.browser
def test_pages_from_disk_are_searched_with_the_plain_index(site: Path, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "search.html").as_uri() + "?q=drift")
    page.wait_for_selector("#search-results li a")
    assert "Opened from disk" in page.inner_text(".bd-search-container")
    context.close()
