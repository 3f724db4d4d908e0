"""Answers to lab 2 as five different people might write them, and classes drawn from these.

Two honest students share an answer word for word in one question of five, more than real ones do.
"""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[4]
STARTER = (ROOT / "labs/student/02-precision-and-error-budget.ipynb").read_bytes()
SOLUTION = (ROOT / "labs/02-precision-and-error-budget.ipynb").read_bytes()

VARIANTS = {
    question: [variant["lines"] for variant in variants]
    for question, variants in tomllib.loads(
        Path(__file__).with_name("answers.toml").read_text(encoding="utf-8")
    ).items()
}


def notebook(cells):
    """Return the bytes of a notebook with code cells."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def cells_of(data):
    """Return the code cells of a notebook."""
    return ["".join(c["source"]) for c in json.loads(data)["cells"] if c["cell_type"] == "code"]


HABITS = (
    (r"np\.linalg\.norm\(([\w.]+(?: - \w+)?)\)", r"np.sqrt(np.sum((\1) ** 2))"),
    (r"\bnp\.abs\(", "abs("),
    (r"\.max\(\)", ".max(initial=0.0)"),
    (r" in range\((\w+)\):", r" in np.arange(\1):"),
    (r"mvm_error\((.+?), exact\)", r"mvm_error(y=\1, y_exact=exact)"),
    (r"periphery=", "serial=SERIAL, periphery="),
    (r"\.program\(W\)", ".program(W.copy())"),
    (r"\.append\((.*)\)$", r" += [\1]"),
    (r"\breturn (.+)$", r"result = \1\n    return result"),
    (r"\bnp\.array\(", "np.asarray("),
)
"""What another hand writes in its place."""


def honest(rng):
    """Return the code cells of a student who writes each answer in one of five ways, and each
    line with habits of their own."""
    cells = cells_of(STARTER)
    for question, variants in VARIANTS.items():
        place = next(k for k, c in enumerate(cells) if f'check("{question}"' in c)
        last = next(line for line in cells[place].split("\n") if f'check("{question}"' in line)
        lines = variants[rng.integers(len(variants))].split("\n")
        for number, line in enumerate(lines):
            for here, there in HABITS:
                if rng.random() < 0.4:
                    lines[number] = re.sub(here, there, lines[number])
            if rng.random() < 0.15 and not line.startswith(" "):
                lines[number] = f"print({str(rng.integers(9))!r}, {question!r})\n{lines[number]}"
        cells[place] = "\n".join([*lines, "", last])
    return cells


def disguised(cells, rng):
    """Return a copy: names changed, lines added, comments moved, quotes and order changed."""
    own = (
        "levels scaled lsb codes clipped half grid nearest delta core budget errs ks row table d c"
    )
    own += " num den error size dev per nothing run line three four biggest model best lin res out"
    changed = []
    for source in cells:
        for name in own.split():
            source = re.sub(
                rf"(?<![.\w\"']){name}\b(?!\s*=[^=]*[,)])", f"my_{name}_{len(name)}", source
            )
        lines = []
        for line in source.split("\n"):
            lines.append(line.split("  #")[0].replace(", ", " ,  ") + "   # ok")
            if (
                line.startswith("    ")
                and rng.random() < 0.3
                and line.rstrip().endswith(("]", ")"))
            ):
                indent = line[: len(line) - len(line.lstrip())]
                if line.count("(") == line.count(")") and not lines[-1].lstrip().startswith(
                    "return"
                ):
                    lines.append(f"{indent}unused = 3")
        changed.append("\n".join(lines))
    middle = changed[3:]
    rng.shuffle(middle)
    return [*changed[:3], *middle]
