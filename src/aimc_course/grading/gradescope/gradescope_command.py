"""The command ``gradescope``."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the command to a parser's subparsers; it sets ``run`` to what carries it out."""
    bundling = commands.add_parser(
        "gradescope",
        help="write the autograder of a lab for Gradescope",
        description="Writes the zip that is uploaded when an assignment's autograder is set up. It "
        "holds the answers and the class key, so keep it as you keep an exam.",
    )
    bundling.add_argument("--lab", required=True, help="number or name of the lab")
    bundling.add_argument("--out", type=Path, required=True, help="the zip, such as autograder.zip")
    bundling.add_argument("--key-file", type=Path, help="class key; by default class.key beside it")
    bundling.add_argument("--class", dest="people", type=Path, help="class list, a CSV file")
    bundling.add_argument(
        "--visibility",
        choices=("visible", "after_due_date", "after_published", "hidden"),
        default="visible",
        help="when students see the points of questions",
    )
    bundling.add_argument("--seconds", type=float, default=480.0, help="longest run of a notebook")
    bundling.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    from aimc.validation import check_number
    from aimc_course.grading.gradebook.classlist import read_class
    from aimc_course.grading.gradebook.gradebook import read_key
    from aimc_course.grading.gradebook.publish import write_whole
    from aimc_course.grading.gradescope.bundle import autograder_zip

    check_number("--seconds", chosen.seconds, low=10.0, high=3600.0, unit="s")
    number = chosen.lab.isascii() and chosen.lab.isdigit()
    lab = f"lab-{int(chosen.lab)}" if number else chosen.lab
    people = read_class(chosen.people) if chosen.people else None
    if people is not None and people.note:
        print(people.note, file=sys.stderr)
    place = chosen.key_file or chosen.out.parent / "class.key"
    made = not place.exists() and not chosen.key_file
    if chosen.out.is_dir():
        raise ValueError(f"--out {chosen.out} is a folder: name the zip to write")
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    if made:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")
    data = autograder_zip(
        *(lab, read_key(place), people),
        visibility=chosen.visibility,
        seconds=chosen.seconds,
    )
    write_whole(chosen.out, data, private=True)
    print(f"{chosen.out}: autograder of {lab}, {len(data) / 2**20:.1f} MiB")
    print(f"class key {'made' if made else 'read'}: {place}. Keep both files as you keep an exam.")
    return 0
