"""Who has which answer open, so that two people who mark at the same time do not get the same one.

A lease only steers what is handed out: a mark is kept safe by the store, whoever holds the answer.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from aimc_course.grading.gradebook.store import Store

__all__ = ["Lease", "Leases"]

SECONDS = 600.0
"""How long an answer stays with whoever opened it and did nothing since."""


@dataclass(frozen=True, slots=True)
class Lease:
    """An answer that somebody else has open."""

    who: str
    until: float
    """When it ends, s since 1970."""


class Leases:
    """What one page has open of one lab, and what others have: one answer each.

    Parameters
    ----------
    store : Store
        Where they are kept.
    lab : str
        The lab.
    """

    def __init__(self, store: Store, lab: str) -> None:
        self._store, self._lab, self._session = store, lab, secrets.token_hex(8)

    def take(self, owner: str, item: str) -> Lease | None:
        """Take an answer, in place of the one before; return who else has it, if anybody."""
        database, now = self._store.database, time.time()
        with database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "DELETE FROM leases WHERE until <= ? OR session = ?", (now, self._session)
            )
            other = self.others().get((owner, item))
            if other is None:
                database.execute(
                    "INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?)",
                    (self._session, self._lab, owner, item, self._store.who(), now + SECONDS),
                )
            return other

    def others(self) -> dict[tuple[str, str], Lease]:
        """Return what others have open, by owner and question."""
        rows = self._store.database.execute(
            "SELECT owner, item, who, until FROM leases "
            "WHERE lab = ? AND session != ? AND until > ?",
            (self._lab, self._session, time.time()),
        )
        return {(owner, item): Lease(who, until) for owner, item, who, until in rows}

    def release(self) -> None:
        """Let go of what this page has open."""
        self._store.database.execute("DELETE FROM leases WHERE session = ?", (self._session,))
