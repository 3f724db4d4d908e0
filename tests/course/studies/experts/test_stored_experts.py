"""The trained character models, their stored results, and a part of these computed again."""

import measure_experts
import numpy as np
import pytest

from aimc.datasets.course_text import load_text
from aimc.statistics import mean_interval
from aimc_course.studies.experts import noise_tolerance, place, published_stack, schedule
from aimc_course.studies.experts.character_model import MODELS, character_model
from aimc_course.studies.results import stored

STORED = stored("experts_in_three_dimensions")


def exact(name: str) -> float:
    return float(STORED["gaussian"][name]["0.0"][0])


def tolerance(name: str, limit: float) -> np.ndarray:
    """Return the tolerated noise of each stack."""
    columns = STORED["gaussian"][name].values()
    rows = np.array([v if len(v) > 1 else v * len(STORED["stacks"]) for v in columns]).T
    return np.array([noise_tolerance(STORED["noises"], row, limit) for row in rows])


def test_a_part_is_computed_again() -> None:
    stored = STORED["gaussian"]["mixture"]["0.1"][1]
    assert measure_experts.with_noise("mixture", 0.1, 1) == pytest.approx(stored, abs=2e-3)
    bits, error = measure_experts.with_devices("small", 0)
    assert bits == pytest.approx(STORED["devices"]["small"]["bits"][0], abs=2e-3)
    assert error == pytest.approx(STORED["devices"]["small"]["error"][0], abs=1e-4)


def test_models_are_of_equal_size_and_of_equal_work() -> None:
    mixture, dense, small = (MODELS[name] for name in ("mixture", "dense", "small"))
    assert mixture.weights == pytest.approx(dense.weights, rel=0.01)
    assert mixture.active_weights == pytest.approx(small.weights, rel=0.02)


def test_the_mixture_has_a_lead_and_noise_uses_it_up_where_the_book_says() -> None:
    limit = exact("small")
    assert exact("mixture") < limit - 0.05
    found = mean_interval(tolerance("mixture", limit))
    assert 0.06 < found.low < found.high < 0.2
    assert found.half_width < 0.1 * found.mean


def test_training_without_noise_learns_more_and_loses_more_at_equal_tolerance() -> None:
    """The book's warning: a tolerance at equal perplexity joins a lead and its loss."""
    limit = exact("small")
    lost = {}
    for name in ("mixture", "plain"):
        lost[name] = float(np.mean(STORED["gaussian"][name]["0.1"])) - exact(name)
    assert exact("plain") < exact("mixture") - 0.03
    assert lost["plain"] > 1.1 * lost["mixture"]
    means = [float(np.mean(tolerance(name, limit))) for name in ("mixture", "plain")]
    assert means[0] == pytest.approx(means[1], rel=0.1)


def test_loss_grows_with_noise_in_the_mean() -> None:
    for columns in STORED["gaussian"].values():
        course = [float(np.mean(v)) for v in columns.values()]
        assert course == sorted(course)


def test_devices_do_about_as_much_harm_as_gaussian_noise_of_their_size() -> None:
    for name in ("mixture", "dense", "small"):
        noise = float(np.mean(STORED["devices"][name]["error"]))
        course = [float(np.mean(v)) for v in STORED["gaussian"][name].values()]
        expected = float(np.interp(noise, STORED["noises"], course))
        assert float(np.mean(STORED["devices"][name]["bits"])) == pytest.approx(expected, abs=0.06)


def test_the_trained_router_uses_all_experts_and_gives_the_schedule_its_routes() -> None:
    model, text = character_model(), load_text().held_out
    routes = np.concatenate([model.routes(text[64 * k : 64 * (k + 1)]) for k in range(8)])
    for layer in range(2):
        share = (
            np.bincount(routes[:, layer].ravel().astype(np.intp), minlength=8)
            / routes[:, layer].size
        )
        assert share.min() > 0.02
        assert share.max() < 0.4
    lines = {}
    for name in ("mixture", "dense"):
        plan = place(MODELS[name], 6, 8, tile_size=64)
        lines[name] = schedule(plan, character_model(name).routes(text[:64]), published_stack(64))
    assert lines["mixture"].latency < lines["dense"].latency
    assert sum(lines["mixture"].energy.values()) < sum(lines["dense"].energy.values())


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ValueError, match="name='huge'"):
        character_model("huge")
