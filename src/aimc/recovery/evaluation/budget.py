"""The error budget of a model: what each flaw costs alone, and what is won back without it.

The two differ, since errors do not add up: a flaw that is small beside others costs little more in
their company, and a network may bear two flaws that it does not bear together. All variants run on
the same chips.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from aimc.circuits import equivalent_bits
from aimc.plots import Bars, Chart, draw
from aimc.recovery.evaluation.flaws import FLAWS, freed, present
from aimc.recovery.evaluation.measures import Measure, labelled_batches, measure_of
from aimc.recovery.evaluation.mvm_errors import layer_errors, root_mean_square
from aimc.recovery.evaluation.normalised import worsening
from aimc.recovery.evaluation.report_text import table, time_label
from aimc.recovery.evaluation.sweep import evaluate, serials_of
from aimc.statistics import Interval, mean_interval
from aimc.units import seconds
from aimc.validation import RangeWarning, check_choice

if TYPE_CHECKING:
    from aimc.plots.picture import Picture

__all__ = ["Budget", "error_budget"]

EVERYTHING, NOTHING = "all flaws", "no flaw"


@dataclass(frozen=True)
class WithError:
    """A measure, and the root mean square of the layers' errors beside it."""

    measure: Measure
    sample: torch.Tensor

    def __call__(self, model: nn.Module, test: Any) -> list[float]:
        """Return both."""
        digital = all(layer.digital for layer in model.modules() if hasattr(layer, "matrices"))
        error = 0.0 if digital else root_mean_square(layer_errors(model, self.sample))
        return [float(self.measure(model, test)), error]


@dataclass(frozen=True, eq=False, kw_only=True)
class Losses:
    """What variants of a model lose on the same chips."""

    floating_point: float
    """The measure in floating point."""
    measure: str
    """Name of the measure."""
    chips: tuple[int, ...]
    """Serial numbers."""
    t: float
    """Time since programming, s."""

    def worse(self, values: NDArray[np.float64], than: NDArray[np.float64] | float) -> Interval:
        """Return how much worse values (chips,) are than others, with the interval over chips."""
        return mean_interval(worsening(self.measure, values, than))

    @property
    def unit(self) -> tuple[float, str]:
        """Factor and unit in which losses are shown."""
        return (100.0, "points") if self.measure.endswith("accuracy") else (1.0, "")

    def shown(self, lost: Interval) -> str:
        """Return a loss with its interval in words."""
        factor, unit = self.unit
        words = f"{factor * lost.mean:.2f} ± {factor * lost.half_width:.2f}"
        return f"{words} {unit}" if unit else words

    def bars(
        self, title: str, axis: str, names: tuple[str, ...], losses: Mapping[str, list[Interval]]
    ) -> Chart:
        """Return losses by name, one kind of bars for each label, as data of a figure."""
        factor, unit = self.unit
        marks = tuple(
            Bars(
                names,
                tuple(factor * each.mean for each in found),
                label,
                tuple(factor * each.half_width for each in found),
            )
            for label, found in losses.items()
        )
        return Chart(title, axis, f"{self.measure} ({unit})" if unit else self.measure, marks)


@dataclass(frozen=True, eq=False, kw_only=True)
class Budget(Losses):
    """What flaws cost. Made by `error_budget`; print it."""

    flaws: tuple[str, ...]
    """Names of the flaws."""
    values: dict[str, NDArray[np.float64]]
    """The measure by variant, shape (chips,): ``"all flaws"``, ``"no flaw"``, ``"only drift"``,
    ``"all but drift"`` and so on."""
    errors: dict[str, NDArray[np.float64]]
    """Root mean square of the layers' normalised MVM errors, likewise."""

    def loss(self, variant: str) -> Interval:
        """Return how much worse a variant is than floating point, with its interval over chips."""
        return self.worse(self.values[self._known(variant)], self.floating_point)

    def gain(self, flaw: str) -> Interval:
        """Return what is won on the same chips if a flaw is gone and all others stay."""
        check_choice("flaw", flaw, self.flaws)
        return self.worse(self.values[EVERYTHING], self.values[f"all but {flaw}"])

    def bits(self, variant: str) -> float:
        """Return the weight resolution of a digital engine of the same MVM error, bits.

        Without any error it is infinite.
        """
        error = float(self.errors[self._known(variant)].mean())
        return equivalent_bits(error) if error > 0 else float("inf")

    def as_rows(self) -> list[dict[str, Any]]:
        """Return one row per variant."""
        return [
            {
                "variant": name,
                "MVM error": float(self.errors[name].mean()),
                "bits": self.bits(name),
                "loss": self.loss(name).mean,
                "half-width": self.loss(name).half_width,
            }
            for name in self.values
        ]

    def __str__(self) -> str:
        """Return a table of all variants."""
        rows = [
            [
                name,
                f"{100 * float(self.errors[name].mean()):.3g} %",
                f"{self.bits(name):.1f}",
                self.shown(self.loss(name)),
            ]
            for name in self.values
        ]
        head = (
            f"error budget on {len(self.chips)} chips, {time_label(self.t)} after programming; "
            f"floating point {self.unit[0] * self.floating_point:.2f}"
        )
        columns = ["variant", "MVM error", "bits", f"lost {self.measure}, ± 95 %"]
        return "\n".join([head, *table(columns, rows)])

    def chart(self) -> Chart:
        """Return what each flaw costs alone and what is won without it, as data of a figure."""
        return self.bars(
            "error budget",
            "",
            tuple(flaw.replace(" ", "\n") for flaw in self.flaws),
            {
                "lost with it alone": [self.loss(f"only {flaw}") for flaw in self.flaws],
                "won without it": [self.gain(flaw) for flaw in self.flaws],
            },
        )

    def plot(self) -> Picture:
        """Return a Matplotlib figure of the budget."""
        return draw(self.chart())

    def _known(self, variant: str) -> str:
        return check_choice("variant", variant, tuple(self.values))


def error_budget(
    model: nn.Module,
    test: Any,
    *,
    chips: Iterable[int] | int = range(5),
    t: float | str = "1 d",
    flaws: Iterable[str] | None = None,
    measure: Any = "accuracy",
    batch_size: int = 100,
    progress: bool = True,
    **options: Any,
) -> Budget:
    """Return what each flaw of the hardware costs, alone and beside the others.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; it is left as it is.
    test : tuple of array or iterable
        As in `evaluate`.
    chips : iterable of int, or int
        Serial numbers, at least two.
    t : float or str
        Time since programming, s, or words such as ``"1 h"``.
    flaws : iterable of str, optional
        Names of `FLAWS`; by default those that the cores have. Those that are not named stay off
        in no variant but ``"no flaw"``.
    measure : {"accuracy", "loss"} or callable
        As in `evaluate`, larger is better. A function is handed batches of ``test``.
    batch_size : int
        Examples per batch; the errors of layers are those of the first batch.
    progress : bool
        Whether a bar shows how many variants are done.
    **options
        Further arguments of `evaluate`: ``compensation``, ``programming``, ``draws``, ``batches``,
        ``executor``, ``rng``, ``read_noise``.

    Raises
    ------
    ValueError
        If a flaw is unknown or not there, or there are fewer than two chips.
    """
    chips = serials_of(chips, 2)
    found = present(model)
    names = found if flaws is None else tuple(flaws)
    for name in names:
        check_choice("flaws", name, tuple(FLAWS))
        if name not in found:
            raise ValueError(f"flaws names {name!r}, which these cores do not have: {found}")
    variants = {
        EVERYTHING: (),
        NOTHING: found,
        **{f"only {name}": tuple(n for n in found if n != name) for name in names},
        **{f"all but {name}": (name,) for name in names},
    }
    earned = measure_of(measure)
    pairs = labelled_batches(model, test, batch_size, earned)
    both = Measure(earned.name, WithError(earned, pairs[0][0]))
    values, errors = {}, {}
    for variant, off in tqdm(variants.items(), unit="variant", disable=not progress):
        with warnings.catch_warnings():
            if off:  # what is clipped with all flaws was said; the range of a freed one is no limit
                warnings.filterwarnings("ignore", "(?s).*were clipped", RangeWarning)
            report = evaluate(
                freed(model, off) if off else model, pairs, chips=chips, times=[t], measure=both,
                batch_size=batch_size, progress=False, **options,
            )  # fmt: skip
        numbers = report.values.mean(axis=2)[:, 0]
        values[variant], errors[variant] = numbers[:, 0], numbers[:, 1]
    exact: Any = report.floating_point
    return Budget(
        flaws=names,
        values=values,
        errors=errors,
        floating_point=exact[0],
        measure=earned.name,
        chips=report.chips,
        t=seconds(t),
    )
