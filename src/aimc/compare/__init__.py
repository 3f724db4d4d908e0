"""Floor 7: machines beside each other. Rooflines and published chips.

Rooflines of digital machines and crossbars (``roofline.py``), and chips that were built, with what
their headline number counts (``published_chips.py``).

`aimc.compare.published_chips` is a module; the table is ``published_chips.published_chips()``.

>>> from aimc.compare.published_chips import published_chips
>>> len(published_chips())
7
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.compare import published_chips, roofline
    from aimc.compare.published_chips import PublishedChip, figure_of_merit, tops, tops_per_watt
    from aimc.compare.roofline import (
        Crossbars,
        Machine,
        Memory,
        attainable,
        digital_machine,
        hermes_crossbars,
        traffic,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.compare.published_chips": (
                "PublishedChip",
                "figure_of_merit",
                "tops",
                "tops_per_watt",
            ),
            "aimc.compare.roofline": (
                "Crossbars",
                "Machine",
                "Memory",
                "attainable",
                "digital_machine",
                "hermes_crossbars",
                "traffic",
            ),
        },
    )

__all__ = [
    "Crossbars",
    "Machine",
    "Memory",
    "PublishedChip",
    "attainable",
    "digital_machine",
    "figure_of_merit",
    "hermes_crossbars",
    "published_chips",
    "roofline",
    "tops",
    "tops_per_watt",
    "traffic",
]
