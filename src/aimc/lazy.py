"""Packages whose names are looked up when they are first asked for.

A user explores ``aimc.<tab>`` and finds what there is; a page with one chart loads one module.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: str,
    homes: Mapping[str, tuple[str, ...]] | None = None,
    shown: tuple[str, ...] = (),
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package (PEP 562).

    Every submodule of the package is an attribute, imported when it is first touched. Where a
    submodule and something inside it share a name, the name is the submodule's. The tab key shows
    what ``__all__`` of the package lists: what one would look for, and neither helpers nor files.

    Parameters
    ----------
    package : str
        Name of the package, its ``__name__``.
    homes : mapping of str to tuple of str, optional
        Full name of a module, and the names in it that the package offers too.
    shown : tuple of str
        Names that the tab key shows although ``from package import *`` leaves them out.

    Examples
    --------
    ::

        __getattr__, __dir__ = lazy_names(__name__, {"aimc.cores": ("Core",)})
    """
    home = {name: module for module, names in (homes or {}).items() for name in names}

    def look_up(name: str) -> Any:
        if name in home:
            value = getattr(importlib.import_module(home[name]), name)
            setattr(sys.modules[package], name, value)  # looked up once
            return value
        unknown = AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        if name.startswith("_"):
            raise unknown
        full = f"{package}.{name}"
        try:
            return importlib.import_module(full)
        except ModuleNotFoundError as error:
            if error.name == full:
                raise unknown from None
            raise ModuleNotFoundError(
                f"{full} needs {error.name}, which is not installed", name=error.name
            ) from error

    def names() -> list[str]:
        module = sys.modules[package]
        protocol = (name for name in vars(module) if name.startswith("__"))
        return sorted({*protocol, *module.__all__, *shown})

    return look_up, names
