"""Files of tensors in the safetensors format: eight bytes of length, a JSON table, plain numbers.

The format is open and small, runs no code when it is read, and is read by many tools; writing and
reading it needs no package.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

__all__ = ["read_tensors", "write_tensors"]

KINDS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
NAMES = {kind: name for name, kind in KINDS.items()}
METADATA = "__metadata__"
LENGTH = 8
LONGEST_TABLE = 100_000_000


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, torch.Tensor], notes: Mapping[str, str]
) -> None:
    """Write tensors and notes to a file; a process killed meanwhile leaves the one before.

    Parameters
    ----------
    path : str or Path
        The file; folders on the way are made.
    tensors : mapping of str to tensor
        What to write; a tensor under two names is written twice.
    notes : mapping of str to str
        Words that go with them.

    Raises
    ------
    TypeError
        If a value is no dense tensor, or of a kind that the format does not know.
    """
    table: dict[str, Any] = {METADATA: dict(notes)}
    parts, place = [], 0
    for name, value in tensors.items():
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            raise TypeError(f"{name} must be a dense tensor, got {type(value).__name__}")
        if value.dtype not in NAMES:
            raise TypeError(f"{name} has dtype {value.dtype}, which safetensors does not know")
        flat = value.detach().cpu().contiguous().reshape(-1)
        raw = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
        table[name] = {
            "dtype": NAMES[value.dtype],
            "shape": list(value.shape),
            "data_offsets": [place, place + len(raw)],
        }
        parts.append(raw)
        place += len(raw)
    header = json.dumps(table, separators=(",", ":")).encode()
    header += b" " * (-len(header) % LENGTH)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".part")
    with beside.open("wb") as file:
        file.write(len(header).to_bytes(LENGTH, "little"))
        file.write(header)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Return the tensors and notes of a file.

    Raises
    ------
    ValueError
        If there is no such file, or it is no safetensors file or a damaged one.
    """
    target = Path(path)
    if not target.is_file():
        raise ValueError(f"path={str(path)!r} is not allowed: there is no such file")
    raw = target.read_bytes()
    try:
        length = int.from_bytes(raw[:LENGTH], "little")
        if len(raw) < LENGTH or length > min(LONGEST_TABLE, len(raw) - LENGTH):
            raise ValueError("its table is longer than the file")
        table = json.loads(raw[LENGTH : LENGTH + length])
        notes = table.pop(METADATA, {})
        data = memoryview(raw)[LENGTH + length :]
        found = {name: _tensor(name, entry, data) for name, entry in table.items()}
        last = max((entry["data_offsets"][1] for entry in table.values()), default=0)
        if last != len(data):
            raise ValueError(f"it holds {len(data)} bytes of numbers, its table speaks of {last}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"path={str(path)!r} is no intact safetensors file: {error}") from error
    return found, notes


def _tensor(name: str, entry: Mapping[str, Any], data: memoryview) -> torch.Tensor:
    start, end = entry["data_offsets"]
    kind, shape = KINDS.get(entry["dtype"]), entry["shape"]
    if kind is None:
        raise ValueError(f"{name} has dtype {entry['dtype']!r}, which is not known here")
    wanted = math.prod(shape) * torch.empty((), dtype=kind).element_size()
    if not 0 <= start <= end <= len(data) or end - start != wanted:
        raise ValueError(f"{name} lies outside the file or has another length than its shape")
    if wanted == 0:
        return torch.empty(shape, dtype=kind)
    return torch.frombuffer(bytearray(data[start:end]), dtype=kind).reshape(shape)
