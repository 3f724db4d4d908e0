"""Floor 6: networks on cores. Mapping, workloads, schedule, cost, and the chip as one object.

>>> from aimc.chip import Chip, resnet9_cifar10
>>> plan = Chip(read_mode="4-phase").map(resnet9_cifar10())
>>> plan.mapping.cores
40
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aimc.chip.activity import Activity
    from aimc.chip.chip import Chip
    from aimc.chip.constants import READ_MODES, ChipConstants, hermes_constants
    from aimc.chip.cost import Metric, Performance, ScopeError
    from aimc.chip.mapping import Mapping, NotEnoughCoresError, Placement, cores_needed, place
    from aimc.chip.performance import (
        layer_performance,
        mvm_performance,
        network_performance,
        peak_performance,
    )
    from aimc.chip.program import Program, Run
    from aimc.chip.schedule import Schedule
    from aimc.chip.trace import Trace
    from aimc.chip.workloads import (
        Layer,
        Network,
        attention_block,
        caption_lstm,
        demo_mlp,
        ptb_char_lstm,
        resnet9_cifar10,
        transformer,
    )

# Names are looked up when they are asked for: a page that needs one module does not load all.
_HOMES = {
    "activity": ("Activity",),
    "chip": ("Chip",),
    "constants": ("READ_MODES", "ChipConstants", "hermes_constants"),
    "cost": ("Metric", "Performance", "ScopeError"),
    "mapping": ("Mapping", "NotEnoughCoresError", "Placement", "cores_needed", "place"),
    "performance": (
        "layer_performance",
        "mvm_performance",
        "network_performance",
        "peak_performance",
    ),
    "program": ("Program", "Run"),
    "schedule": ("Schedule",),
    "trace": ("Trace",),
    "workloads": (
        "Layer",
        "Network",
        "attention_block",
        "caption_lstm",
        "demo_mlp",
        "ptb_char_lstm",
        "resnet9_cifar10",
        "transformer",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "READ_MODES",
    "Activity",
    "Chip",
    "ChipConstants",
    "Layer",
    "Mapping",
    "Metric",
    "Network",
    "NotEnoughCoresError",
    "Performance",
    "Placement",
    "Program",
    "Run",
    "Schedule",
    "ScopeError",
    "Trace",
    "attention_block",
    "caption_lstm",
    "cores_needed",
    "demo_mlp",
    "hermes_constants",
    "layer_performance",
    "mvm_performance",
    "network_performance",
    "peak_performance",
    "place",
    "ptb_char_lstm",
    "resnet9_cifar10",
    "transformer",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
