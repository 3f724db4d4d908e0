"""Flaws of the hardware by name, each of which a core can be freed of.

A flaw is switched off where the core is made. All cores then take the one forward path, with the
same random numbers where they still draw any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from aimc.backend import Array, RandomSource
from aimc.circuits import ADC, DAC
from aimc.cores import Core
from aimc.devices import IdealDevice
from aimc.presets import preset_of
from aimc.validation import check_choice

if TYPE_CHECKING:
    from torch import nn

__all__ = ["FLAWS", "Flawed", "freed", "has_flaw", "present"]

EFFECTS = {
    "programming noise": ("programming_noise",),
    "drift": ("drift", "drift_spread", "relaxation"),
    "read noise": ("read_noise",),
}
"""Effects of device models that a flaw of the devices consists of."""
CIRCUITS: dict[str, dict[str, Any]] = {
    "read noise": {"read_noise": False, "weight_noise": None},
    "input converter": {"input_clip": None},
    "output converter": {
        "nonlinearity": 0.0,
        "nonlinearity_spread": 0.0,
        "convert_each_phase": False,
        "bound_management": 0,
    },
    "circuit noise": {"input_noise": 0.0, "output_noise": 0.0, "output_noise_spread": 0.0},
    "wires": {"ir_drop": None, "series_resistance": 0.0},
    "column offsets": {"offset_spread": 0.0},
    "polarity": {"polarity_asymmetry": 0.0},
}
"""What a flaw of the circuits is in the fields of a periphery, and what is ideal."""

FLAWS: Mapping[str, str] = MappingProxyType(
    {
        "programming noise": "devices miss their targets when they are programmed",
        "drift": "conductances change with time, each device at its own pace",
        "read noise": "devices fluctuate",
        "input converter": "inputs are rounded and clipped",
        "output converter": "outputs are rounded, saturate, and bend near full scale",
        "circuit noise": "drivers and sensing circuits are noisy",
        "wires": "voltage is lost along the wires",
        "column offsets": "bit lines are held at slightly different voltages",
        "polarity": "devices conduct worse against the direction of their verification",
        "rounded sums": "numbers that digital units send have few bits",
    }
)
"""What can be switched off, in words, in the order in which a table lists it."""


@dataclass(frozen=True)
class Flawed:
    """A preset whose cores lack some flaws; it takes the place of the preset it is made from."""

    preset: Callable[..., Core]
    """Makes the core with all its flaws."""
    off: tuple[str, ...] = ()
    """Names of `FLAWS` that are switched off."""

    def __post_init__(self) -> None:
        for name in self.off:
            check_choice("off", name, tuple(FLAWS))

    def __call__(self, **options: Any) -> Core:
        """Return a core of the preset without these flaws."""
        core = self.preset(**options)
        for name in self.off:
            _switch_off(core, name)
        return core


@dataclass(frozen=True, slots=True)
class Boundless(DAC):
    """An input converter that neither rounds nor clips; a full scale is where it was."""

    clips: ClassVar[bool] = False

    def codes(self, values: Array, x_max: Array | float, inside: bool = False) -> Array:
        """Return scaled inputs as they are."""
        return values * (1.0 / x_max)


@dataclass(frozen=True, slots=True)
class Unrounded:
    """An output converter that neither rounds nor saturates; a full scale is where it was."""

    saturates: ClassVar[bool] = False

    i_max: float
    """Current at full scale, A."""

    def convert(self, current: Array, rng: RandomSource = 0) -> Array:
        """Return the current as it is."""
        return current


def has_flaw(core: Core, name: str) -> bool:
    """Return whether a core has a flaw that can be switched off."""
    check_choice("name", name, tuple(FLAWS))
    around = core.periphery
    if name == "input converter" and (around.dac.bits is not None or around.input_clip is not None):
        return True
    ideal = isinstance(around.adc, Unrounded) or around.adc == ADC(bits=None)
    if name == "output converter" and not ideal:
        return True
    changed = any(getattr(around, k) != ideal for k, ideal in CIRCUITS.get(name, {}).items())
    if name == "read noise":
        changed = around.weight_noise is not None
    return changed or bool(_effects(core, name))


def present(model: nn.Module) -> tuple[str, ...]:
    """Return the flaws that a converted model's cores have, in the order of `FLAWS`."""
    from aimc.nn import analog_layers  # a core is freed of a flaw without torch

    layers = analog_layers(model).values()
    cores = [core for layer in layers for core in layer.cores]
    found = {name for name in FLAWS for core in cores if has_flaw(core, name)}
    if any(matrix.setup.output_bits is not None for layer in layers for matrix in layer.matrices):
        found.add("rounded sums")
    return tuple(name for name in FLAWS if name in found)


def freed(model: nn.Module, off: Iterable[str]) -> nn.Module:
    """Return a copy of a converted model whose chips will lack some flaws, once programmed.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; it is left as it is.
    off : iterable of str
        Names of `FLAWS`.
    """
    from aimc.nn import analog_layers
    from aimc.nn.detached_copy import copy_of

    names = tuple(check_choice("off", name, tuple(FLAWS)) for name in off)
    twin = copy_of(model)
    for layer in analog_layers(twin).values():
        for matrix in layer.matrices:
            setup = replace(matrix.setup, preset=Flawed(preset_of(matrix.setup.preset), names))
            if "rounded sums" in names:
                setup = replace(setup, output_bits=None)
            matrix.setup = setup
    return twin


def _switch_off(core: Core, name: str) -> None:
    around = replace(core.periphery, **CIRCUITS.get(name, {}))
    if name == "input converter":
        # The range stays: it scales the currents that meet the output side.
        around = replace(around, dac=Boundless(bits=None, v_read=around.dac.v_read))
    elif name == "output converter":
        # Full scale stays as well: it decides how weights are mapped to conductances.
        around = replace(around, adc=Unrounded(around.adc.i_max))
    core.periphery = around
    effects = _effects(core, name)
    if effects:
        device: Any = core.device
        core.device = device.without(*effects)


def _effects(core: Core, name: str) -> tuple[str, ...]:
    """Return the effects of a core's devices that belong to a flaw and are switched on.

    Raises
    ------
    ValueError
        If the devices cannot be freed of single effects.
    """
    device: Any = core.device
    if name not in EFFECTS or isinstance(device, IdealDevice):
        return ()
    if not hasattr(device, "without"):
        raise ValueError(
            f"devices of {device.name!r} have no single effects to switch off: name the flaws of "
            "the circuits alone, for example flaws=['input converter', 'output converter']"
        )
    return tuple(effect for effect in EFFECTS[name] if getattr(device, effect, False) is True)
