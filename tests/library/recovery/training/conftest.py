"""What all tests of training start from: one thread, the same numbers, a small model and task."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

import aimc.nn  # noqa: E402
from aimc.circuits import ADC, DAC, Periphery  # noqa: E402
from aimc.cores import Core  # noqa: E402
from aimc.devices import pcm_2019  # noqa: E402


def clean_core(serial: int = 0, index: int = 0, rows: int = 512, columns: int = 512) -> Core:
    """Return a core whose devices are those of 2019 and whose circuits are ideal."""
    around = Periphery(input_range=None, read_noise=False)
    return Core(pcm_2019(), None, around, rows=rows, columns=columns, serial=serial, index=index)


def converting_core(serial: int = 0, index: int = 0, rows: int = 512, columns: int = 512) -> Core:
    """Return a core with 8-bit converters and no other flaw around its devices."""
    device, dac = pcm_2019(), DAC(bits=8)
    adc = ADC(bits=8, i_max=10 * device.g_max * dac.v_read)
    around = Periphery(dac=dac, adc=adc, read_noise=False)
    return Core(device, None, around, rows=rows, columns=columns, serial=serial, index=index)


def perceptron() -> torch.nn.Sequential:
    return torch.nn.Sequential(torch.nn.Linear(12, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))


def blobs(n: int = 192, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return points around three centres, and which."""
    rng = torch.Generator().manual_seed(seed)
    centres = torch.randn(3, 12, generator=torch.Generator().manual_seed(99))
    labels = torch.randint(3, (n,), generator=rng)
    return centres[labels] + 0.8 * torch.randn(n, 12, generator=rng), labels


def analog(preset=clean_core, model: torch.nn.Module | None = None, **options) -> torch.nn.Module:
    return aimc.nn.convert(perceptron() if model is None else model, preset, **options)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(5)


@pytest.fixture
def small() -> SimpleNamespace:
    return SimpleNamespace(
        clean_core=clean_core,
        converting_core=converting_core,
        perceptron=perceptron,
        blobs=blobs,
        analog=analog,
    )
