"""Files that scripts make and the library or a study ships: where they come from, how written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from aimc import datasets


def origin(
    command: str, torch: ModuleType | None = None, data: Any = None, seed: int | None = None
) -> dict[str, Any]:
    """Return what a stored file says of its making: command, seed, the data it read, and torch."""
    found: dict[str, Any] = {"command": f"python scripts/{command}"}
    if seed is not None:
        found["seed"] = seed
    if data is not None:
        found |= {"data": data.name, "data_sha256": data.sha256}
    if torch is not None:
        found["torch"] = torch.__version__.split("+")[0]
    return found


def write_results(path: Path, results: Mapping[str, Any], indent: int | None = 1) -> None:
    """Write measured numbers, with the day; without `indent` as short as they can be.

    JSON has no word for NaN: what is not known is None.
    """
    table = {"date": datetime.now(UTC).date().isoformat(), **results}
    separators = (",", ":") if indent is None else None
    text = json.dumps(table, indent=indent, separators=separators, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes", flush=True)


def write_checkpoint(path: Path, arrays: Mapping[str, Any], info: Mapping[str, Any]) -> None:
    """Write trained weights with their settings, and print the checksum that they must have."""
    saved: dict[str, Any] = {**arrays, "info": np.array(json.dumps(info))}
    np.savez_compressed(path, **saved)
    digest = datasets.fingerprint(*(saved[name] for name in datasets.checkpoint_order(saved)))
    print(json.dumps(info, indent=2))
    print(f"{path.name}: {path.stat().st_size:,} bytes")
    print(f"where it is loaded its checksum must be {digest}", flush=True)
