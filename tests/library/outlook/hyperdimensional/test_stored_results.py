"""Stored results of resonator networks: the published order, and a part computed again."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from aimc.outlook.hyperdimensional.stored_results import resonator_results
from aimc.statistics import Interval, share_interval

ROOT = Path(__file__).resolve().parents[4]


def script() -> Any:
    path = ROOT / "scripts" / "measure_beyond.py"
    spec = importlib.util.spec_from_file_location("measure_beyond", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def share(entry: dict[str, Any]) -> Interval:
    return share_interval(entry["solved"], entry["tried"])


@pytest.mark.parametrize("name", ["plain", "threshold", "noise"])
def test_stored_shares_are_computed_again(name: str) -> None:
    beyond = script()
    stored = resonator_results()["sizes"][name]["16"]
    again = beyond.resonate(16, beyond.PROBLEMS, beyond.ROUNDS, **beyond.VARIANTS[name])
    assert again == stored


def test_noise_solves_more_than_the_plain_network_at_every_size() -> None:
    sizes = resonator_results()["sizes"]
    for size, entry in sizes["noise"].items():
        assert share(entry).low > share(sizes["plain"][size]).high
        assert share(entry).low > share(sizes["threshold"][size]).high
    assert share(sizes["noise"]["64"]).low > 0.98
    assert share(sizes["noise"]["96"]).mean > 0.9
    assert share(sizes["plain"]["96"]).high < 0.03


def test_the_problem_of_the_released_code_needs_noise() -> None:
    large = resonator_results()["large"]
    assert share(large["noise"]).low > share(large["quiet"]).high
    limit = resonator_results()["settings_of_large"]["rounds"]
    assert large["noise"]["median"] < limit / 4  # of what comparing with everything would take


def test_success_rises_with_noise_and_falls_again() -> None:
    noise = resonator_results()["noise"]
    shares = {float(level): share(entry) for level, entry in noise.items()}
    plateau = [shares[level] for level in (0.01, 0.02, 0.03, 0.04, 0.05)]
    assert all(p.low > 0.9 for p in plateau)
    assert shares[0.0].high < 0.3
    assert shares[0.1].high < 0.3


def test_a_chip_is_noisy_enough() -> None:
    results = resonator_results()
    chip, quiet = results["chips"]["32"], results["sizes"]["threshold"]["32"]
    assert share(chip).low > share(quiet).high
