"""What a sweep was made of: the same content has the same digest, in every process."""

import copy
import subprocess
import sys
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
fingerprint = pytest.importorskip("aimc.recovery.evaluation.fingerprint")
pytestmark = pytest.mark.torch

digest = fingerprint.digest


@dataclass
class Options:
    a: float
    b: tuple


def scaled(factor):
    return lambda x: factor * x


def raised(power):
    return lambda x, power=power: x**power


class Scaled(torch.nn.Module):
    """A layer behind values that stand in no state."""

    def __init__(self, factor=1.0, mask=1.0, act=torch.tanh):
        super().__init__()
        self.factor, self.act, self.layer = factor, act, torch.nn.Linear(4, 3)
        self.register_buffer("mask", torch.full((4,), mask), persistent=False)

    def forward(self, x):
        return self.layer(self.act(self.factor * self.mask * x))


def test_same_content_same_digest():
    def make():
        return [
            {"b": 2, "a": torch.arange(3.0)}, np.eye(2), {3, 1, 2}, Options(0.1, (1, None)),
            partial(aimc.presets.hermes, devices=1), scaled(3), torch.nn.ReLU, "text", 1e-9,
        ]  # fmt: skip

    assert digest(make()) == digest(make())
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, 1),
        (torch.zeros(3), torch.zeros(3, 1)),
        (torch.zeros(3), torch.zeros(3, dtype=torch.float64)),
        (torch.zeros(3, dtype=torch.bfloat16), torch.ones(3, dtype=torch.bfloat16)),
        (Options(0.1, ()), Options(0.2, ())),
        (scaled(2), scaled(3)),
        (lambda x: x + 1, lambda x: x + 2),
        (partial(scaled, 1), partial(scaled, 2)),
        (raised(2), raised(3)),
        ([1, 2], [2, 1]),
    ],
)
def test_other_content_other_digest(one, other):
    assert digest(one) != digest(other)


def test_it_is_alike_in_another_process():
    """Hashes of texts differ from process to process, and so do addresses."""
    line = (
        "from functools import partial; import aimc;"
        "from aimc.recovery.evaluation.fingerprint import digest;"
        "print(digest([{'x', 'y', 'z'}, partial(aimc.presets.hermes, devices=1)]))"
    )
    command = [sys.executable, "-c", line]
    there = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert there == digest([{"z", "y", "x"}, partial(aimc.presets.hermes, devices=1)])


def test_models_differ_in_parameters_modules_or_cores(case):
    known = fingerprint.describe_model(case.model)
    twin = copy.deepcopy(case.model)
    analog.program(twin, serial=8)  # what is on devices now does not matter
    assert fingerprint.describe_model(twin) == known

    def differs(model):
        found = fingerprint.describe_model(model)
        return {name for name in known if found[name] != known[name]}

    with torch.no_grad():
        twin[0].bias[0] += 1e-3
    assert differs(twin) == {"parameters"}
    other = copy.deepcopy(case.model)
    other[1] = torch.nn.LeakyReLU(0.1)
    steep = copy.deepcopy(case.model)
    steep[1] = torch.nn.LeakyReLU(0.2)
    assert differs(other) == differs(steep) == {"modules"}
    assert fingerprint.describe_model(other) != fingerprint.describe_model(steep)
    switched = copy.deepcopy(case.model)
    switched[0].digital = True
    assert differs(switched) == {"modules"}


def test_models_differ_in_values_that_stand_in_no_state():
    def model(*hooks, **options):
        torch.manual_seed(1)
        found = Scaled(**options)
        for hook in hooks:
            found.layer.register_forward_hook(hook)
        return fingerprint.describe_model(analog.convert(found, "ideal"))

    def steered(factor):
        return lambda module, inputs, output: factor * output

    known = model()
    assert model() == known
    others = [
        model(factor=2.0), model(mask=2.0), model(act=torch.relu),
        model(act=torch.nn.functional.gelu), model(steered(1.0)), model(steered(2.0)),
    ]  # fmt: skip
    found = [known["modules"], *(other["modules"] for other in others)]
    assert len(set(found)) == len(found)
    assert all(other["parameters"] == known["parameters"] for other in others)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, norm_first=True)
    first = fingerprint.describe_model(analog.convert(layer, "ideal"))
    layer.norm_first = False
    assert fingerprint.describe_model(analog.convert(layer, "ideal")) != first


@pytest.mark.parametrize("kind", [Scaled, partial(torch.nn.TransformerEncoderLayer, 4, 2, 8)])
def test_a_forward_changes_no_fingerprint(kind):
    model = analog.convert(kind(), "ideal", serial=2)
    known = fingerprint.describe_model(model)
    analog.at(analog.program(model), "1 d").eval()(torch.ones(2, 4))
    assert fingerprint.describe_model(model) == known
