r"""How the conductivity of a phase-change material depends on temperature, for every model here.

Electrons in the amorphous phase need energy to take part in a current, so that its conductivity
goes as :math:`e^{-E_a / k_B T}`. The value is the middle of the published range (fact B081, films);
for freshly quenched material 0.333 eV were measured at room temperature (fact B070), less than that
range allows, and the difference is not understood here.

The crystalline phase conducts through carriers that are there at any temperature, so that near
room temperature nothing is taken to be activated. Far above, where a cell is programmed, further
carriers are excited, which `aimc.devices.thermal.mushroom` adds.
"""

from __future__ import annotations

__all__ = ["ACTIVATION_AMORPHOUS", "ACTIVATION_CRYSTALLINE"]

ACTIVATION_AMORPHOUS = 0.40
"""Activation energy of conduction in the amorphous phase, eV (fact B081)."""

ACTIVATION_CRYSTALLINE = 0.0
"""Activation energy of conduction in the crystalline phase near room temperature, eV (assumed)."""
