"""Files of tensors in the safetensors format, written and read by the package of that name.

The format is open and small, runs no code when it is read, and is read by many tools. Large models
come as several such files, of which only what is used need come into memory.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import torch

__all__ = ["Shards", "replaced", "write_tensors"]


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield the path of a new file that takes the place of a file once it is on the disk.

    A process that is killed meanwhile, or a machine that loses its power, leaves the one before.
    Two may write the same file, in processes of one machine or of several: the last one stays.
    """
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    if os.name == "posix":
        with suppress(OSError):  # the new name, too; file systems of some networks cannot
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


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
    from safetensors.torch import save_file

    apart = {}
    for name, value in tensors.items():
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            raise TypeError(f"{name} must be a dense tensor, got {type(value).__name__}")
        # a copy, since the package refuses tensors that share memory
        apart[name] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with replaced(target) as beside:
            save_file(apart, beside, dict(notes))
    except KeyError as error:
        kind = error.args[0]
        names = [name for name, value in apart.items() if value.dtype == kind]
        raise TypeError(
            f"{', '.join(names)}: safetensors does not know the dtype {kind}"
        ) from error


class Shards(Mapping[str, torch.Tensor]):
    """Tensors of safetensors files by name, memory-mapped: each is read when it is used.

    Parameters
    ----------
    path : str or Path
        A file, or a folder. If it has an index, ``*.safetensors.index.json``, the files that this
        names count; otherwise all ``*.safetensors``.
    argument : str
        Name of the caller's argument, for messages.

    Raises
    ------
    ValueError
        If there is no such file, a file is damaged, or a name is in two files.
    ModuleNotFoundError
        If the package safetensors is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], argument: str = "path") -> None:
        from safetensors import SafetensorError, safe_open

        self.path, self._open = Path(path), safe_open
        self._said = f"{argument}={str(path)!r}"
        self._files: dict[str, Path] = {}
        self.notes: dict[str, str] = {}
        """Words that go with the tensors."""
        for file in self._list():
            try:
                with safe_open(file, "pt") as opened:
                    names, notes = list(opened.keys()), opened.metadata() or {}
            except (SafetensorError, OSError) as error:
                inside = "" if file == self.path else f" {file.name}"
                raise ValueError(
                    f"{self._said}{inside} is no intact safetensors file: {error}"
                ) from error
            twice = [name for name in names if name in self._files]
            if twice:
                raise ValueError(
                    f"{self._said} holds {twice[0]!r} twice, in {self.file_of(twice[0]).name} and "
                    f"in {file.name}"
                )
            self._files |= dict.fromkeys(names, file)
            self.notes |= notes

    def _list(self) -> list[Path]:
        if self.path.is_file():
            return [self.path]
        indices = sorted(self.path.glob("*.safetensors.index.json"))
        if len(indices) > 1:
            raise ValueError(f"{self._said} has {len(indices)} indices: name a file")
        if indices:
            table = json.loads(indices[0].read_text())["weight_map"]
            files = [self.path / name for name in dict.fromkeys(table.values())]
            missing = [file.name for file in files if not file.is_file()]
            if missing:
                raise ValueError(f"{self._said} lacks {', '.join(missing)}, which its index names")
            return files
        files = sorted(self.path.glob("*.safetensors"))
        if not files:
            raise ValueError(f"{self._said} is not allowed: there is no such safetensors file")
        return files

    def file_of(self, name: str) -> Path:
        """Return the file that holds a tensor."""
        return self._files[name]

    def __getitem__(self, name: str) -> torch.Tensor:
        """Return a tensor, whose numbers are read from the file when they are needed."""
        with self._open(self._files[name], "pt") as file:
            return file.get_tensor(name)

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._files)

    def __len__(self) -> int:
        """Return the number of tensors."""
        return len(self._files)
