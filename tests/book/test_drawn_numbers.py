"""Numbers that drawings and solutions show are those that the library computes.

Most drawings import what they show. A number that takes a simulation stands in the drawing, and
here it is compared with what the chapter computes: either the chapter asserts it when it runs and
the same digits have to stand in both, or its cells are run here.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc.circuits import quantise
from aimc.published import fact
from aimc_course.authoring.lint.markup import split

BOOK = Path(__file__).parents[2] / "book"


# Published numbers that stand in the words of a drawing, with the fact that holds each.
WORDS = (
    ("cost-measure", "{:g} µs", ("A127",)),
    ("anatomy-die", "{:g} mm × {:g} mm", ("A129",)),
    ("anatomy-die", "{:g} global digital units", ("A003",)),
    ("anatomy-die", "one of {:g} equal cores", ("A002",)),
    ("anatomy-die", "{:g} × {:g} cells", ("A008",)),
    ("anatomy-die", "{:g} ADCs", ("A021",)),
    ("core-path", "{:g} × {:g} cells:", ("A008",)),
    ("core-path", "{:g} × {:g} bits", ("A022",)),
    ("core-path", "{:g} ns", ("A030",)),
    ("core-phases", "4 × {:g} ns", ("A118",)),
)


def page(name: str) -> str:
    return (BOOK / f"{name}.md").read_text(encoding="utf-8")


def asserted(name: str) -> list[Any]:
    """Return what a chapter calls ``drawn`` and compares with its results when it runs."""
    return [ast.literal_eval(found) for found in re.findall(r"^drawn = (.+)$", page(name), re.M)]


@cache
def run_until(name: str, wanted: str) -> dict[str, Any]:
    """Run the cells of a chapter until they have made ``wanted``; return all names."""
    names: dict[str, Any] = {}
    for block in split(page(name).splitlines())[1]:
        if block.name != "code-cell" or "skip-execution" in str(block.options):
            continue
        exec(compile(block.body, name, "exec"), names)
        if wanted in names:
            return names
    raise AssertionError(f"{name} makes no {wanted!r}")


@pytest.mark.parametrize(("name", "words", "facts"), WORDS)
def test_published_numbers_in_the_words_of_a_drawing_are_those_of_the_facts(
    drawing, name, words, facts
):
    numbers = [number for identifier in facts for number in fact(identifier).numbers]
    shown = re.findall(r">([^<]+)<", drawing(name).svg())
    assert words.format(*numbers) in shown


def test_triangles_and_ruler_of_mvm_errors_show_what_the_chapter_asserts(drawing):
    split_errors, after_a_day, legs = asserted("3-chip/05-mvm-precision")
    for name, linear, residual, total, _ in drawing("mvm-split").CASES:
        key = "ODP" if name == "one device" else "TDP"
        assert (total, linear, residual) == split_errors[key]
    for name, start, best, summed in drawing("mvm-ruler").CORES:
        key = "ODP" if name == "one device" else "TDP"
        assert start == split_errors[key][0]
        assert (best, summed) == after_a_day[key]
    parts = (*drawing("mvm-legs").LINEAR, *drawing("mvm-legs").RESIDUAL)
    assert tuple(size for _, size, _ in parts) == legs


def test_ladder_of_energies_shows_what_the_chapter_asserts(drawing):
    (shares,) = asserted("3-chip/07-throughput-energy-area")
    assert tuple(parts for _, parts in drawing("cost-ladder").CASES) == shares


def test_squares_of_the_error_budget_are_those_of_its_table(drawing):
    sources, _ = run_until("1-concepts/05-precision", "table")["table"][2, "1 day"]
    keys = {"spread": "drift spread"}
    squares = drawing("precision-squares").SOURCES
    drawn = {keys.get(name, name): error for name, error, *_ in squares}
    for name, error in drawn.items():
        assert error == pytest.approx(sources[name], abs=0.006), name
    # What the drawing leaves out is too small to be seen in it.
    assert all(error < 0.2 for name, error in sources.items() if name not in drawn)
    said = page("1-concepts/05-precision").split(":name: fig-precision-squares")[1].split("```")[0]
    told = [float(x) for x in re.findall(r"\d+\.\d", said)]
    total = float(np.hypot.reduce([*drawn.values()]))
    assert told == [round(error, 1) for error in (*drawn.values(), total)]


def test_triangle_of_programming_has_the_share_of_the_loop(drawing):
    names = run_until("2-devices/02-programming", "half")
    assert names["half"]["2019"] == pytest.approx(drawing("prog-triangle").SHARE, abs=0.008)


def test_votes_of_three_reads_are_those_of_generalised_least_squares(drawing):
    covariance = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1.0]])
    votes = np.linalg.solve(covariance, np.ones(3))
    votes = votes / votes.sum()
    np.testing.assert_allclose(drawing("noise-votes").OURS, votes, atol=0.005)


def test_range_of_the_quantiser_ends_at_its_last_level(drawing):

    made = drawing("io-staircase")
    ends = [float(x) for x in re.findall(r'd="M([\d.]+) 22L', made.svg())]
    in_steps = [(x - made.MIDDLE) / made.UNIT for x in ends]
    beyond = quantise(np.array([-9.0, 9.0]), 3, float(made.LEVELS))
    assert in_steps == pytest.approx(beyond.tolist())


def test_balance_of_cores_has_the_layers_of_the_network(drawing):
    from aimc.chip import resnet9_cifar10

    drawn = drawing("map-balance").LAYERS
    layers = resnet9_cifar10().layers
    assert [(layer.mvms, layer.outputs // layer.mvms) for layer in layers] == [
        (reads, values) for _, reads, values in drawn
    ]


def test_solutions_on_the_error_budget_use_the_numbers_of_its_table():
    table = run_until("1-concepts/05-precision", "table")["table"]
    solution = page("1-concepts/05-precision").split("{solution} ex-precision-5")[1]
    solution = solution.split("````")[0]
    for devices, drift, rest in ((2, 59, 128), (1, 69, 303)):
        sources, _ = table[devices, "1 day"]
        apart = ("mean drift", "inputs", "outputs")
        others = [error for name, error in sources.items() if name not in apart]
        assert sources["mean drift"] ** 2 == pytest.approx(drift, rel=0.03)
        assert sum(e**2 for e in others) == pytest.approx(rest, rel=0.03)
        assert f"= {drift}$" in solution
        assert str(rest) in solution


@pytest.mark.parametrize(
    ("name", "chapter", "figure"),
    [
        ("onetoken", "02-language-models", "fig-llm-token"),
        ("onetoken-chips", "01-next-chips", "fig-next-token"),
        ("onetoken-problems", "07-open-problems", "fig-open-spent"),
    ],
)
def test_the_words_for_the_picture_of_a_token_name_the_numbers_that_it_shows(
    drawing, name, chapter, figure
):
    shown = " ".join(re.findall(r">([^<]+)<", drawing(name).svg()))
    sys.modules.pop("onetoken", None)
    alt = page(f"5-outlook/{chapter}").split(f":name: {figure}\n:alt: ")[1].splitlines()[0]
    told = re.findall(r"\d[\d.,]*\d|\d", alt.replace("H100", ""))
    assert len(told) >= 15
    assert [number for number in told if number not in shown] == []


def test_the_parts_of_a_token_add_up_to_the_machine_that_the_chapters_price(drawing):
    from aimc_course.studies.roadmap import (
        analog_machine,
        fetching_machine,
        low_end,
        other_end,
        seven_billion,
        today,
        token,
    )

    made = drawing("onetoken")
    work, prices = token(seven_billion(), made.CONTEXT), today()
    ends = {
        "low": {
            "card_standing_share": prices["card_standing_share"].low,
            "memory_efficiency": prices["memory_efficiency"].high,
            "memory_energy": prices["memory_energy"].low,
        },
        "high": {
            "card_standing_share": prices["card_standing_share"].high,
            "memory_efficiency": prices["memory_efficiency"].low,
            "memory_energy": prices["memory_energy"].high,
        },
    }
    # at the low end of the cores' energies a digital value takes more and waiting less
    machines = (low_end(), 1), (other_end(), 0)
    parts = {part: span for part, span in made.energies().items() if part != made.WEIGHTS}
    card = parts.pop(made.CARD)
    units = parts.pop(made.UNITS)
    stages, fetched = made.times()
    for k, (chosen, (listed, unit)) in enumerate(zip(ends.values(), machines, strict=True)):
        machine = analog_machine(work, listed.middle(**chosen))
        found = units[unit] + sum(span[k] for span in parts.values())
        assert found == pytest.approx(machine.energy[0], rel=0.005)
        rival = fetching_machine(work, prices.middle(**chosen))
        assert card[k] == pytest.approx(rival.energy[0], rel=0.005)
        seconds = sum(t for _, t in stages) + fetched[k]
        assert seconds == pytest.approx(machine.interval[0])


def test_the_words_for_the_shares_of_wins_name_what_the_table_shows(drawing):
    made = drawing("open-even")
    share = {(users, tokens): round(won)
             for tokens, row in zip(made.CONTEXTS, made.shares(), strict=True)
             for users, won in zip(made.USERS, row, strict=True)}  # fmt: skip
    assert all(97 <= share[users, tokens] <= 99 for users in (1, 2, 4, 8) for tokens in (256, 512))
    assert all(60 <= share[users, tokens] <= 65 for users in (64, 128, 256, 512)
               for tokens in (8192, 16384, 32768) if users * tokens > 2**20)  # fmt: skip
    assert (share[1, 32768], share[512, 256]) == (42, 58)
    beyond = [share[16, 2048], share[32, 1024], share[64, 512]]
    assert all(78 <= each <= 82 for each in beyond)
    assert round(made.product(), -2) == 25400
    assert all(16384 < made.product() < users * tokens for users, tokens in ((16, 2048), (64, 512)))
    alt = page("5-outlook/07-open-problems").split(":name: fig-open-even")[1].splitlines()[1]
    assert [n for n in re.findall(r"\d[\d,]*\d", alt) if n not in {"256", "32,768", "2,048"}] == [
        "512", "97", "99", "60", "65", "25,400", "16", "64", "512", "80", "42", "58",
    ]  # fmt: skip


def test_the_words_for_the_bars_of_the_memories_name_what_the_bars_show(drawing):
    made = drawing("open-memories")
    drawn = {(users, words): made.bars(users, changes)
             for users in made.USERS for words, changes in made.CASES}  # fmt: skip
    times = {key: sum(parts) for key, (parts, _) in drawn.items()}
    energies = {key: sum(parts) for key, (_, parts) in drawn.items()}
    for words, seconds, energy in (
        ("its own", 450, 7.0), ("a tenth more", 370, 5.8),
        ("all", 480, 7.4), ("all, free links", 270, 4.2),
    ):  # fmt: skip
        assert times[1, words] == pytest.approx(seconds, abs=5)
        assert energies[1, words] == pytest.approx(energy, abs=0.05)
        assert drawn[1, words][1][0] > 0.97 * energies[1, words]  # nearly all of it waits
        assert times[128, words] == pytest.approx(640, abs=5)
        assert round(energies[128, words], 1) == 1.1
        assert drawn[128, words][1][1] > 0.5 * energies[128, words]  # attention at work
    assert drawn[1, "its own"][0][1] == pytest.approx(160, abs=1)
    alt = page("5-outlook/07-open-problems").split(":name: fig-open-memories")[1].splitlines()[1]
    assert re.findall(r"\d[\d.]*\d", alt) == [
        "450", "160", "7.0", "100", "370", "5.8", "480", "7.4", "270", "4.2", "128",
        "640", "1.1",
    ]  # fmt: skip
