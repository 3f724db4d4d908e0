"""What coming late costs, and when handing in nothing counts as zero."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aimc.validation import check_choice, check_number

__all__ = ["DAY", "MISSING", "UNITS", "LatePolicy", "moment", "placed", "shown", "wall", "zone_of"]

DAY = 86_400.0
UNITS = {"day": DAY, "hour": 3_600.0}
"""What a loss may be counted by, s."""
MISSING = ("empty", "zero")


def zone_of(name: str) -> datetime.tzinfo | None:
    """Return a time zone by its name; ``None``, the computer's own, for an empty name.

    Raises
    ------
    ValueError
        If there is no such zone.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"zone must be a name like 'Europe/Berlin', got {name!r}") from None


def moment(text: str, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return an instant from ISO 8601.

    Parameters
    ----------
    text : str
        Such as ``2026-11-20T23:59`` or ``2026-11-20T23:59+01:00``.
    zone : tzinfo, optional
        Where a time without an offset belongs; by default the computer's own zone.

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
    return placed(found, zone)


def placed(time: datetime.datetime, zone: datetime.tzinfo | None) -> datetime.datetime:
    """Return a time with its zone, if it has none yet."""
    if time.tzinfo is not None:
        return time
    return time.astimezone() if zone is None else time.replace(tzinfo=zone)


def wall(when: float, zone: datetime.tzinfo | None) -> datetime.datetime:
    """Return what the clock on the wall shows at an instant, s since 1970."""
    return datetime.datetime.fromtimestamp(when, zone).replace(tzinfo=None)


def shown(when: float, zone: datetime.tzinfo | None = None) -> str:
    """Return an instant, s since 1970, as people read it."""
    time = datetime.datetime.fromtimestamp(when, datetime.UTC).astimezone(zone)
    return f"{time:%Y-%m-%d %H:%M} {time.tzname()}"


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """Rules for what comes after the deadline, or never.

    Every day or hour that has begun costs a share of the points earned. An extension moves the
    deadline and the moment after which nothing counts.
    """

    deadline: float | None = None
    """End of the time to hand in, s since 1970; ``None``: nothing is late by its time."""
    grace: float = 0.0
    """Time that is let pass without a word, s."""
    loss: float = 0.0
    """Share of the points that each day, or hour, costs, 0 to 1."""
    per: str = "day"
    """``"day"`` or ``"hour"``."""
    most_loss: float = 1.0
    """Largest share that coming late costs, as long as anything counts."""
    closes: float | None = None
    """Moment after which a notebook earns nothing, s since 1970; ``None``: there is none."""
    missing: str = "empty"
    """What who handed in nothing gets once the deadline has passed: ``"zero"``, or ``"empty"``."""
    zone: str = ""
    """Name of the time zone in which days are counted; empty: the computer's own."""

    def __post_init__(self) -> None:
        """Refuse numbers that are no rules."""
        if self.deadline is not None:
            check_number("deadline", self.deadline)
        check_number("grace", self.grace, low=0.0)
        check_number("loss", self.loss, low=0.0, high=1.0)
        check_choice("per", self.per, tuple(UNITS))
        check_number("most_loss", self.most_loss, low=0.0, high=1.0)
        check_choice("missing", self.missing, MISSING)
        zone_of(self.zone)
        if self.closes is not None and (
            self.deadline is None or self.closes < self.deadline + self.grace
        ):
            raise ValueError("closes needs a deadline, and lies after it and its grace")

    def late(
        self, submitted: float | None, *, flagged: bool, extension: float = 0.0
    ) -> tuple[int, float]:
        """Return days, or hours, late that have begun, and the share of the points that is left.

        Parameters
        ----------
        submitted : float or None
            When it was handed in, s since 1970.
        flagged : bool
            Whether the platform calls it late; used where no time is known, and then worth one
            day or hour, unless the student has an extension.
        extension : float
            Time by which the deadline is later for this student, s.
        """
        if submitted is None or self.deadline is None:
            units = 1 if flagged and extension == 0 else 0
        else:
            over = self._since(self.deadline, submitted) - extension
            units = 0 if over <= self.grace else math.ceil(over / UNITS[self.per])
            if self.closes is not None and self._since(self.closes, submitted) > extension:
                return units, 0.0
        return units, 1.0 - min(self.most_loss, self.loss * units)

    def over(self, now: float, extension: float = 0.0) -> bool:
        """Tell whether deadline and grace have passed."""
        if self.deadline is None:
            return False
        return self._since(self.deadline, now) > self.grace + extension

    def _since(self, start: float, end: float) -> float:
        """Return the time from one instant to another, s.

        Where days are counted, the clock on the wall counts: when it is put back, a day has 25
        hours, and is one day.
        """
        if self.per == "hour":
            return end - start
        zone = zone_of(self.zone)
        found = (wall(end, zone) - wall(start, zone)).total_seconds()
        # in the hour that comes twice a later moment may show an earlier time
        return found if (found > 0) == (end > start) else end - start

    def said(self) -> str:
        """Return the rules in a sentence for people."""
        zone = zone_of(self.zone)
        if self.deadline is None:
            return "no deadline: nothing is late by its time, and missing work stays empty"
        parts = [f"due {shown(self.deadline, zone)}"]
        if self.grace:
            parts.append(f"{self.grace / 60:g} minutes of grace")
        if self.loss:
            most = f", at most {100 * self.most_loss:g} %" if self.most_loss < 1 else ""
            parts.append(f"each {self.per} begun costs {100 * self.loss:g} % of the points{most}")
        if self.closes is not None:
            parts.append(f"nothing counts if it comes after {shown(self.closes, zone)}")
        zero = "gets zero" if self.missing == "zero" else "keeps an empty cell"
        return "; ".join([*parts, f"who handed in nothing by the deadline {zero}"])
