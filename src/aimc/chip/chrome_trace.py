"""A schedule as a trace in the Chrome trace-event format, to be looked at in a trace viewer.

The format is JSON: a list of events, each with a name, a phase (``"X"`` is a piece of work with a
start and a duration), times in microseconds, and numbers for a process and a thread, which viewers
show as named rows. Here a process is a layer and a thread is a unit of one of its copies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from aimc.chip.schedule import NOT_SCHEDULED, Schedule
from aimc.units import MICRO

__all__ = ["Trace", "trace"]

UNITS = ("MVM", "LDPU", "links", "GDPU")


@dataclass(frozen=True, slots=True)
class Trace:
    """Events in the Chrome trace-event format. Made by `trace`."""

    events: tuple[dict[str, Any], ...]
    """Complete events (``"ph": "X"``) and names of rows (``"ph": "M"``)."""
    about: dict[str, Any]
    """What was scheduled, and what the schedule leaves out."""

    def as_json(self) -> dict[str, Any]:
        """Return the trace as a tree that `json.dumps` accepts."""
        return {
            "traceEvents": list(self.events),
            "displayTimeUnit": "ns",
            "otherData": self.about,
        }

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the trace as JSON and return the path."""
        target = Path(path)
        target.write_text(json.dumps(self.as_json()), encoding="utf-8")
        return target


def trace(plan: Schedule, *, vectors: bool = False) -> Trace:
    """Return a schedule as a trace.

    Parameters
    ----------
    plan : Schedule
        What to show.
    vectors : bool
        One event per vector instead of one per inference.

    Raises
    ------
    ValueError
        If there would be too many events.
    """
    process = {group.name: k for k, group in enumerate(plan.groups)}
    rows: list[dict[str, Any]] = []
    named: set[tuple[int, int]] = set()
    for event in plan.events(vectors=vectors):
        pid, tid = process[event.group], len(UNITS) * event.copy + UNITS.index(event.unit)
        if (pid, tid) not in named:
            named.add((pid, tid))
            label = f"{event.unit}, copy {event.copy}"
            rows.append(_name("process_name", pid, 0, event.group))
            rows.append(_name("thread_name", pid, tid, label))
        rows.append(
            {
                "name": f"{plan.mapping.network.per} {event.inference}",
                "cat": event.unit,
                "ph": "X",
                "ts": event.start / MICRO,
                "dur": event.duration / MICRO,
                "pid": pid,
                "tid": tid,
                "args": {"first vector": event.vectors[0], "after last": event.vectors[1]},
            }
        )
    about = {
        "network": plan.mapping.network.name,
        "read mode": plan.read_mode,
        "cores": plan.mapping.cores,
        "assumed": list(plan.assumed),
        "not included": list(NOT_SCHEDULED),
    }
    return Trace(tuple(rows), about)


def _name(kind: str, pid: int, tid: int, label: str) -> dict[str, Any]:
    return {"name": kind, "ph": "M", "pid": pid, "tid": tid, "args": {"name": label}}
