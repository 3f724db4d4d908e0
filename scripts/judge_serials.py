"""Judge the solution and all known wrong answers of every question, for many serial numbers.

    python scripts/judge_serials.py --serials 200 --dear 20

No solution may be refused, and no wrong answer may earn more than it deserves: a slip is a function
of the student's own numbers, so that chance can bring it near to what is right. Wrong answers and
what they deserve stand in ``tests/course/wrong_answers``. Questions that run whole networks on the
student's chips are judged for fewer serial numbers. What failed, if anything, goes to a small file
with the date, question by question: others in it are kept.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import sys
import warnings
from pathlib import Path

import numpy as np
from tqdm import tqdm

import aimc

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "course" / "wrong_answers"))
wrong = importlib.import_module("wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description="Judge solutions and wrong answers.")
    parser.add_argument("--labs", type=int, nargs="+", default=[*range(1, 13)])
    parser.add_argument("--questions", nargs="+", default=[], help="such as q5; all by default")
    parser.add_argument("--serials", type=int, default=200)
    parser.add_argument("--dear", type=int, default=20, help="serials where whole networks run")
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("judged_serials.json")
    )
    arguments = parser.parse_args()
    kept = json.loads(arguments.output.read_text()) if arguments.output.exists() else {}
    for lab in arguments.labs:
        chosen = {
            name: pair
            for name, pair in wrong.asked().items()
            if name.split()[0] == f"lab-{lab}"
            and (not arguments.questions or name.split()[1] in arguments.questions)
        }
        failed: dict[str, dict[str, list[str]]] = {name: {} for name in chosen}
        serials = np.random.default_rng([lab, 200]).integers(1, 10**8, arguments.serials).tolist()
        # One student after the other: what their answers need is then computed once.
        for count, serial in enumerate(tqdm(serials, desc=f"lab {lab}"), start=1):
            for name, (definition, question) in chosen.items():
                dear = (definition.name, question.id) in wrong.DEAR
                if dear and count > arguments.dear:
                    continue
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    if found := wrong.failures(definition, question, serial):
                        failed[name][str(serial)] = found
                kept[name] = {
                    "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
                    "library": aimc.__version__,
                    "serials": count,
                    "wrong_answers": len(wrong.wrong_answers(definition, question)),
                    "failed": failed[name],
                }
            if count % 10 == 0 or count == len(serials):
                order = sorted(kept, key=lambda name: (name.split()[0], int(name.split("q")[1])))
                text = json.dumps({name: kept[name] for name in order}, indent=1)
                arguments.output.write_text(text + "\n")
        print(f"lab {lab}:", {name: found for name, found in failed.items() if found} or "fair")


if __name__ == "__main__":
    main()
