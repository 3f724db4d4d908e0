"""Layers of one model on cores of different kinds."""

from functools import partial

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
IDEAL, HERMES, OTHER = (
    aimc.presets.ideal,
    partial(aimc.presets.hermes, devices=1),
    aimc.presets.joshi2020,
)


def model():
    block = nn.Sequential(nn.Linear(300, 20), nn.ReLU(), nn.Linear(20, 20))
    return nn.Sequential(nn.Linear(4, 300), block, nn.Linear(20, 3))


def kinds(converted) -> dict[str, str]:
    short = {"ideal core": "ideal", HERMES().name: "hermes", OTHER().name: "other"}
    return {matrix.layer: short[matrix.preset] for matrix in analog.report(converted).matrices}


@pytest.mark.parametrize(
    ("presets", "expected"),
    [
        ({"0": IDEAL, "*": HERMES}, "ideal hermes hermes hermes"),
        ({"1": IDEAL, "?": HERMES}, "hermes ideal ideal hermes"),
        ({"1.0": OTHER, "1": IDEAL, "[02]": HERMES}, "hermes other ideal hermes"),
        ({"*.0": OTHER, "*": HERMES}, "hermes other hermes hermes"),
        # the rest of a list that names all layers
        ({"0": IDEAL, "1": IDEAL, "2": IDEAL, "*": HERMES}, "ideal ideal ideal ideal"),
    ],
)
def test_the_first_pattern_that_fits_counts(presets, expected: str) -> None:
    converted = analog.convert(model(), presets=presets, serial=3)
    assert " ".join(kinds(converted).values()) == expected
    cores = analog.report(converted).cores
    assert [core.index for core in cores] == list(range(len(cores)))
    assert {core.serial for core in cores} == {3}


def test_the_preset_is_for_the_other_layers() -> None:
    converted = analog.convert(model(), aimc.presets.hermes, presets={"2": IDEAL}, devices=1)
    assert list(kinds(converted).values()) == ["hermes", "hermes", "hermes", "ideal"]
    assert "HERMES core (one-device programming)" in str(analog.report(converted))
    assert [row["preset"] for row in analog.report(converted).as_rows()][-1] == "ideal core"


def test_the_outputs_are_those_of_the_kinds() -> None:
    digital, x = model(), torch.rand(5, 4)
    exact = analog.convert(digital, presets={"*": IDEAL})
    mixed = analog.convert(digital, presets={"2": HERMES, "*": IDEAL})
    for converted in (exact, mixed):
        analog.calibrate(converted, [x])
        analog.program(converted)
    torch.testing.assert_close(exact(x), digital(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(mixed[:2](x), digital[:2](x), rtol=1e-5, atol=1e-5)
    assert 1e-3 < float((mixed(x) - digital(x)).detach().abs().max()) < 0.5


def test_a_layer_as_the_model() -> None:
    converted = analog.convert(nn.Linear(4, 3), presets={"*": HERMES})
    assert list(kinds(converted)) == [""]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"presets": {"fc": IDEAL, "*": IDEAL}}, ValueError, r"'fc'.*'0', '1\.0', '1\.2', '2'"),
        ({"presets": {"1": IDEAL, "1.0": HERMES}}, ValueError, r"'1\.0'.*in front"),
        ({"presets": {"0": IDEAL, "1.?": HERMES}}, ValueError, "no pattern for '2'"),
        ({"presets": {}}, ValueError, "no pattern for '0'"),
        ({}, TypeError, "preset=None"),
        ({"presets": IDEAL}, TypeError, "presets must map"),
        ({"presets": {"*": HERMES}, "devices": 1}, TypeError, r"\['devices'\].*partial"),
        ({"presets": {"*": 3}}, TypeError, "preset"),
    ],
)
def test_bad_choices_say_what_is_allowed(arguments, error, message: str) -> None:
    with pytest.raises(error, match=message):
        analog.convert(model(), **arguments)


def test_a_preset_may_be_named() -> None:
    named = aimc.nn.convert(torch.nn.Linear(8, 4), "hermes", serial=7, devices=1)
    made = aimc.nn.convert(torch.nn.Linear(8, 4), aimc.presets.hermes, serial=7, devices=1)
    cores = [aimc.nn.report(model).cores[0] for model in (named, made)]
    assert cores[0].name == cores[1].name
    mixed = aimc.nn.convert(model_of_two(), presets={"0": "ideal", "*": "rasch2023"})
    assert [core.name.split()[0] for core in aimc.nn.report(mixed).cores] == ["ideal", "core"]
    assert aimc.Chip(preset="joshi2020").core(0).rows == aimc.presets.joshi2020().rows
    for use in (
        lambda: aimc.nn.convert(torch.nn.Linear(8, 4), "hermess"),
        lambda: aimc.nn.AnalogLinear(8, 4, preset="hermess"),
        lambda: aimc.Chip(preset="hermess"),
    ):
        with pytest.raises(ValueError, match=r"preset='hermess'.*hermes"):
            use()


def model_of_two() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Linear(8, 4))
