r"""The circuits around a crossbar, as one record of what each of them does to a multiplication.

The steps stand in the order in which a signal meets them; it is the order of the reference
simulator :cite:p:`rasch2021aihwkit,rasch2023hwa`. Each can be switched on its own, and with the
defaults all of them are ideal, except that reads of noisy devices are noisy.

1. Inputs are clipped digitally (`input_clip`) and scaled by one range for all vectors
   (`input_range`), or by the largest entry of each vector (``input_range=None``), which is called
   noise management. With `bound_management`, a vector whose outputs saturate is sent again with
   half its inputs.
2. The DAC rounds and clips (`dac`); noise of the drivers follows (`input_noise`).
3. The devices multiply, and the wires lose voltage (`ir_drop`). All signs are read at once or one
   combination at a time (`read_mode`, `polarity_asymmetry`, `convert_each_phase`).
4. The sensing circuit: with a voltage offset, as a share :math:`o_i` of the read voltage
   :math:`V`, and a resistance :math:`R` in series with the bit line, the current :math:`I_i`
   becomes :math:`(1 - o_i)\,I_i / (1 + R\,|I_i| / V)`.
5. Reads are noisy: by what each device does (`read_noise`), and by a formula (`weight_noise`).
6. The output saturates softly, :math:`I_i / (1 + n_i |I_i| / I_\max)` (`nonlinearity`).
7. Noise of the output circuits (`output_noise`), then the ADC (`adc`).
8. Digital scale: it undoes the range of step 1 and gives the unit of weight times input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from aimc.backend import PRECISIONS
from aimc.circuits.converters import ADC, DAC, OutputConverter
from aimc.circuits.ir_drop import IRDrop
from aimc.circuits.read_modes import READ_MODES, read_duration
from aimc.validation import check_choice, check_integer, check_number

__all__ = ["COLUMN_DRAWS", "Periphery", "ReadNoiseFormula"]

# What differs between bit lines and stays: one standard normal number each, drawn once per core.
COLUMN_DRAWS = ("offset", "nonlinearity", "output_noise")


@dataclass(frozen=True, slots=True)
class ReadNoiseFormula:
    r"""Noise of a read by a formula, drawn on the outputs for each input vector.

    In scaled units, weights :math:`w_{ij}` of :math:`G_\max` and inputs :math:`x_j` of the read
    voltage, its standard deviation is

    .. math::

       \sigma_i = \sigma \sqrt{\sum_j |w_{ij}|\,x_j^2} \quad\text{("pcm\_read")},\qquad
       \sigma_i = \sigma \lVert x \rVert_2 \quad\text{("constant")}.

    The first is the short-term read noise of phase-change memory :cite:p:`rasch2023hwa`: a device
    is the noisier the better it conducts.
    """

    strength: float
    r"""Standard deviation :math:`\sigma` of a weight of one, dimensionless."""
    kind: str = "pcm_read"
    """``"pcm_read"`` grows with the root of the weight, ``"constant"`` is the same for all."""

    def __post_init__(self) -> None:
        check_number("strength", self.strength, low=0.0)
        check_choice("kind", self.kind, ("pcm_read", "constant"))


@dataclass(frozen=True, slots=True)
class Periphery:
    """The circuits around a crossbar, each of which can be switched to ideal."""

    dac: DAC = field(default_factory=lambda: DAC(bits=None))
    """Input converter."""
    adc: OutputConverter = field(default_factory=lambda: ADC(bits=None))
    """Output converter: an `ADC`, or anything else with ``i_max`` and ``convert(current)``."""
    input_range: float | None = 1.0
    """Magnitude of x that is sent as a full-scale input; ``None`` scales each vector to its own."""
    read_noise: bool = True
    """Whether each read of the devices is noisy, as their model says."""
    output_noise: float = 0.0
    """Standard deviation of further noise at the input of the ADC, A."""
    output_noise_spread: float = 0.0
    """Relative spread of that noise between bit lines, a factor abs(1 + spread N(0, 1)) fixed per
    core."""
    input_clip: float | None = None
    """Magnitude to which x is clipped digitally before it is scaled; ``None`` does not clip."""
    bound_management: int = 0
    """How many times at most a vector that saturates the ADC is sent again with half its inputs."""
    input_noise: float = 0.0
    """Standard deviation of noise on each input after the DAC, relative to a full-scale input."""
    ir_drop: IRDrop | None = None
    """Loss along the bit lines; ``None`` has ideal wires."""
    offset_spread: float = 0.0
    """Spread of the voltage offset o of bit lines, relative to the read voltage, fixed per core."""
    series_resistance: float = 0.0
    """Resistance in series with each bit line, ohm."""
    weight_noise: ReadNoiseFormula | None = None
    """Noise of a read by a formula, on top of `read_noise`; ``None`` adds none."""
    nonlinearity: float = 0.0
    """Factor n of the soft saturation at the ADC's full scale, which shrinks by 1/(1 + n)."""
    nonlinearity_spread: float = 0.0
    """Relative spread of n between bit lines (a factor abs(1 + spread N(0, 1))), fixed per core."""
    read_mode: str = "4-phase"
    """How signs are read, ``"4-phase"`` or ``"1-phase"``; see `aimc.circuits.read_modes`."""
    polarity_asymmetry: float = 0.0
    """Share of its current that a device loses when it is read against the direction in which it
    was verified. Assumed: no size is published. Only a one-phase read does that."""
    convert_each_phase: bool = False
    """Whether the phases of a four-phase read are converted one by one, as the chip does. Without,
    their sum is converted at once: the same but for rounding, unless a single phase saturates, and
    for `output_noise`, of which each of the four conversions has its own."""
    precision: str | None = None
    """Number format of the products: ``None`` is that of the arrays, else "float32", "bfloat16" or
    "fastest". DAC codes of 8 bits are exact in bfloat16; weights and sums keep 8 significant bits,
    an error of some 0.2 % beside the analog one. "bfloat16" is refused where it is not supported;
    "fastest" is float32 there, so that its outputs depend on the processor."""

    def __post_init__(self) -> None:
        if not isinstance(self.dac, DAC):
            raise TypeError(f"dac must be a DAC, got {type(self.dac).__name__}")
        if not isinstance(self.adc, ADC | OutputConverter):  # a protocol takes long to look up
            raise TypeError(
                "adc must be an ADC, or have i_max and convert(current), got "
                f"{type(self.adc).__name__}"
            )
        for name in ("input_range", "input_clip"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), low=0.0, open_low=True)
        for name, unit in (
            ("output_noise", "A"),
            ("output_noise_spread", ""),
            ("input_noise", ""),
            ("offset_spread", ""),
            ("series_resistance", "ohm"),
            ("nonlinearity", ""),
            ("nonlinearity_spread", ""),
        ):
            check_number(name, getattr(self, name), low=0.0, unit=unit)
        check_integer("bound_management", self.bound_management, low=0, high=32)
        for name, kind in (("ir_drop", IRDrop), ("weight_noise", ReadNoiseFormula)):
            if not isinstance(getattr(self, name), kind | None):
                raise TypeError(f"{name} must be a {kind.__name__}, got {getattr(self, name)!r}")
        if self.nonlinearity > 0 and math.isinf(self.adc.i_max):
            raise ValueError(
                f"nonlinearity={self.nonlinearity!r} is not allowed without a full scale to which "
                "it refers: give the ADC an i_max"
            )
        check_choice("precision", self.precision, (None, *PRECISIONS))
        check_choice("read_mode", self.read_mode, READ_MODES)
        check_number("polarity_asymmetry", self.polarity_asymmetry, low=-1.0, high=1.0)
        if self.convert_each_phase and self.read_mode != "4-phase":
            raise ValueError(
                f"convert_each_phase=True is not allowed with read_mode={self.read_mode!r}: "
                "there is one phase only"
            )

    @property
    def columns_differ(self) -> bool:
        """Whether a static property differs between bit lines."""
        spreads = (self.output_noise_spread, self.offset_spread, self.nonlinearity_spread)
        return any(spread > 0 for spread in spreads)

    @property
    def entry_by_entry(self) -> bool:
        """Whether each input is sent by itself and at once, whatever else its vector holds."""
        at_once = self.dac.encoding != "bit_serial" and not self.convert_each_phase
        alone = self.input_range is not None and self.bound_management == 0
        return at_once and alone and self.input_noise == 0

    @property
    def needs_total(self) -> bool:
        """Whether the sum of both polarities' conductances matters, not their difference alone."""
        uneven = self.read_mode == "1-phase" and self.polarity_asymmetry != 0
        return uneven or self.convert_each_phase

    @property
    def plain(self) -> bool:
        """Whether a read is one product of the codes with net conductances, apart from noise."""
        wires = self.ir_drop is not None and self.ir_drop.strength > 0
        formula = self.weight_noise is not None and self.weight_noise.strength > 0
        serial = self.dac.encoding == "bit_serial"
        return not (wires or formula or serial or self.needs_total)

    @property
    def short(self) -> bool:
        """Whether a read is codes, a product, noise and counts, with nothing between."""
        between = self.offset_spread or self.nonlinearity or self.series_resistance
        if between or self.input_clip is not None or self.output_noise_spread:
            return False
        # heirs of the converters may have ways of their own
        codes = type(self.dac) is DAC and self.dac.bits is not None
        counts = type(self.adc) is ADC and self.adc.bits is not None
        return codes and counts and self.plain and self.entry_by_entry

    @property
    def duration(self) -> float:
        """Time of one multiplication in this read mode, s, as on the 64-core chip."""
        return read_duration(self.read_mode, self.dac.duration)
