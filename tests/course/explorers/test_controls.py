"""Sliders that say what their number means: one text for each step, the same in every shell."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from aimc.devices import pcm_2019, pcm_hermes
from aimc_course import explorers
from aimc_course.explorers import Choice, Explorer, Slider
from aimc_course.explorers.controls import shares
from aimc_course.explorers.devices.drift_noise import DRIFT_AND_NOISE
from aimc_course.explorers.devices.programming_loop import PROGRAMMING_LOOP
from aimc_course.explorers.notebook_shell import notebook_shell

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(explorers.__path__, f"{explorers.__name__}.")
]
EXPLORERS = sorted(
    {
        value.name: value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, Explorer)
    }.items()
)
SLIDERS = [
    pytest.param(explorer, control, id=f"{name} {control.name}")
    for name, explorer in EXPLORERS
    for control in explorer.controls
    if isinstance(control, Slider)
]


def control_of(explorer: Explorer, name: str) -> Slider:
    found = next(c for c in explorer.controls if c.name == name)
    assert isinstance(found, Slider)
    return found


@pytest.mark.parametrize(("explorer", "slider"), SLIDERS)
def test_every_slider_shows_plain_units(explorer: Explorer, slider: Slider) -> None:
    rows = range(max(len(slider.words), 1))
    texts = [slider.shown(value, row) for value in slider.steps() for row in rows]
    assert not [t for t in texts if "log" in t or t.endswith((" of s", "of full scale G"))]
    if any("full scale" in t or "G_max" in t for t in texts) and slider.words_by:
        assert all("µS" in t for t in texts)
    chooser = next((c for c in explorer.controls if c.name == slider.words_by), None)
    if slider.words_by:
        assert isinstance(chooser, Choice)
        assert len(chooser.options) == len(slider.words)
        assert len(set(slider.words)) > 1
    else:
        assert len(slider.words) <= 1


def test_the_cursor_of_the_drift_explorer_is_a_time() -> None:
    cursor = control_of(DRIFT_AND_NOISE, "exponent")
    shown = {value: cursor.shown(value) for value in (-6.0, 0.0, 5.0, 7.5, 8.5)}
    assert shown == {-6.0: "1 µs", 0.0: "1 s", 5.0: "1.16 days", 7.5: "1 year", 8.5: "10 years"}
    for value, words in shown.items():
        joined = words.replace(" µs", "\u00a0µs").replace(" s", "\u00a0s")
        assert f"{joined} after the pulse" in DRIFT_AND_NOISE.answer(exponent=value).sentence


def test_shares_come_with_the_conductance_of_the_model_that_is_chosen() -> None:
    target = control_of(DRIFT_AND_NOISE, "target")
    full = [1e6 * device.g_max for device in (pcm_2019(), pcm_hermes(1), pcm_hermes(2))]
    for row, top in enumerate(full):
        assert target.shown(50.0, row) == f"{top / 2:.3g} µS (50% of full scale)"
    margin = control_of(PROGRAMMING_LOOP, "margin")
    assert margin.shown(12.5, 1) == "3.12 µS (12.5% of full scale)"


def test_a_plain_slider_shows_number_and_unit() -> None:
    assert Slider("x", "X", -1.0, 1.0, 0.25, 0.0, unit="V").shown(-0.5) == "\u22120.50 V"
    assert Slider("x", "X", 0, 100, 5, 0, unit="% of it").shown(35) == "35% of it"
    assert Slider("x", "X", 0.0, 9.0, 1.0, 0.0).shown(3.0) == "3"


def test_words_must_be_one_per_step() -> None:
    with pytest.raises(ValueError, match=r"words of x .* one per step, 3, got 2"):
        Slider("x", "X", 0.0, 1.0, 0.5, 0.0, words=(("none", "all"),))
    assert shares(0.0, 50.0, 25.0, 8.0, "µS", of="all") == (
        "0 µS (0% of all)",
        "2 µS (25% of all)",
        "4 µS (50% of all)",
    )


@pytest.mark.native("it needs packages of authors")
def test_the_notebook_shell_shows_the_same_words() -> None:
    pytest.importorskip("ipywidgets")
    box = notebook_shell(DRIFT_AND_NOISE)
    model, target, cursor = box.children[1:4]
    slider, words = target.children
    assert words.value == "12.5 µS (50% of full scale)"
    assert not slider.readout
    model.value = "HERMES, two devices"
    assert words.value == "10.3 µS (50% of full scale)"
    slider.value = 100.0
    assert words.value == "20.7 µS (100% of full scale)"
    cursor.children[0].value = 0.0
    assert cursor.children[1].value == "1 s"
