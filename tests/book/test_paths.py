"""Reading paths: each brings what its chapters need, or says what is taken for granted."""

import re
from pathlib import Path

import pytest

from aimc_course.teaching.book import Chapter, chapters
from aimc_course.teaching.reading import before, direct, readings

ROOT = Path(__file__).resolve().parents[2]
ROLE = re.compile(r"\{ref\}`(ch-[a-z0-9-]+)`")
TABLES = ("tab-paths-device", "tab-paths-circuit", "tab-paths-learning", "tab-paths-deciding")


@pytest.fixture(scope="module")
def found():
    return readings(chapters(ROOT))


@pytest.fixture(scope="module")
def page():
    return (ROOT / "book" / "paths.md").read_text(encoding="utf-8")


def section_of(page, table):
    (section,) = [part for part in re.split(r"^## ", page, flags=re.MULTILINE) if table in part]
    return section


@pytest.mark.parametrize("table", TABLES)
def test_path_follows_the_book_and_skips_only_what_it_says(found, page, table):
    section = section_of(page, f":name: {table}")
    body = section[section.index(":name:") :]
    chosen = [ROLE.search(line)[1] for line in body.splitlines() if line.startswith("* - {ref}")]
    order = [reading.label for reading in found]
    assert chosen == sorted(chosen, key=order.index)
    assert len(set(chosen)) == len(chosen) >= 10
    granted = set(ROLE.findall(section.partition("**Take for granted**")[2])) - set(chosen)
    needed = {need for reading in found if reading.label in chosen for need in reading.needs}
    assert needed - set(chosen) == granted


def test_every_chapter_is_on_a_path_or_beside_it(found, page):
    assert {reading.label for reading in found} == set(ROLE.findall(page))


def test_map_keeps_every_need_and_draws_none_twice(found):
    """What the arcs reach is what the chapters ask for, and each arc is needed for it."""
    arcs = direct(found)
    whole = {(need, one.label) for one in found for need in before(found, one.label)}
    assert reached(arcs) == whole
    for arc in arcs:
        assert reached([other for other in arcs if other != arc]) < whole, arc


def reached(arcs):
    whole = set(arcs)
    while more := {(a, d) for a, b in whole for c, d in arcs if b == c} - whole:
        whole |= more
    return whole


def chapter(text):
    return Chapter("1-concepts/01-a", "A", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A\n", "has no label or no section on prerequisites"),
        ("(ch-a)=\n# A\n\n## Prerequisites and time\n\nNone.\n\n## B\n", "how many minutes"),
        (
            "(ch-a)=\n# A\n\n## Prerequisites and time\n\n{ref}`ch-b`, 30 minutes.\n\n## B\n",
            "asks for ch-b, which does not come before",
        ),
    ],
)
def test_chapters_that_do_not_say_what_they_need_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        readings([chapter(text)])


def test_a_range_of_chapters_names_all_of_them(found):
    landscape = next(reading for reading in found if reading.label == "ch-landscape")
    assert "ch-precision" in landscape.needs
    assert landscape.minutes == 25
