"""The former names of part 5's rooms, for one edition: each hands out the module that moved.

What researchers build on stayed in the library, as `aimc.in_memory_training` and
`aimc.kernel_approximation`. What a single chapter computes is a study of the course, which has to
be installed for it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from aimc.lazy import warn_of_former_name

STUDIES = "aimc_course.studies"
MOVED = {
    "architectures": f"{STUDIES}.next_chips",
    "foundation_models": f"{STUDIES}.language_models",
    "gain_cell_attention": f"{STUDIES}.gain_cell_attention",
    "hyperdimensional": f"{STUDIES}.hyperdimensional",
    "in_memory_training": "aimc.in_memory_training",
    "kernel_approximation": "aimc.kernel_approximation",
    "moe_3d": f"{STUDIES}.experts",
    "optimisation": f"{STUDIES}.optimisation",
    "roadmap": f"{STUDIES}.roadmap",
    "temporal": f"{STUDIES}.temporal",
}
"""Name of a room in edition 0.9, and the module that it is now."""

__path__: list[str] = []  # a package without a folder, so that `import aimc.outlook.roadmap` works


class _Former(MetaPathFinder, Loader):
    """Finds a room, or a module in it, under its former name, and loads it under its own."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        room = name.removeprefix(f"{__name__}.").partition(".")[0]
        if not name.startswith(f"{__name__}.") or room not in MOVED:
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make an empty module, which the one that moved then replaces."""

    def exec_module(self, module: ModuleType) -> None:
        room, dot, inside = module.__name__.removeprefix(f"{__name__}.").partition(".")
        new = MOVED[room] + dot + inside
        try:
            sys.modules[module.__name__] = importlib.import_module(new)
        except ModuleNotFoundError as error:
            if error.name not in ("aimc_course", STUDIES):
                raise
            raise ModuleNotFoundError(
                f"{module.__name__} is {new} now, a study of the course, which is not installed: "
                'install aimc-course, for example from a checkout with "pip install '
                '-e src/aimc_course"',
                name=error.name,
            ) from error
        warn_of_former_name(module.__name__, new)


sys.meta_path.insert(0, _Former())  # before the finder that looks into folders


def __getattr__(name: str) -> Any:
    if name not in MOVED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    return importlib.import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted(MOVED)
