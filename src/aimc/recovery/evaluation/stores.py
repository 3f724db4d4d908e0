"""Chips that are done are kept on disk, so that a sweep that was killed goes on where it was."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

__all__ = ["FolderStore", "SQLiteStore", "Store", "StoreMismatchError", "open_store"]

DATABASES = (".sqlite", ".sqlite3", ".db")


class StoreMismatchError(ValueError):
    """A store holds results of another model or another setting."""


class Store(Protocol):
    """Where the chips of one sweep are kept."""

    def load(self) -> dict[int, dict[str, Any]]:
        """Return what is kept, by serial number."""
        ...

    def save(self, serial: int, result: Mapping[str, Any]) -> None:
        """Keep one chip."""
        ...


def open_store(path: str | os.PathLike[str], setting: Mapping[str, str]) -> Store:
    """Open the store of a sweep, or begin one.

    Parameters
    ----------
    path : str or path
        A folder, with one file per chip; or a file that ends in ``.sqlite`` or ``.db``.
    setting : mapping of str to str
        What the sweep is made of, by name.

    Raises
    ------
    StoreMismatchError
        If the store holds another sweep; the message lists what differs.
    TypeError
        If ``path`` is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"store must be the path of a folder or database, got {path!r}")
    place = Path(path)
    kind = SQLiteStore if place.suffix in DATABASES else FolderStore
    return kind(place, dict(setting))


class FolderStore:
    """One file of JSON per chip, and one with the setting; each is written at once or not at all.

    Parameters
    ----------
    path : Path
        The folder; it is made if it does not exist.
    setting : dict of str to str
        What the sweep is made of.
    """

    def __init__(self, path: Path, setting: dict[str, str]) -> None:
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(
                f"store={str(path)!r} is a file: name a folder, or a file that ends in .sqlite"
            )
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        about = path / "setting.json"
        if about.exists():
            _check_same(path, json.loads(about.read_text("utf-8")), setting)
        elif any(path.glob("chip-*.json")):
            raise StoreMismatchError(
                f"store={str(path)!r} holds chips but no setting.json that says of what: name "
                "another folder"
            )
        else:
            _write(about, setting)

    def load(self) -> dict[int, dict[str, Any]]:
        """Return what is kept, by serial number."""
        found = [json.loads(p.read_text("utf-8")) for p in sorted(self.path.glob("chip-*.json"))]
        return {int(result["serial"]): result for result in found}

    def save(self, serial: int, result: Mapping[str, Any]) -> None:
        """Keep one chip."""
        _write(self.path / f"chip-{serial}.json", result)


class SQLiteStore:
    """All chips in one database file.

    Parameters
    ----------
    path : Path
        The file; it is made if it does not exist.
    setting : dict of str to str
        What the sweep is made of.
    """

    def __init__(self, path: Path, setting: dict[str, str]) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as base, base:
            base.execute("create table if not exists setting (text text not null)")
            base.execute("create table if not exists chips (serial integer primary key, text text)")
            kept = base.execute("select text from setting").fetchone()
            if kept is None:
                base.execute("insert into setting values (?)", (json.dumps(setting),))
        if kept is not None:
            _check_same(path, json.loads(kept[0]), setting)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=60.0)

    def load(self) -> dict[int, dict[str, Any]]:
        """Return what is kept, by serial number."""
        with closing(self._connect()) as base:
            rows = base.execute("select serial, text from chips order by serial").fetchall()
        return {int(serial): json.loads(text) for serial, text in rows}

    def save(self, serial: int, result: Mapping[str, Any]) -> None:
        """Keep one chip."""
        with closing(self._connect()) as base, base:
            base.execute(
                "insert or replace into chips values (?, ?)", (serial, json.dumps(dict(result)))
            )


def _check_same(path: Path, kept: Mapping[str, str], setting: Mapping[str, str]) -> None:
    names = [name for name in {**kept, **setting} if kept.get(name) != setting.get(name)]
    if names:
        differences = "\n".join(
            f"  {name}: {kept.get(name, 'nothing')} there, {setting.get(name, 'nothing')} now"
            for name in names
        )
        raise StoreMismatchError(
            f"store={str(path)!r} holds chips of another sweep; it differs in\n{differences}\n"
            "Name another store, or delete this one if it is no longer needed"
        )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(dict(content)), "utf-8")
    part.replace(path)
