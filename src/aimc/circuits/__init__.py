"""Floor 3: what surrounds the devices. Unit cell, converters, and the one forward path `mvm`."""

from aimc.circuits.converters import ADC, DAC, levels_per_sign, quantise
from aimc.circuits.mvm import Crossbar, Periphery, mvm
from aimc.circuits.precision import (
    ErrorParts,
    best_scale,
    decompose,
    digital_mvm,
    equivalent_bits,
    mvm_error,
    random_sparse_uniform,
)
from aimc.circuits.unit_cell import BitSliced, DifferentialPair, UnitCell, join, net_conductance

__all__ = [
    "ADC",
    "DAC",
    "BitSliced",
    "Crossbar",
    "DifferentialPair",
    "ErrorParts",
    "Periphery",
    "UnitCell",
    "best_scale",
    "decompose",
    "digital_mvm",
    "equivalent_bits",
    "join",
    "levels_per_sign",
    "mvm",
    "mvm_error",
    "net_conductance",
    "quantise",
    "random_sparse_uniform",
]
