"""The stored search: what wins lies inside, nothing absurd comes near, a part is found again."""

import importlib.util
import math
from pathlib import Path

import pytest

from aimc.units import DAY
from aimc_course.capstone.design import CHOICES, read_design
from aimc_course.capstone.evaluation import IMAGES, correct_images
from aimc_course.capstone.pricing import price
from aimc_course.capstone.scoring import gains_of
from aimc_course.capstone.search import stored_search
from aimc_course.capstone.submissions import baselines

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def stored():
    return stored_search()


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "search_capstone", ROOT / "scripts" / "search_capstone.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_search_was_made_with_the_rules_of_now(stored, script):
    assert stored["axes"] == {name: list(values) for name, values in script.AXES.items()}
    assert stored["costs"] == {name: list(values) for name, values in script.COSTS.items()}
    assert stored["fixed"] == script.FIXED
    assert stored["final"] == {"serials": list(script.FINAL), "images": IMAGES}
    every = math.prod(len(v) for v in (script.AXES | script.COSTS).values())
    assert stored["designs"] + stored["refused"] == every > 2000


def test_the_winner_is_no_extreme_of_any_choice_with_an_order(stored):
    winner = read_design(stored["winner"]["toml"])
    extreme = {
        choice.name
        for choice in CHOICES
        if choice.ordered
        and getattr(winner, choice.name) in (choice.allowed[0], choice.allowed[-1])
    }
    assert extreme <= {"devices"}  # one device is enough, see the neighbours
    for name in ("columns", "input_bits", "output_bits", "copies"):
        scores = list(stored["best_with"][name].values())
        assert 0 < scores.index(max(scores)) < len(scores) - 1


def test_changing_any_single_decision_of_the_winner_loses_or_ties(stored, script):
    changes = {entry["change"].split(" = ")[0] for entry in stored["neighbours"]}
    assert changes >= {choice.name for choice in CHOICES}
    assert changes >= {"copies of conv1", "copies of conv2"}
    for entry in stored["neighbours"]:
        best = stored["winner"]["score"] + script.TIE  # closer than that is a tie
        assert "refused" in entry or entry["score"] <= best, entry


def test_absurd_designs_come_nowhere_near(stored):
    best = max(stored["best_with"]["columns"].values())
    assert stored["best_with"]["output_bits"]["3"] < 0.1 * best
    assert stored["best_with"]["input_bits"]["3"] < 0.5 * best
    assert stored["best_with"]["input_bits"]["8"] < 0.6 * best
    assert stored["best_with"]["columns"]["128"] < 0.7 * best
    assert stored["best_with"]["columns"]["8"] < 0.7 * best


def test_the_hard_baseline_is_what_the_search_found(stored):
    hard, winner = baselines()[-1].designs[0], read_design(stored["winner"]["toml"])
    assert hard.as_toml().split("\n", 1)[1] == winner.as_toml().split("\n", 1)[1]


@pytest.mark.native("it repeats for long what other tests run there")
def test_a_part_of_the_search_is_found_again(stored, script):
    sample = stored["sample"]
    values = (512, 5, 4, "1-phase")
    chosen = {**script.FIXED, **dict(zip(script.AXES, values, strict=True))}
    right = stored["correct"]["/".join(map(str, values))]
    design = script.fitted(**chosen, columns=32, copies=1)
    assert right == sum(
        correct_images(design, serial, sample["images"], (DAY,))[0] for serial in sample["serials"]
    )
    # the best with so many columns, priced again with every choice of bits and modes
    best = 0.0
    for key, count in stored["correct"].items():
        rows, *bits, read_mode = key.split("/")
        options = {
            **script.FIXED, "rows": int(rows), "input_bits": int(bits[0]),
            "output_bits": int(bits[1]), "read_mode": read_mode,
        }  # fmt: skip
        if read_mode == "4-phase" or rows != "512":
            continue
        found = price(script.fitted(**options, columns=64, copies=1), None)
        if found.performance.period > 100e-6 or found.power > 0.6 or found.area > 8e-6:
            continue
        total = sample["images"] * len(sample["serials"])
        three = gains_of(count / total, found.energy, found.area)
        best = max(best, 1000 * math.prod(max(0.0, gain) for gain in three))
    assert 0.5 * stored["best_with"]["columns"]["64"] < best
    assert best <= stored["best_with"]["columns"]["64"] + 0.05


def test_other_shares_of_the_costs_have_the_same_winner(stored, script):
    assert len(stored["assumptions"]) == sum(map(len, script.ASSUMPTIONS.values()))
    for found in stored["assumptions"]:
        assert (found["rows"], found["columns"], found["copies"]) == (512, 32, 2)
        assert found["output_bits"] == 6
        assert found["input_bits"] in (5, 6)
