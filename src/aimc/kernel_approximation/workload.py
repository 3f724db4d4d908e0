"""What runs where: operations on the cores and in digital units, counted per vector.

A multiplication and an addition count as two operations, a function of one number (cosine,
exponential, comparison) as one. Converters are part of a core and do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from aimc.kernel_approximation.features import feature_count
from aimc.validation import check_integer

__all__ = ["Workload", "attention_workload", "kernel_workload"]


@dataclass(frozen=True, slots=True)
class Workload:
    """Operations for one vector."""

    on_core: int
    """Multiplications and additions of the projection."""
    digital: int
    """Functions, and products with what was learned or summed up."""

    @property
    def share(self) -> float:
        """Share of the operations that cores do, 0 to 1."""
        return self.on_core / (self.on_core + self.digital)


def kernel_workload(kernel: str, count: int, inputs: int, outputs: int) -> Workload:
    """Return the work for one prediction by a ridge on kernel features.

    Parameters
    ----------
    kernel : {"rbf", "arccos0", "arccos1"}
        Name of the kernel.
    count, inputs, outputs : int
        Number of directions, of entries of a vector, and of outputs of the ridge.

    Raises
    ------
    ValueError
        If the kernel is unknown or a number is below 1.

    Examples
    --------
    >>> kernel_workload("rbf", 512, 64, 2)
    Workload(on_core=65536, digital=5120)
    """
    check_integer("inputs", inputs, low=1)
    check_integer("outputs", outputs, low=1)
    features = feature_count(kernel, count)
    return Workload(on_core=2 * count * inputs, digital=features + 2 * features * outputs)


def attention_workload(count: int, size: int, outputs: int) -> Workload:
    """Return the work of linear attention for one token of one head, whatever the length.

    Parameters
    ----------
    count, size, outputs : int
        Number of directions, of entries of a query, and of entries of a value.

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> round(attention_workload(128, 64, 64).share, 2)
    0.49
    """
    for name, number in (("count", count), ("size", size), ("outputs", outputs)):
        check_integer(name, number, low=1)
    # Query and key: exponential and squared length; sums of keys with values; the quotient.
    functions = 2 * (2 * count + 2 * size)
    sums = count * (2 * outputs + 1) + 2 * count * (outputs + 1) + outputs
    return Workload(on_core=4 * count * size, digital=functions + sums)
