"""Dates in words, as a learning platform writes them in the language of its site.

Nothing is guessed: every word and every number of a date must have one meaning, and the weekday
must be that of the date. Names of months come from the tables of Unicode that the platforms use.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import cache

from aimc_course.grading.gradebook.late import placed

__all__ = ["LANGUAGES", "looks_like_a_date", "read_date"]

LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "tr")
CLOCK = re.compile(r"(?<![\d:])(\d{1,2})(?::|h|\s*時\s*)(\d{2})(?::(\d{2})|\s*分)?(?![\d:])")
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?!\d)")
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
HALF = re.compile(r"\b([ap])\.?\s?m\b\.?")
FILLERS = frozenset({"de", "del", "à", "a", "às", "as", "las", "um", "uhr", "om", "o", "at", "on"})
LONGEST = 100


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
    """Return the months, the weekdays and the halves of the day that a language names."""
    from babel import Locale

    locale = Locale(language)
    months: dict[str, int] = {}
    days: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                months[_plain(name)] = number
            for number, name in locale.days[context][width].items():
                days[_plain(name)] = number
    halves = {"am": "am", "pm": "pm"}
    for width in ("wide", "abbreviated"):
        for half in ("am", "pm"):
            if name := locale.day_periods["format"][width].get(half):
                halves[_plain(name).replace(" ", "").replace(".", "")] = half
    # In a date such as 11月20日 the month is read before any name is looked for.
    months = {name: number for name, number in months.items() if not name[:1].isdigit()}
    return months, days, halves


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip(" .")


def looks_like_a_date(text: str) -> bool:
    """Tell whether a text of moderate length holds a year and a time of day."""
    text = _plain(text[: LONGEST + 1])
    return len(text) <= LONGEST and bool(YEAR.search(text) and CLOCK.search(text))


def read_date(text: str, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return the instant that a date in words names.

    Parameters
    ----------
    text : str
        Such as ``"Freitag, 20. November 2026, 23:59"``.
    zone : tzinfo, optional
        Where it belongs; by default the computer's own zone.

    Raises
    ------
    ImportError
        If the package babel is missing, which the extra ``grading`` installs.
    ValueError
        If not exactly one date can be meant.
    """
    plain = HALF.sub(r" \1m ", _plain(text[: LONGEST + 1]))
    clocks = list(CLOCK.finditer(plain))
    if len(plain) > LONGEST or len(clocks) != 1:
        raise ValueError("it holds no time of day, or more than one")
    rest = f"{plain[: clocks[0].start()]} {plain[clocks[0].end() :]}"
    hour, minute, second = (int(part or 0) for part in clocks[0].groups())
    said = {date for one in LANGUAGES if (date := _date(rest, one, hour)) is not None}
    if len(said) != 1:
        raise ValueError("it is not certain which date is meant")
    day, hour = said.pop()
    try:
        time = datetime.time(hour, minute, second)
    except ValueError:
        raise ValueError("there is no such time of day") from None
    return placed(datetime.datetime.combine(day, time), zone)


def _date(text: str, language: str, hour: int) -> tuple[datetime.date, int] | None:
    """Return the date and the hour that a text means in a language; ``None`` if none is sure."""
    months, weekdays, halves = _names(language)
    first = YEAR_FIRST.search(text)
    if first:
        text = f"{text[: first.start()]} {text[first.end() :]}"
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    digits = re.findall(r"\d+", text)
    words = [word for word in words if word not in FILLERS]
    found_halves = [halves[word] for word in words if word in halves]
    words = [word for word in words if word not in halves]
    # A word may name a month and a weekday, such as mar in Italian.
    named = [w for w in words if w in months and w not in weekdays]
    named = named or [w for w in words if w in months]
    others = list(words)
    if first:
        numbers = [int(part) for part in first.groups()]
    else:
        years, days = [d for d in digits if len(d) == 4], [d for d in digits if len(d) <= 2]
        if len(named) != 1 or len(years) != 1 or len(days) != 1 or len(digits) != 2:
            return None
        numbers = [int(years[0]), months[named[0]], int(days[0])]
        others.remove(named[0])
    if (first and digits) or len(others) > 1 or len(found_halves) > 1:
        return None
    try:
        day = datetime.date(*numbers)
    except ValueError:
        return None
    if others and weekdays.get(others[0]) != day.weekday():
        return None
    if found_halves and hour <= 12:
        hour = hour % 12 + 12 * (found_halves == ["pm"])
    elif found_halves == ["am"]:
        return None
    return day, hour
