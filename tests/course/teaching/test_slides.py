"""Decks: plans fit the book, every slide fits its box, every deck builds and prints."""

import json
import re
import shutil
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from aimc.plots import Bars, Chart, Heatmap, Line, Points, Rule
from aimc.plots.data import chart_data
from aimc.plots.palette import COLOURS
from aimc_course.teaching.book import chapters
from aimc_course.teaching.slides import charts as charts_of_slides
from aimc_course.teaching.slides.charts import chart_svg, rebuilt
from aimc_course.teaching.slides.plan import PlanError, parts_with_plan, read_plan, read_plans
from aimc_course.teaching.slides.sources import deck_name, deck_text

pytestmark = pytest.mark.xdist_group("slides")
STANDING = (1, 2, 3, 4, 5)
SMALL = Path(__file__).with_name("small_deck.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plans(root):
    return {plan.part: plan for plan in read_plans(root)}


def test_every_part_that_stands_has_a_plan(root, plans):
    assert set(STANDING) <= set(plans)
    assert set(plans) <= {chapter.part for chapter in chapters(root)}
    assert parts_with_plan() == sorted(plans)


@pytest.mark.parametrize("part", STANDING)
def test_plans_cover_every_chapter_in_a_lecture_of_90_minutes(root, plans, part):
    plan = plans[part]
    assert list(plan.chapters) == [c.name for c in chapters(root) if c.part == part]
    assert 25 <= len(plan.slides) + 1 <= 40
    assert 75 <= plan.minutes <= 90
    for name in plan.chapters:
        first = next(slide for slide in plan.slides if slide.chapter == name)
        assert first.question.startswith("predict-"), f"{name} does not begin with its question"


@pytest.mark.parametrize("part", STANDING)
def test_slides_say_one_thing_in_a_sentence_and_have_notes(plans, part):
    titles = [slide.title for slide in plans[part].slides]
    assert len(set(titles)) == len(titles)
    for slide in plans[part].slides:
        assert len(slide.title.split()) >= 4, slide.title
        assert len(slide.title) <= 90, slide.title
        assert len(slide.notes.split()) >= 15, slide.title
        assert not re.search(r"\d[\d.,]*\s?(?:%|TOPS|µ|nJ)", slide.title), slide.title
        things = (slide.figure, slide.picture, slide.table, slide.question, slide.published)
        assert any([*things, slide.equations, slide.points, slide.words]), slide.title
        assert bool(slide.published) == bool(slide.ours), slide.title
    seen = [slide.figure or slide.picture for slide in plans[part].slides]
    figures = [name for name in seen if name]
    assert len(set(figures)) == len(figures)
    mistakes = [slide.mistake for slide in plans[part].slides if slide.mistake]
    assert len(mistakes) >= len(titles) / 2


@pytest.mark.parametrize("part", STANDING)
def test_numbers_of_cards_come_from_facts_and_computed_values(plans, part):
    """What is typed by hand may only count things and bits, or is explained in the notes."""
    for slide in plans[part].slides:
        for text in (slide.published, slide.ours, *slide.words):
            typed = re.sub(r"\{(?:fact|value)\}`[^`]*`", "", text)
            found = re.findall(r"\d+(?:\.\d+)?\s?(?:TOPS|µ\w|nJ|ns|K\b|eV|meV)", typed)
            assert not found, f"{slide.title}: {found}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fig-drift-pair", "fig-drift-pear", "no figure 'fig-drift-pear'"),
        ("eq-drift-arrhenius", "eq-gone", "no equation 'eq-gone'"),
        ("tab-drift-left", "tab-gone", "no table 'tab-gone'"),
        ("predict-drift", "predict-gone", "no question 'predict-gone'"),
        ("drift-decade:", "drift-century:", "no value 'drift-century'"),
        ("After a day", "After a year", "no misconception 'After a year the device'"),
        ("The mean over", "The sum over", "no point of the summary 'The sum over devices'"),
        ("04-noise |", "04-poise |", "no chapter '2-devices/04-poise'"),
        ("2-devices/03-drift", "2-devices/30-drift", "no chapter '2-devices/30-drift'"),
        ("C006", "C999", "C999"),
        ("split =", "spilt =", "unknown key 'spilt'"),
        ("minutes = 2\n", "", "minutes"),
    ],
)
def test_plans_that_do_not_fit_name_plan_and_label(root, old, new, message):
    assert old in SMALL
    with pytest.raises(PlanError, match=r"small\.toml") as caught:
        read_plan(SMALL.replace(old, new, 1), "small.toml", root)
    assert message in str(caught.value)


def test_parts_without_a_plan_are_refused(root):
    with pytest.raises(PlanError, match="part=7 has no plan"):
        read_plans(root, [7])


def test_sources_of_facts_stand_in_small_print(root):
    plan = read_plan(SMALL, "small.toml", root)
    slide = next(slide for slide in plan.slides if slide.published)
    assert slide.sources[0] == "joshi2020accurate"
    assert len(set(slide.sources)) == len(slide.sources)
    text = deck_text(plan, {chapter.name: chapter.title for chapter in chapters(root)})
    assert text.startswith("# A small deck\n")
    assert len(re.findall(r"^## ", text, flags=re.MULTILINE)) == len(plan.slides)
    assert deck_name(plan) == "part9"


def test_charts_become_drawings_with_names_of_their_own():
    charts = [
        Chart("One", "x", "y", (Line((1.0, 2.0), (float("nan"), 3.0), "a"), Rule(2.0, "b"))),
        Chart("Two", "x", "y", (Bars(("a", "b"), (1.0, 2.0), "c"),)),
        Chart("Three", "x", "y", (Heatmap(((1.0, 2.0), (3.0, 4.0))),)),
        Chart("Four", "x", "y", (Points((1.0,), (2.0,), names=("p",)),)),
    ]
    data = json.loads(json.dumps(chart_data(charts, columns=2, width=4, height=3)))
    again = rebuilt(data["charts"][1])
    assert again == charts[1]
    svg = chart_svg(data, "fig-x")
    root = ET.fromstring(svg)
    names = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("fig-x-") for name in names)
    words = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text"))
    assert {"One", "Two", "Three", "Four"} <= set(words.split())
    assert "<style" not in svg
    assert "#1a1a1a" not in svg.lower()
    assert "var(--aimc-series-1" in svg
    assert chart_svg(data, "fig-x") == svg, "the same data give the same drawing"
    # Every colour has a lighter one for dark slides.
    sheet = Path(charts_of_slides.__file__).with_name("slides.css").read_text(encoding="utf-8")
    at_night = set(re.findall(r"--aimc-series-(\d+):", sheet))
    assert at_night == {str(k) for k in range(1, len(COLOURS) + 1)}
    pair = chart_data(charts[:2], columns=2, width=4, height=3)
    wide, narrow = chart_svg(pair, "fig-x"), chart_svg(pair, "fig-x", beside=True)
    shape = [
        list(map(float, ET.fromstring(text).get("viewBox").split())) for text in (wide, narrow)
    ]
    assert shape[0][2] > shape[0][3], "two charts beside each other"
    assert shape[1][2] < shape[0][2], "or above each other, beside words"
    assert shape[1][3] > shape[0][3]


@pytest.fixture
def workshop(root):
    """A folder below the root, where Sphinx can read decks."""
    folder = root / "_build" / f"slides-test-{uuid.uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def visited(root, task, deck, *more):
    """What a process says about a deck."""
    script = Path(__file__).with_name("deck_visit.py")
    done = subprocess.run(
        [sys.executable, script, root, task, deck, *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.book
@pytest.mark.browser
def test_a_small_deck_of_all_kinds_fits_and_prints(root, workshop, tmp_path):
    from aimc_course.teaching.slides.building import write_decks

    plan = read_plan(SMALL, "small.toml", root)
    (deck,) = write_decks(tmp_path, root=root, plans=[plan], workshop=workshop)
    page = deck.read_text(encoding="utf-8")
    assert page.count('<aside class="notes">') == len(plan.slides) + 1
    assert "What students get wrong" in page
    assert "In the book, below it" in page
    assert "Joshi et al." in page
    assert "chapter_value" not in page
    assert not re.search(r'(?:src|href)="https?://(?!aimc-course\.github\.io)', page)
    seen = visited(root, "look", deck)
    assert seen == {"slides": len(plan.slides) + 1, "faults": {}}
    pages = visited(root, "print", deck)
    assert pages == {"part9.pdf": seen["slides"], "part9-handout.pdf": seen["slides"]}


@pytest.mark.book
def test_a_label_that_goes_away_later_is_named_by_the_build(root, workshop, tmp_path):
    """The source still has the label, as a comment has; what Sphinx has read has not."""
    from dataclasses import replace

    from aimc_course.teaching.slides.building import write_decks

    plan = read_plan(SMALL, "small.toml", root)
    lost = replace(plan.slides[1], figure="fig-lost")
    plan = replace(plan, slides=(lost,))
    with pytest.raises(RuntimeError, match=r"small\.toml.*no figure 'fig-lost'"):
        write_decks(tmp_path, root=root, plans=[plan], workshop=workshop)


@pytest.mark.weekly  # the small deck has a slide of each kind, and all plans are read above
@pytest.mark.book
@pytest.mark.browser
def test_all_decks_build_fit_and_print(root, plans, workshop, tmp_path):
    from aimc_course.teaching.slides.building import write_decks

    decks = write_decks(tmp_path, root=root, workshop=workshop)
    assert [deck.stem for deck in decks] == [f"part{part}" for part in sorted(plans)]
    for part, deck in zip(sorted(plans), decks, strict=True):
        count = len(plans[part].slides) + 1
        assert visited(root, "look", deck, "6") == {"slides": count, "faults": {}}, deck.stem
        pages = visited(root, "print", deck)
        assert set(pages.values()) == {count}, pages
