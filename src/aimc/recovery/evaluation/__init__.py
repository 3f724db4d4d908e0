"""What a model keeps of its accuracy on simulated chips over time, and where it loses the rest.

`evaluate` programs a converted model on chips, lets them age, compensates, and returns a `Report`
with intervals over chips. `compare` sets two reports beside each other, chip by chip.
`error_budget` says which flaw of the hardware costs what, `sensitivity` which layer. A `Report`
needs no torch once it is made.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.recovery.evaluation.comparison import Comparison, compare
    from aimc.recovery.evaluation.normalised import normalised_accuracy
    from aimc.recovery.evaluation.report import Report
    from aimc.recovery.evaluation.stores import StoreMismatchError
    from aimc.recovery.evaluation.sweep import evaluate
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.recovery.evaluation.comparison": ("Comparison", "compare"),
            "aimc.recovery.evaluation.normalised": ("normalised_accuracy",),
            "aimc.recovery.evaluation.report": ("Report",),
            "aimc.recovery.evaluation.stores": ("StoreMismatchError",),
            "aimc.recovery.evaluation.sweep": ("evaluate",),
        },
    )

__all__ = [
    "Comparison",
    "Report",
    "StoreMismatchError",
    "compare",
    "evaluate",
    "normalised_accuracy",
]
