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
