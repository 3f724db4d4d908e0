"""Grade the solution and the untouched copy of labs across the border, for many serial numbers.

    python scripts/grade_serials.py --labs 2 5 7 8 --serials 20

Solutions have to earn every point and untouched copies none. What was lost, if anything, and how
long a submission took go to a small file with the date, lab by lab: other labs in it are kept.
"""

from __future__ import annotations

import argparse
import datetime
import json
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


def main() -> None:
    parser = argparse.ArgumentParser(description="Grade solutions and untouched copies.")
    parser.add_argument("--labs", type=int, nargs="+", default=[*range(1, 13)])
    parser.add_argument("--serials", type=int, default=20)
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("graded_serials.json")
    )
    arguments = parser.parse_args()
    kept = json.loads(arguments.output.read_text()) if arguments.output.exists() else {}
    with find_sandbox("bubblewrap") as sandbox:
        for lab in arguments.labs:
            kept[f"lab-{lab}"] = graded(lab, arguments.serials, sandbox)
            arguments.output.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")


if __name__ == "__main__":
    main()
