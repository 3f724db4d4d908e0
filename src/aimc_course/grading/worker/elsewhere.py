"""Modules that only other notebook servers have: Colab's, and those of the page's own Python.

A notebook that was written there imports them, most often in its first cell. Here they do nothing:
packages are installed already, and there is no drive.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["know_other_servers"]

MODULES = ("google.colab", "micropip", "piplite")


class Silent:
    """Can be called, awaited and asked for anything, and does nothing."""

    def __call__(self, *arguments: Any, **options: Any) -> Silent:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Silent:
        """Return what does nothing, either; names of Python itself are not there."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __await__(self) -> Generator[None, None, None]:
        """Be there at once."""
        yield from ()


class Elsewhere(MetaPathFinder, Loader):
    """Finds these modules where nothing else does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the modules, a part of one, or the package around it."""
        within = any(
            fullname == one or fullname.startswith(f"{one}.") or one.startswith(f"{fullname}.")
            for one in MODULES
        )
        return ModuleSpec(fullname, self, is_package=True) if within else None

    def exec_module(self, module: ModuleType) -> None:
        """Let whatever is taken from the module do nothing."""
        silent = Silent()
        if module.__name__ not in (one.partition(".")[0] for one in MODULES if "." in one):
            vars(module)["__getattr__"] = lambda name: getattr(silent, name)


def know_other_servers() -> None:
    """Have the modules found that only other notebook servers have."""
    sys.meta_path.append(Elsewhere())
