"""What coming late costs, and which of several notebooks counts."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from aimc.validation import check_number

__all__ = ["LatePolicy", "moment"]

DAY = 86_400.0


def moment(text: str) -> datetime.datetime:
    """Return an instant from ISO 8601; without an offset it is in the computer's own zone.

    Raises
    ------
    ValueError
        If it is not such a time.
    """
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"a time is written like 2026-11-20T23:59 or 2026-11-20T23:59+01:00, got {text!r}"
        ) from None
    return found.astimezone() if found.tzinfo is None else found


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """Rules for what comes after the deadline.

    Every day that has begun costs a share of the points earned; after the last day nothing counts.
    """

    deadline: float | None = None
    """End of the time to hand in, s since 1970; ``None``: nothing is late by its time."""
    per_day: float = 0.0
    """Share of the points that each day costs, 0 to 1."""
    most_days: float = math.inf
    """Days after which a notebook earns nothing."""
    grace: float = 0.0
    """Time that is let pass without a word, s."""

    def __post_init__(self) -> None:
        """Refuse numbers that are no rules."""
        if self.deadline is not None:
            check_number("deadline", self.deadline)
        check_number("per_day", self.per_day, low=0.0, high=1.0)
        check_number("grace", self.grace, low=0.0)
        if not self.most_days >= 0:
            raise ValueError(f"most_days must be at least 0, got {self.most_days!r}")

    def days(self, submitted: float | None, *, flagged: bool, extension: float = 0.0) -> int:
        """Return the days by which a notebook is late.

        Parameters
        ----------
        submitted : float or None
            When it was handed in, s since 1970.
        flagged : bool
            Whether the platform calls it late; used where no time is known, and then worth one
            day, unless the student has an extension.
        extension : float
            Days by which the deadline is later for this student.
        """
        if submitted is None or self.deadline is None:
            return 1 if flagged and extension == 0 else 0
        over = submitted - self.deadline - extension * DAY
        return 0 if over <= self.grace else math.ceil(over / DAY)

    def factor(self, days: int) -> float:
        """Return the share of the points that is left, 0 to 1."""
        return 0.0 if days > self.most_days else max(0.0, 1.0 - self.per_day * days)
