"""What the browser remembers of a reader, where the reader finds it again, and that it forgets."""

from __future__ import annotations

from typing import Any

import pytest
from served import Visit

DRIFT = "book/2-devices/03-drift.html"
FIRST = "book/intro.html"
KEPT = "localStorage.getItem('aimc-memory')"


def choose(page: Any, form: str, k: int) -> str:
    """Choose an answer of a question, send it, and return its words."""
    asked = page.locator(form).first
    choice = asked.locator(".aimc-quiz-choice").nth(k)
    choice.locator("input").check()
    asked.locator("button[type=submit]").click()
    return choice.locator("label").inner_text()


def test_a_prediction_is_kept_and_answered_at_the_end(visit: Visit) -> None:
    page = visit.open(DRIFT)
    end = page.locator(".aimc-chapter-end")
    assert "no prediction" in end.inner_text()
    words = choose(page, "form.aimc-predict", 2)
    assert words in end.inner_text()
    page.reload()
    assert page.locator("form.aimc-predict input").nth(2).is_checked()
    assert page.locator("form.aimc-predict").get_attribute("data-state") == "noted"
    assert words in end.inner_text()
    end.locator("summary").click()
    right = page.locator("form.aimc-predict li[data-right=true] .aimc-quiz-why").inner_text()
    assert right in end.inner_text()


def test_answers_are_kept_with_their_verdict(visit: Visit) -> None:
    page = visit.open(DRIFT)
    form = "form.aimc-quiz[data-kind=quiz]"
    choose(page, form, 0)
    asked = page.locator(form).first
    state = asked.get_attribute("data-state")
    said = asked.locator(".aimc-quiz-feedback").inner_text()
    page.reload()
    assert asked.get_attribute("data-state") == state
    assert asked.locator(".aimc-quiz-feedback").inner_text() == said


PRINTED = """() => {
  const seen = {};
  window.addEventListener('beforeprint', () => {
    seen.theme = document.documentElement.dataset.theme;
    const answers = [...document.querySelectorAll('form.aimc-quiz details')];
    seen.answers = answers.every((each) => each.open);
  });
  window.seenOnPaper = seen;
}"""


def test_after_printing_a_page_is_as_it_was(visit: Visit) -> None:
    page = visit.open(DRIFT)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    form = "form.aimc-quiz[data-kind=quiz]"
    choose(page, form, 0)
    page.evaluate(PRINTED)
    page.pdf()
    assert page.evaluate("window.seenOnPaper") == {"theme": "light", "answers": True}
    assert page.locator("html").get_attribute("data-theme") == "dark"
    told = page.locator(f"{form} details")
    assert told.nth(0).is_visible(), "it has been answered"
    assert told.count() > 1
    assert not told.nth(1).is_visible(), "the next one has not"
    page.locator(form).nth(1).locator("button[type=submit]").click()


def test_an_answer_of_another_edition_is_not_taken_for_one(visit: Visit) -> None:
    page = visit.open(DRIFT)
    choose(page, "form.aimc-predict", 1)
    # A choice begins with its letter; here all of them read otherwise than they did.
    page.evaluate(f"localStorage.setItem('aimc-memory', {KEPT}.replaceAll(') ', ') not '))")
    page.reload()
    assert page.locator("form.aimc-predict input:checked").count() == 0


def test_chapters_read_and_the_last_place_are_found_again(visit: Visit) -> None:
    page = visit.open(DRIFT)
    page.get_by_label("I have read this chapter").check()
    title = page.locator(".bd-article section[id] > h2").nth(4)
    title.scroll_into_view_if_needed()
    section = title.evaluate("(it) => it.parentElement.id")
    visit.open(FIRST)
    marked = page.locator(".bd-links a.aimc-read")
    assert marked.count() == 1
    assert "Drift" in marked.inner_text()
    go_on = page.locator(".aimc-go-on a")
    assert go_on.get_attribute("href").split("/book/")[1].startswith("2-devices/03-drift.html#")
    go_on.click()
    page.wait_for_url("**/03-drift.html*")
    assert page.get_by_label("I have read this chapter").is_checked()
    sections = page.locator(".bd-article section[id]:has(> h2)").evaluate_all(
        "(all) => all.map((one) => one.id)"
    )
    reached = page.url.split("#")[1]
    assert abs(sections.index(reached) - sections.index(section)) <= 2


def test_changed_code_is_kept_until_it_is_reset(visit: Visit) -> None:
    page = visit.open("book/1-concepts/02-ohm-and-kirchhoff.html")
    editor = page.locator("section.aimc-live textarea").first
    original = editor.input_value()
    editor.fill("print(1 + 1)")
    page.reload()
    shows = "(words) => document.querySelector('section.aimc-live textarea')?.value === words"
    page.wait_for_function(shows, arg="print(1 + 1)")
    page.locator("section.aimc-live .aimc-live-reset").first.click()
    page.wait_for_function(f"!{KEPT}.includes('print(1 + 1)')")
    page.reload()
    page.wait_for_function(shows, arg=original)


def test_code_of_another_edition_is_not_taken_for_one(visit: Visit) -> None:
    page = visit.open("book/1-concepts/02-ohm-and-kirchhoff.html")
    editor = page.locator("section.aimc-live textarea").first
    editor.fill("print(1 + 1)")
    start = '<section class="aimc-live"'
    before = f'{start} data-state="static"><pre>print("new")</pre></section>{start}'

    def with_code_before(route: Any) -> None:
        text = route.fetch().text().replace(start, before, 1)
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    page.route("**/02-ohm-and-kirchhoff.html", with_code_before)
    page.reload()
    editors = page.locator("section.aimc-live textarea")
    assert editors.nth(0).input_value() == 'print("new")'
    assert editors.nth(1).input_value() == "print(1 + 1)"


def test_a_page_whose_judge_is_missing_is_loaded_once(visit: Visit) -> None:
    page = visit.open(DRIFT)
    choose(page, "form.aimc-predict", 1)
    page.route("**/quiz.js*", lambda route: route.abort())
    page.reload()
    page.wait_for_timeout(500)
    assert "?" not in page.url


def test_all_can_be_saved_and_forgotten(visit: Visit) -> None:
    page = visit.open(DRIFT)
    words = choose(page, "form.aimc-predict", 0)
    visit.open(FIRST)
    assert "1 answer" in page.locator(".aimc-memory").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert words.split(maxsplit=1)[1] in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Forget all").click()
    assert page.evaluate(KEPT) is None
    visit.open(DRIFT)
    assert page.locator("form.aimc-quiz input:checked").count() == 0


@pytest.mark.parametrize("name", [FIRST, DRIFT])
def test_without_storage_pages_work(visit: Visit, name: str) -> None:
    visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page = visit.open(name)
    # The theme's own script asks for storage too, and complains.
    assert [e for e in visit.errors if "memory.js" in e] == []
    if name == DRIFT:
        choose(page, "form.aimc-predict", 0)
        assert page.locator("form.aimc-predict").get_attribute("data-state") == "noted"
