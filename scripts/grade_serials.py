"""Grade the solution and the untouched copy of labs across the border, for many serial numbers.

    python scripts/grade_serials.py --labs 2 5 7 8 --serials 20

With no number after ``--labs`` nothing is graded, and the guide follows the file as it is.
Solutions have to earn every point and untouched copies none. What was lost, if anything, and how
long a submission took go to a small file with the date, lab by lab: other labs in it are kept. The
teachers' guide has a table of these times, which is written here as well.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import secrets
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import aimc
from aimc_course.authoring.notebooks import (
    find_root,
    lab_sources,
    read_source,
    solution_copy,
    student_copy,
    written,
)
from aimc_course.grading import Grader, find_sandbox
from aimc_course.grading.sandbox import Sandbox

LEFT_OUT = {"instructor", "expected-figure"}
"""Cells that no question looks at, and that take longer than many that are asked for."""
TIMES = re.compile(
    r"```\{list-table\} [^\n]*\n(?::[^\n]*\n)*:name: tab-grader-times\n.*?```", re.DOTALL
)
ACROSS = 6  # labs beside each other


def tags_of(cell: Any) -> list[str]:
    """Return the tags of a cell."""
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def serials_of(lab: int, count: int) -> list[int]:
    """Return serial numbers as students have them."""
    return np.random.default_rng([lab, 20]).integers(1, 10**8, count).tolist()


def graded(lab: int, count: int, sandbox: Sandbox) -> dict[str, Any]:
    """Return what solutions lost and untouched copies earned, by serial number."""
    (source,) = (path for path in lab_sources(find_root()) if path.stem[:2] == f"{lab:02d}")
    answered, untouched = solution_copy(read_source(source)), student_copy(read_source(source))
    answered.cells = [cell for cell in answered.cells if not LEFT_OUT & set(tags_of(cell))]
    answered, untouched = written(answered).encode(), written(untouched).encode()
    lost: dict[str, dict[str, str]] = {}
    earned: dict[str, dict[str, float]] = {}
    seconds = []
    with Grader(source.stem, secrets.token_bytes(32), sandbox) as grader:
        for serial in tqdm(serials_of(lab, count), desc=f"lab {lab}"):
            marks = grader.grade(answered, student=f"student {serial}", serial=serial)
            seconds.append(marks.seconds)
            if marks.points < marks.max_points:
                missing = (m for m in marks.marks if m.points < m.max_points)
                lost[str(serial)] = {m.question: m.message for m in missing}
            marks = grader.grade(untouched, student=f"student {serial}", serial=serial)
            if marks.points > 0:
                given = (m for m in marks.marks if m.points > 0)
                earned[str(serial)] = {m.question: m.points for m in given}
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "library": aimc.__version__,
        "serials": count,
        "points": marks.max_points,
        "seconds_per_solution": round(float(np.median(seconds)), 1),
        "solutions_that_lost_points": lost,
        "untouched_copies_that_earned_points": earned,
    }


def times_table(measured: dict[str, Any]) -> str:
    """Return the guide's table of times, in s, as the file of measurements has them."""
    labs = sorted(measured, key=lambda name: int(name.removeprefix("lab-")))
    dates = sorted({measured[name]["date"] for name in labs})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    said = "Seconds that one worker needs for the solution of each lab, median over serial numbers"
    lines = [
        f"```{{list-table}} {said}, measured {when}",
        ":header-rows: 0",
        ":stub-columns: 1",
        ":name: tab-grader-times",
        "",
    ]
    for k in range(0, len(labs), ACROSS):
        some = labs[k : k + ACROSS]
        seconds = [measured[name]["seconds_per_solution"] for name in some]
        lines += ["* - Lab", *(f"  - {name.removeprefix('lab-')}" for name in some)]
        lines += ["* - Seconds", *(f"  - {s:.1f}" if s < 10 else f"  - {s:.0f}" for s in seconds)]
    return "\n".join([*lines, "```"])


def write_times(guide: Path, measured: dict[str, Any]) -> None:
    """Write the table of times into the guide."""
    text, count = TIMES.subn(lambda _: times_table(measured), guide.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"guide={str(guide)!r} must hold one table tab-grader-times, got {count}")
    guide.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Grade solutions and untouched copies.")
    parser.add_argument("--labs", type=int, nargs="*", default=[*range(1, 13)])
    parser.add_argument("--serials", type=int, default=20)
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("graded_serials.json")
    )
    arguments = parser.parse_args()
    kept = json.loads(arguments.output.read_text()) if arguments.output.exists() else {}
    for lab in arguments.labs:
        with find_sandbox("bubblewrap") as sandbox:
            kept[f"lab-{lab}"] = graded(lab, arguments.serials, sandbox)
            arguments.output.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
    write_times(find_root() / "book" / "instructor.md", kept)


if __name__ == "__main__":
    main()
