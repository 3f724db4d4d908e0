"""Floor 3: what surrounds the devices. Unit cell, converters, and the one forward path `mvm`.

Wires, read modes and the local digital unit belong here, too. ``mvm.py`` is the only place where an
analog product is computed (input range, DAC, crossbar, ADC, digital scale); everything above
calls it, and an option is a field of a small frozen dataclass.

>>> from aimc.circuits import ADC, DAC, Periphery
>>> Periphery(dac=DAC(bits=8), adc=ADC(bits=8, i_max=1e-4)).adc.bits
8
"""

from typing import TYPE_CHECKING

from aimc.circuits.cco import CCOADC
from aimc.circuits.cco_trimming import UntrimmedCCO
from aimc.circuits.converters import ADC, DAC, OutputConverter, levels_per_sign, quantise
from aimc.circuits.full_scale import largest_full_scale
from aimc.circuits.ir_drop import IRDrop
from aimc.circuits.ldpu import LDPU, fold_batch_norm
from aimc.circuits.mvm import Crossbar, Multiplier, mvm
from aimc.circuits.mvm_error import (
    ErrorParts,
    best_scale,
    decompose,
    digital_mvm,
    equivalent_bits,
    mvm_error,
    random_sparse_uniform,
)
from aimc.circuits.periphery import Periphery, ReadNoiseFormula
from aimc.circuits.probe_matrices import spanning_task
from aimc.circuits.two_device_cell import TwoDeviceCell
from aimc.circuits.unit_cell import (
    BitSliced,
    DifferentialPair,
    UnitCell,
    effective_weights,
    net_conductance,
)
from aimc.circuits.wires import Wires, device_voltages, effective_conductance, line_currents
from aimc.lazy import lazy_names

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = [
    "ADC",
    "CCOADC",
    "DAC",
    "LDPU",
    "BitSliced",
    "Crossbar",
    "DifferentialPair",
    "IRDrop",
    "OutputConverter",
    "Periphery",
    "ReadNoiseFormula",
    "TwoDeviceCell",
    "UnitCell",
    "Wires",
    "best_scale",
    "decompose",
    "device_voltages",
    "effective_conductance",
    "effective_weights",
    "equivalent_bits",
    "line_currents",
    "mvm",
    "mvm_error",
    "quantise",
    "random_sparse_uniform",
]
