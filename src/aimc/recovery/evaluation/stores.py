"""Chips that are done are kept on disk, so that a sweep that was killed goes on where it was."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["Store", "StoreMismatchError"]


class StoreMismatchError(ValueError):
    """A store holds results of another model or another setting."""


class Store:
    """The chips of one sweep in a database file of SQLite; each is there whole or not at all.

    Parameters
    ----------
    path : str or path
        The file; it is made if it does not exist.
    setting : mapping of str to str
        What the sweep is made of, by name.

    Raises
    ------
    StoreMismatchError
        If the file holds another sweep; the message lists what differs.
    IsADirectoryError
        If ``path`` is a folder.
    ValueError
        If it is a file of something else.
    TypeError
        If it is no path.
    """

    def __init__(self, path: str | os.PathLike[str], setting: Mapping[str, str]) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"store must be the path of a file, got {path!r}")
        self.path = Path(path)
        if self.path.is_dir():
            raise IsADirectoryError(
                f"store={str(path)!r} is a folder: name a file in it, such as "
                f"{str(self.path / 'sweep.sqlite')!r}"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(self._connect()) as base, base:
                base.execute("create table if not exists setting (text text not null)")
                base.execute(
                    "create table if not exists chips (serial integer primary key, text text)"
                )
                kept = base.execute("select text from setting").fetchone()
                if kept is None:
                    base.execute("insert into setting values (?)", (json.dumps(dict(setting)),))
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
                raise  # a store that is locked, or cannot be written
            raise ValueError(f"store={str(path)!r} is no store of a sweep: {error}") from error
        if kept is not None:
            self._check_same(json.loads(kept[0]), setting)

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

    def _check_same(self, kept: Mapping[str, str], setting: Mapping[str, str]) -> None:
        names = [name for name in {**kept, **setting} if kept.get(name) != setting.get(name)]
        if names:
            differences = "\n".join(
                f"  {name}: {kept.get(name, 'nothing')} there, {setting.get(name, 'nothing')} now"
                for name in names
            )
            raise StoreMismatchError(
                f"store={str(self.path)!r} holds chips of another sweep; it differs in\n"
                f"{differences}\nName another store, or delete this one if it is no longer needed"
            )
