"""What a model keeps of its accuracy on simulated chips over time, and where it loses the rest.

Accuracy over time, chips and draws with intervals (``sweep.py``, ``one_chip.py``, ``report.py``),
differences over the same chips (``comparison.py``), what each flaw (``budget.py``) and each layer
(``per_layer.py``) costs. ``executors.py`` spreads chips over processes, ``stores.py`` keeps each
chip that is done in a file.

`evaluate` programs a converted model on chips, lets them age, compensates, and returns a `Report`
with intervals over chips. `compare` sets two reports beside each other, chip by chip.
`error_budget` says which flaw of the hardware costs what, `sensitivity` which layer. A `Report`
needs no torch once it is made.

>>> from aimc.recovery.evaluation import normalised_accuracy
>>> float(normalised_accuracy(0.75, floating_point=1.0, chance=0.5))
0.5
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.recovery.evaluation.budget import Budget, error_budget
    from aimc.recovery.evaluation.comparison import Comparison, compare
    from aimc.recovery.evaluation.flaws import FLAWS, Flawed
    from aimc.recovery.evaluation.measures import WordError
    from aimc.recovery.evaluation.mvm_errors import layer_errors
    from aimc.recovery.evaluation.normalised import normalised_accuracy
    from aimc.recovery.evaluation.per_layer import LayerSensitivity, sensitivity
    from aimc.recovery.evaluation.report import Report
    from aimc.recovery.evaluation.stores import StoreMismatchError
    from aimc.recovery.evaluation.sweep import evaluate
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.recovery.evaluation.budget": ("Budget", "error_budget"),
            "aimc.recovery.evaluation.comparison": ("Comparison", "compare"),
            "aimc.recovery.evaluation.flaws": ("FLAWS", "Flawed"),
            "aimc.recovery.evaluation.measures": ("WordError",),
            "aimc.recovery.evaluation.mvm_errors": ("layer_errors",),
            "aimc.recovery.evaluation.normalised": ("normalised_accuracy",),
            "aimc.recovery.evaluation.per_layer": ("LayerSensitivity", "sensitivity"),
            "aimc.recovery.evaluation.report": ("Report",),
            "aimc.recovery.evaluation.stores": ("StoreMismatchError",),
            "aimc.recovery.evaluation.sweep": ("evaluate",),
        },
    )

__all__ = [
    "FLAWS",
    "Report",
    "StoreMismatchError",
    "WordError",
    "compare",
    "error_budget",
    "evaluate",
    "layer_errors",
    "normalised_accuracy",
    "sensitivity",
]
