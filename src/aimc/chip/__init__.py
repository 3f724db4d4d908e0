"""Floor 6: networks on cores. Mapping, workloads, schedule, cost, and the chip as one object.

Which tile on which core (`mapping`), who passes its sum to whom (`chains`), where the cores lie
(`floorplan`, `placement`), when they work (`schedule`), what it costs (`performance`, `cost`;
what is assumed, `assumptions`; constants and their origin in `hermes`, `activity`), and the
outputs (`run`). A `Plan` holds one mapping and one placement behind all of them; every cost says
its read mode and its scope.

>>> from aimc.chip import Chip, resnet9_cifar10
>>> plan = Chip(read_mode="4-phase").map(resnet9_cifar10())
>>> plan.mapping.cores
40
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.chip.activity import Activity
    from aimc.chip.chip import Chip
    from aimc.chip.chrome_trace import Trace
    from aimc.chip.cost import Metric, Performance, ScopeError
    from aimc.chip.hermes import READ_MODES, ChipConstants, hermes_constants
    from aimc.chip.mapping import Mapping, NotEnoughCoresError, cores_needed, map_network
    from aimc.chip.performance import (
        layer_performance,
        mvm_performance,
        network_performance,
        peak_performance,
    )
    from aimc.chip.placement import Placement, place
    from aimc.chip.plan import Plan
    from aimc.chip.run import Run
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
    "aimc.chip.activity": ("Activity",),
    "aimc.chip.chip": ("Chip",),
    "aimc.chip.hermes": ("READ_MODES", "ChipConstants", "hermes_constants"),
    "aimc.chip.cost": ("Metric", "Performance", "ScopeError"),
    "aimc.chip.mapping": ("Mapping", "NotEnoughCoresError", "cores_needed", "map_network"),
    "aimc.chip.performance": (
        "layer_performance",
        "mvm_performance",
        "network_performance",
        "peak_performance",
    ),
    "aimc.chip.placement": ("Placement", "place"),
    "aimc.chip.plan": ("Plan",),
    "aimc.chip.run": ("Run",),
    "aimc.chip.schedule": ("Schedule",),
    "aimc.chip.chrome_trace": ("Trace",),
    "aimc.layers.workload": (
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
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)

__all__ = [
    "Activity",
    "Chip",
    "ChipConstants",
    "Mapping",
    "NotEnoughCoresError",
    "Performance",
    "Placement",
    "Plan",
    "Run",
    "Schedule",
    "ScopeError",
    "cores_needed",
    "hermes_constants",
    "layer_performance",
    "map_network",
    "mvm_performance",
    "network_performance",
    "peak_performance",
    "place",
]
