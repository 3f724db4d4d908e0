"""Checkpoints of a training: written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

__all__ = ["read_checkpoint", "write_checkpoint"]


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a state to a file; a process killed meanwhile leaves the one before.

    Parameters
    ----------
    path : Path
        The file; folders on the way are made.
    state : dict
        Tensors, numbers and words, in dictionaries and lists.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_checkpoint(path: Path, same: dict[str, Any]) -> dict[str, Any]:
    """Return the state in a file.

    Parameters
    ----------
    path : Path
        The file.
    same : dict
        What must not have changed since it was written.

    Raises
    ------
    ValueError
        If the file is no checkpoint of such a training.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        written = state["same"]
    except Exception as error:
        raise ValueError(f"checkpoint={str(path)!r} is no checkpoint of a training") from error
    for name, value in same.items():
        if written.get(name) != value:
            raise ValueError(
                f"checkpoint={str(path)!r} is that of another training, with "
                f"{name}={written.get(name)!r} instead of {value!r}: name another file, or remove "
                "this one"
            )
    return state
