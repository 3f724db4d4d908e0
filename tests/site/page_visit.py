"""One visit to a page of the built site, on a laptop and on a phone, and all that was seen.

A page is opened twice, and every test of it reads this record: what it asked for, what is in it,
how wide it is, what axe finds in both themes, how its charts are drawn, its questions answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import looks
from served import SAMPLE, Visit

LAPTOP, PHONE = 1280, 390  # px
# The widest family of letters that a page may get.
WIDEST = "body { font-family: 'DejaVu Sans' !important; }"
THEMES = ("light", "dark")


@dataclass
class PageRecord:
    """What was seen on a page; keys of dictionaries are widths in px, or themes."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    explorers: list[str] = field(default_factory=list)
    cells: int = 0
    questions: int = 0
    unanswerable: int = 0
    answering: list[str] = field(default_factory=list)
    needed: dict[int, list[int]] = field(default_factory=dict)
    captions: dict[int, list[float]] = field(default_factory=dict)
    too_wide: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    axe: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[int, list[str]] = field(default_factory=dict)
    charts: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[tuple[str, float, float]] = field(default_factory=list)
    seen_pictures: int = 0
    white: dict[str, float] = field(default_factory=dict)
    grounds: list[str] = field(default_factory=list)


def visit_page(context: Any, base: str, name: str, *, axe: bool = True) -> PageRecord:
    """Visit a page, with or without axe; no fault is raised here, all are recorded."""
    visit = Visit(context.new_page(), base)
    record = PageRecord()
    try:
        on_a_laptop(visit, name, record)
        on_a_phone(visit, record)
        if axe:
            with_axe(visit, record, None if name in SAMPLE else looks.WITHOUT_CODE)
    finally:
        visit.page.close()
    return record


def hear(visit: Visit, record: PageRecord) -> None:
    """Note what the page asked for and complained of until now."""
    record.foreign += visit.foreign
    for said in ("errors", "complaints", "missing"):
        getattr(record, said).extend(getattr(visit, said))
        getattr(visit, said).clear()
    visit.requests.clear()


def widths(page: Any, record: PageRecord, width: int) -> None:
    record.needed.setdefault(width, []).append(looks.needed_width(page))
    record.captions.setdefault(width, []).extend(looks.caption_ends(page))


def on_a_laptop(visit: Visit, name: str, record: PageRecord) -> None:
    visit.page.set_viewport_size({"width": LAPTOP, "height": 900})
    page = visit.open(f"{name}.html")
    record.loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    record.images = looks.images(page)
    record.explorers = page.eval_on_selector_all(
        "section.aimc-explorer", "all => all.map(s => s.dataset.target)"
    )
    record.cells = page.locator("section.aimc-live textarea").count()
    widths(page, record, LAPTOP)
    record.figures[LAPTOP] = page.evaluate(looks.FIGURES)
    record.charts = page.evaluate(looks.CHARTS)
    record.pictures = page.evaluate(looks.PICTURES)
    questions(page, record)
    visit.dress("dark")
    record.seen_pictures = page.locator(".aimc-figure img:visible").count()
    record.white = looks.white_shares(page)
    record.grounds = looks.grounds(page)
    page.add_style_tag(content=WIDEST)
    record.too_wide = page.evaluate(looks.TOO_WIDE, looks.EQUATIONS)
    record.too_wide += page.evaluate(looks.TOO_WIDE, ".bd-article pre")
    hear(visit, record)


def questions(page: Any, record: PageRecord) -> None:
    forms = page.locator("form.aimc-quiz")
    record.questions = forms.count()
    # The closed list of answers always names a right one.
    record.unanswerable = page.locator("form.aimc-quiz:not(:has(li[data-right=true]))").count()
    if not record.unanswerable:
        record.answering = [f for form in forms.all() for f in looks.answer_by_keyboard(page, form)]


def on_a_phone(visit: Visit, record: PageRecord) -> None:
    page = visit.page
    page.set_viewport_size({"width": PHONE, "height": 900})
    widths(page, record, PHONE)  # of a window made narrow, and of a page loaded into a narrow one
    page.reload(wait_until="load")
    visit.settle()
    widths(page, record, PHONE)
    record.figures[PHONE] = page.evaluate(looks.FIGURES)
    record.silent = page.evaluate(looks.SILENT, ".bd-article div.math")
    record.silent += page.evaluate(looks.CUT, ".bd-article div.math")
    hear(visit, record)


def with_axe(visit: Visit, record: PageRecord, parts: dict[str, Any] | None) -> None:
    """Let axe look; last, because it asks for style sheets at addresses of its own."""
    visit.page.evaluate(looks.THIN_OUT, looks.FURTHER)
    visit.page.set_viewport_size({"width": LAPTOP, "height": 900})
    record.axe["light"] = looks.axe(visit.page, parts)
    visit.dress("dark")
    record.axe["dark"] = looks.axe(visit.page, parts, colours=True)
