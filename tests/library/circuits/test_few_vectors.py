"""A few vectors in a tensor are read in one step: what comes out is that of the steps."""

import numpy as np
import pytest
import torch

from aimc.backend import FewVectors, supports
from aimc.circuits import ADC, DAC, Crossbar, Multiplier, Periphery
from aimc.validation import RangeWarning

G_FULL = 20e-6
UNIT = G_FULL * 0.2
RANGE = 2.0

needs_bfloat16 = pytest.mark.skipif(
    not supports("bfloat16", torch.ones(1)), reason="no instructions for it"
)


def crossbar(variance: tuple[int, int] = (60, 90)) -> Crossbar:
    draw = torch.Generator().manual_seed(1)
    g = G_FULL * (2 * torch.rand(1, 60, 90, generator=draw) - 1)
    spread = (0.1 * G_FULL) ** 2 * torch.rand(1, *variance, generator=draw)
    scale = 0.5 + torch.rand(60, generator=draw)
    return Crossbar(g, spread, (1.0,), G_FULL, scale)


def periphery(**more: object) -> Periphery:
    """Converters that clip some inputs and outputs."""
    known = {"read_noise": False, "output_noise": 0.05 * UNIT, **more}
    return Periphery(DAC(8), ADC(8, i_max=8 * UNIT), RANGE, **known)


@pytest.fixture
def reads(monkeypatch):
    """Return a list to which each read in one step adds the shape of its inputs."""
    seen, read = [], FewVectors.read

    def counted(self, x, *others):
        seen.append(tuple(x.shape))
        return read(self, x, *others)

    monkeypatch.setattr(FewVectors, "read", counted)
    return seen


def twice(multiply: Multiplier, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the outputs of the steps, which come first, and of one step for the same noise."""
    first, second = (multiply(x, torch.Generator().manual_seed(7)) for _ in range(2))
    return first, second


def vectors(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, 90, generator=torch.Generator().manual_seed(2))


KINDS = {
    "noise of outputs": ({}, (60, 90)),
    "no noise": ({"output_noise": 0.0}, (60, 90)),
    "noise of devices": ({"read_noise": True, "output_noise": 0.0}, (60, 90)),
    "both": ({"read_noise": True}, (60, 90)),
    "devices alike along outputs": ({"read_noise": True}, (60, 1)),
    "devices alike": ({"read_noise": True}, (1, 1)),
}


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
@pytest.mark.parametrize("precision", [None, pytest.param("bfloat16", marks=needs_bfloat16)])
@pytest.mark.parametrize("shape", [(), (1,), (9,), (2, 3), (600,)])
@pytest.mark.parametrize("kind", KINDS)
def test_one_step_makes_what_the_steps_make(kind, shape, precision, reads) -> None:
    options, variance = KINDS[kind]
    around = periphery(precision=precision, **options)
    steps, one = twice(Multiplier(crossbar(variance), around, 1.7), vectors(*shape))
    assert reads == [(*shape, 90)]
    assert one.dtype == steps.dtype
    assert torch.equal(one, steps)
    assert steps.abs().max() > 0


def test_one_step_clips_and_says_so_as_the_steps_do(reads) -> None:
    multiply = Multiplier(crossbar(), periphery())
    with pytest.warns(RangeWarning) as of_steps:
        first = multiply(3 * vectors(4), torch.Generator().manual_seed(7))
    with pytest.warns(RangeWarning) as of_one:
        second = multiply(3 * vectors(4), torch.Generator().manual_seed(7))
    assert len(reads) == 1
    assert torch.equal(first, second)
    assert sorted(str(w.message) for w in of_steps) == sorted(str(w.message) for w in of_one)
    assert {w.message.what for w in of_one} == {"inputs", "bit-line currents"}


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_an_error_in_one_step_too(wrong, reads) -> None:
    multiply, x, rng = Multiplier(crossbar(), periphery()), vectors(2), torch.Generator()
    multiply(x, rng)
    x[1, 5] = wrong
    with pytest.raises(ValueError, match="x"):
        multiply(x, rng)
    assert len(reads) == 1
    with pytest.raises(ValueError, match="90 entries"):
        multiply(x[:, :-1], rng)


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
@pytest.mark.parametrize(
    "around",
    [
        pytest.param(periphery(bound_management=2), id="bounds are managed"),
        pytest.param(periphery(nonlinearity=0.1), id="lines bend"),
        pytest.param(Periphery(DAC(None), ADC(8, 12 * UNIT), RANGE), id="no codes"),
        pytest.param(Periphery(DAC(8), ADC(None), RANGE), id="no counts"),
        pytest.param(Periphery(DAC(8), ADC(8, 12 * UNIT), None), id="a range for each vector"),
        pytest.param(Periphery(DAC(8, "bit_serial"), ADC(8, 12 * UNIT), RANGE), id="bits"),
    ],
)
def test_other_circuits_are_read_step_by_step(around, reads) -> None:
    twice(Multiplier(crossbar(), around), vectors(2))
    assert reads == []


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
def test_what_one_step_does_not_know_is_read_step_by_step(reads) -> None:
    bar, around, rng = crossbar(), periphery(read_noise=True), torch.Generator()
    multiply = Multiplier(bar, around, lean=True)
    multiply(vectors(2), rng)
    multiply(vectors(2).requires_grad_(), rng).sum().backward()
    multiply(vectors(2).double(), rng)
    multiply(vectors(2), 3)
    multiply(vectors(2), np.random.default_rng(3))
    multiply(vectors(2000), rng)
    multiply.in_a_row(vectors(2), 3, rng, slow=0.5)
    assert reads == []
    multiply.in_a_row(vectors(2), 3, rng)
    assert reads == [(3, 2, 90)]
