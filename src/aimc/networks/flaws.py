r"""Which parts of the hardware a network meets: the bars of an error budget, by name.

One code path computes all of them. A matrix always sits on cores of 256 x 256 cells, and what
differs is whether its devices and its converters are ideal. So the floating-point bar, too, is
computed by crossbars: by perfect ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from aimc import presets
from aimc.circuits import DAC, Periphery
from aimc.cores import Core
from aimc.cores.read_outs import NOISES
from aimc.devices import IdealDevice
from aimc.validation import check_choice

__all__ = ["BUDGET", "Hardware"]

READ_NOISE = (*NOISES, "none")


@dataclass(frozen=True, slots=True)
class Hardware:
    """The 64-core chip's core :cite:p:`legallo2023hermes` with some of its flaws switched off."""

    analog_weights: bool = True
    """Whether weights have programming errors and drift; otherwise devices take any conductance."""
    converters: bool = True
    """Whether inputs and outputs of a layer have 8 bits, and currents are counted and saturate."""
    read_noise: str = "split"
    """``"split"``: at one time all multiplications share the slow part of the read noise, each
    draws the fast rest anew; ``"momentary"``: they share all of it; ``"fresh"``: each draws noise
    of the same strength anew; ``"none"``."""

    def __post_init__(self) -> None:
        check_choice("read_noise", self.read_noise, READ_NOISE)

    @property
    def noise(self) -> str:
        """How the read noise divides, for `aimc.chip.Chip.at`; cores without any ignore it."""
        return "split" if self.read_noise == "none" else self.read_noise

    def core(
        self, serial: int = 0, index: int = 0, devices: int = 2, input_range: float | None = 1.0
    ) -> Core:
        """Return one core, unprogrammed; a preset for `aimc.chip.Chip`.

        Parameters
        ----------
        serial, index : int
            Number of the chip, and of the core on it.
        devices : {1, 2}
            Devices per polarity that carry a weight.
        input_range : float or None
            Magnitude of the input that becomes a full-scale pulse; ideal converters need none.
        """
        check_choice("devices", devices, (1, 2))
        whole = presets.hermes_core(serial, devices, index=index, input_range=input_range)
        noisy = self.analog_weights and self.read_noise != "none"
        periphery = replace(whole.periphery, read_noise=noisy)
        if not self.converters:
            dac = DAC(bits=None, v_read=whole.periphery.dac.v_read)
            periphery = Periphery(dac=dac, input_range=None, read_noise=noisy)
        device = whole.device if self.analog_weights else IdealDevice(whole.device.g_max)
        return Core(
            device,
            whole.cell,
            periphery,
            rows=whole.rows,
            columns=whole.columns,
            serial=serial,
            index=index,
            name=whole.name,
            sources=whole.sources,
        )


BUDGET: Mapping[str, Hardware] = MappingProxyType(
    {
        "floating point": Hardware(analog_weights=False, converters=False, read_noise="none"),
        "quantisation": Hardware(analog_weights=False, converters=True, read_noise="none"),
        "weight noise": Hardware(analog_weights=True, converters=False, read_noise="none"),
        "both": Hardware(analog_weights=True, converters=True, read_noise="none"),
        "chip": Hardware(),
    }
)
"""The bars of the chip paper's error budgets, in their order; the last has everything."""
