"""A command as the words of a terminal, kept with the marks so that it can be given again."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Collection
from pathlib import Path
from typing import Any

from aimc_course.grading.gradebook.store import Store

__all__ = ["GRADER", "command_words", "keep_command", "kept_command"]

GRADER = ("workers", "cell_seconds", "sandbox", "trusted")
"""Options that say how notebooks are run, and not which."""
NOT_KEPT = {"run", "command", "dry_run", "reveal"}
NAMES = {"people": "class"}
FIRST = "submissions"


def keep_command(store: Store, lab: str, chosen: Namespace) -> None:
    """Keep how a lab was graded, with paths that hold from everywhere."""
    kept = {
        name: [_plain(v) for v in value] if isinstance(value, (list, tuple)) else _plain(value)
        for name, value in vars(chosen).items()
        if name not in NOT_KEPT
    }
    store.set(f"command {lab}", json.dumps(kept))


def _plain(value: Any) -> Any:
    return str(value.resolve()) if isinstance(value, Path) else value


def kept_command(store: Store, lab: str) -> dict[str, Any]:
    """Return how a lab was graded last, by option; empty where that is not known."""
    found: dict[str, Any] = json.loads(store.setting(f"command {lab}") or "{}")
    found.pop("dask", None)  # of edition 0.9.0, which could grade on a cluster
    return found


def command_words(kept: dict[str, Any], only: Collection[str] | None = None) -> list[str]:
    """Return options as words; what was not given is left out.

    Parameters
    ----------
    kept : dict
        Values by option.
    only : collection of str, optional
        Options that are wanted.
    """
    found = [str(kept[FIRST])] if FIRST in kept and only is None else []
    for name, value in kept.items():
        if name == FIRST or value is None or value is False or (only and name not in only):
            continue
        option = f"--{NAMES.get(name, name).replace('_', '-')}"
        if value is True:
            found.append(option)
        elif isinstance(value, list):
            found += [option, *map(str, value)]
        # One word, so that a value that begins with a dash is no option.
        else:
            found.append(f"{option}={value}")
    return found
