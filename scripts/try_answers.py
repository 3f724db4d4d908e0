"""Hand in what costs no work to every question of every lab, and what honest students type.

    python scripts/try_answers.py --serials 8 --dear 3

No personal question may give points to an answer that was made up, and a question that is marked as
shared, whose number fits on many chips, may not be worth much: constants, curves and others'
answers stand in ``tests/course/wrong_answers/invented.py``. Right answers in lists, in single
precision, or with four digits should pass: see ``variants.py`` beside it. A table goes to the
terminal, and what earned something or was refused to a small file with the date, question by
question: others in it are kept.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

import aimc

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "course" / "wrong_answers"))
variants, invented, wrong = map(importlib.import_module, ("variants", "invented", "wrong"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Try answers that cost no work.")
    parser.add_argument("--labs", type=int, nargs="+", default=[*range(1, 13)])
    parser.add_argument("--questions", nargs="+", default=[], help="such as q5; all by default")
    parser.add_argument("--serials", type=int, default=8)
    parser.add_argument("--dear", type=int, default=3, help="serials where whole networks run")
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("tried_answers.json")
    )
    arguments = parser.parse_args()
    kept = json.loads(arguments.output.read_text()) if arguments.output.exists() else {}
    for lab in arguments.labs:
        serials = np.random.default_rng([lab, 30]).integers(1, 10**8, arguments.serials).tolist()
        chosen = [
            (name, *pair)
            for name, pair in wrong.asked().items()
            if name.split()[0] == f"lab-{lab}"
            and (not arguments.questions or name.split()[1] in arguments.questions)
        ]
        for name, definition, question in tqdm(chosen, desc=f"lab {lab}"):
            dear = (definition.name, question.id) in wrong.DEAR
            few = serials[: arguments.dear] if dear else serials
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                shares = invented.tried(definition, question, few)
                refused = Counter(v for s in few for v in variants.refused(question, s))
            earned = sorted(((s, n) for n, s in shares.items() if s > 0), reverse=True)
            kept[name] = {
                "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
                "library": aimc.__version__,
                "serials": len(few),
                "points": question.points,
                "shared": question.shared,
                "tried": len(shares),
                "earned": {source: round(share * question.points, 2) for share, source in earned},
                "refused": dict(refused),
            }
            order = sorted(kept, key=lambda n: (int(n.split()[0][4:]), int(n.split("q")[1])))
            text = json.dumps({n: kept[n] for n in order}, indent=1, ensure_ascii=False)
            arguments.output.write_text(text + "\n", encoding="utf-8")
        for name, *_ in chosen:
            found = kept[name]
            mark = "shared" if found["shared"] else ""
            for source, points in [*found["earned"].items()][:4]:
                print(f"{name:10} {mark:6} {points:4g} of {found['points']:g}  {source}")
            for variant, count in found["refused"].items():
                print(f"{name:10} {variant} refused for {count} of {found['serials']}")


if __name__ == "__main__":
    main()
