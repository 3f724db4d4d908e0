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
    from aimc.chip.chrome_trace import Trace
    from aimc.chip.cost import Metric, Performance, ScopeError
    from aimc.chip.hermes import READ_MODES, ChipConstants, hermes_constants
    from aimc.chip.mapping import Mapping, NotEnoughCoresError, Placement, cores_needed, place
    from aimc.chip.performance import (
        layer_performance,
        mvm_performance,
        network_performance,
        peak_performance,
    )
    from aimc.chip.plan import Program, Run
    from aimc.chip.schedule import Schedule
    from aimc.layers.workload import (
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
    "chip.activity": ("Activity",),
    "chip.chip": ("Chip",),
    "chip.hermes": ("READ_MODES", "ChipConstants", "hermes_constants"),
    "chip.cost": ("Metric", "Performance", "ScopeError"),
    "chip.mapping": ("Mapping", "NotEnoughCoresError", "Placement", "cores_needed", "place"),
    "chip.performance": (
        "layer_performance",
        "mvm_performance",
        "network_performance",
        "peak_performance",
    ),
    "chip.plan": ("Program", "Run"),
    "chip.schedule": ("Schedule",),
    "chip.chrome_trace": ("Trace",),
    "layers.workload": (
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

    return getattr(importlib.import_module(f"aimc.{_HOME[name]}"), name)
