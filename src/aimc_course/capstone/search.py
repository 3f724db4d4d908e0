"""The stored search of a coarse grid: which designs win, and what wins nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["PATH", "stored_search"]

PATH = Path(__file__).with_name("capstone_search.json")
"""Written by ``scripts/search_capstone.py``."""


def stored_search() -> dict[str, Any]:
    """Return what the search found, with what it searched."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found
