"""The stored results of the language models, and a part of them computed again."""

import numpy as np
import pytest

from aimc_course.studies import results
from aimc_course.studies.language_models import trained_decoder, windows
from aimc_course.studies.language_models.text import bits_per_character
from aimc_course.studies.language_models.trained import SHA256, TRAININGS, checkpoint

pytestmark = pytest.mark.torch


def mean(training: str, kept: str, time: str) -> float:
    stored = results.stored("language_on_chips")
    return float(np.mean(stored["chips"][training][kept], axis=0)[stored["times"].index(time)])


def test_results_belong_to_the_shipped_networks() -> None:
    stored = results.stored("language_on_chips")
    assert set(stored["checkpoints"]) == set(TRAININGS)
    for name, digest in stored["checkpoints"].items():
        assert digest == SHA256[name]
        assert len(stored["chips"][name]["global"]) >= 10


def test_floating_point_is_computed_again() -> None:
    stored = results.stored("language_on_chips")
    for name in ("plain", "both"):
        found = bits_per_character(trained_decoder(name), windows())
        assert found == pytest.approx(stored["digital"][name], abs=2e-3)
        info = checkpoint(name).info
        assert found == pytest.approx(info["test_bits_per_character"], abs=2e-3)


def test_a_noisy_loss_is_computed_again() -> None:
    stored = results.stored("language_on_chips")["noise"]["plain"]["0.06"][:2]
    import measure_language_model

    again = measure_language_model.with_noise(trained_decoder("plain"), 0.06, draws=2)
    assert again == pytest.approx(stored, abs=5e-3)


def test_a_chip_is_computed_again() -> None:
    stored = results.stored("language_on_chips")["chips"]["both"]["global"][0]
    import measure_language_model

    again = measure_language_model.on_chips(trained_decoder("both"), "global", chips=1)[0]
    assert again == pytest.approx(stored, abs=0.02)


def test_networks_learned_the_text() -> None:
    stored = results.stored("language_on_chips")["digital"]
    assert max(stored.values()) < 2.3  # bits; guessing takes 5.6
    assert stored["plain"] == min(stored.values())


def test_drift_costs_and_compensation_wins_most_of_it_back() -> None:
    for name in TRAININGS:
        fresh, worn = mean(name, "global", "1 s"), mean(name, "none", "1 year")
        kept = mean(name, "global", "1 year")
        assert fresh < kept < worn
        assert kept - fresh < 0.6 * (worn - fresh)


def test_written_texts_are_there() -> None:
    stored = results.stored("language_on_chips")
    for texts in stored["texts"].values():
        assert {"digital", "1 day, none", "1 day, global"} <= set(texts)
        assert all(len(text) == len(texts["digital"]) for text in texts.values())
