"""Packages whose names are looked up when they are first asked for.

A user explores ``aimc.<tab>`` and finds everything; a page that draws one chart loads one module.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names", "warn_of_former_name"]


def lazy_names(
    package: str, homes: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package (PEP 562).

    Every submodule of the package is an attribute, imported when it is first touched. Where a
    submodule and something inside it share a name, the name is the submodule's.

    Parameters
    ----------
    package : str
        Name of the package, its ``__name__``.
    homes : mapping of str to tuple of str, optional
        Full name of a module, and the names in it that the package offers too.

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
        inside = (found.name for found in pkgutil.iter_modules(module.__path__))
        public = (name for name in inside if not name.startswith("_"))
        return sorted({*protocol, *module.__all__, *home, *public})

    return look_up, names


def warn_of_former_name(former: str, now: str) -> None:
    """Warn that a module has another name, pointing at the line outside this package that asked.

    It is loaded by an import or by `lazy_names`, so that lines of ``importlib`` may lie between.
    Python shows a `DeprecationWarning` by default only where it points at the user's own script.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        ("aimc.", "importlib", "_frozen_importlib")
    ):
        frame = frame.f_back
    warnings.warn_explicit(
        f"{former} is called {now} now",
        DeprecationWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        frame.f_globals.get("__name__", "<unknown>"),
        frame.f_globals.setdefault("__warningregistry__", {}),
    )
