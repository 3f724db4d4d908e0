"""Compensations by name."""

from __future__ import annotations

from collections.abc import Mapping

from aimc.recovery.compensation.affine import OutputAffine
from aimc.recovery.compensation.base import Compensation, Uncompensated
from aimc.recovery.compensation.batch_norm import AdaBS, BatchNormRefresh
from aimc.recovery.compensation.global_drift import GlobalDrift
from aimc.recovery.compensation.vector_factor import VectorFactor
from aimc.recovery.named import by_name

__all__ = ["COMPENSATIONS", "compensation"]

COMPENSATIONS: Mapping[str, type[Compensation]] = {
    each.name: each
    for each in (Uncompensated, GlobalDrift, VectorFactor, OutputAffine, AdaBS, BatchNormRefresh)
}
"""The compensations that have a name."""


def compensation(wanted: Compensation | str) -> Compensation:
    """Return a compensation with its usual settings by name, or the one given.

    Parameters
    ----------
    wanted : Compensation or str
        One of ``"none"``, ``"global"``, ``"test_vectors"``, ``"affine"``, ``"adabs"`` and
        ``"batch_norm"``, or an object with settings of its own.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the name is unknown.
    """
    return by_name("compensation", wanted, COMPENSATIONS, Compensation)
