"""Search a coarse grid of accelerators completely, and see whether an extreme one wins.

    python scripts/search_capstone.py

Writes ``src/aimc_course/capstone/capstone_search.json``. Every design of `AXES` that keeps to the
limits gets a score. Accuracy does not depend on how many columns a core has or how often a layer
stands on the chip, apart from which devices it meets, so it is counted once for each choice of the
others, on few chips and images (`SERIALS_OF_SAMPLE`, `IMAGES_OF_SAMPLE`). The best designs, and all
that differ from the winner in one decision, are then evaluated as the competition does, on serial
numbers of their own; where such a step is better, the search goes on from there. At the end the
grid is priced again under other assumptions, `ASSUMPTIONS`, and the best design of each is kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from tqdm import tqdm

from aimc.chip.mapping import cores_needed
from aimc.units import DAY
from aimc_course.capstone import costs
from aimc_course.capstone import search as stored
from aimc_course.capstone.design import CHOICES, MOST_SIDE, Design
from aimc_course.capstone.evaluation import IMAGES, Evaluation, correct_images, evaluate
from aimc_course.capstone.network import workload
from aimc_course.capstone.pricing import DesignRefusedError, price
from aimc_course.capstone.scoring import gains_of, score

AXES: dict[str, tuple[Any, ...]] = {
    "rows": (128, 256, 512),
    "input_bits": (3, 4, 5, 6, 8),
    "output_bits": (3, 4, 5, 6, 8),
    "read_mode": ("1-phase", "4-phase"),
}
"""What accuracy depends on."""
COSTS: dict[str, tuple[Any, ...]] = {"columns": (8, 16, 32, 64, 128), "copies": (1, 2, 4)}
"""What only the price depends on; copies are those of the first layer, the second has a fourth."""
FIXED: dict[str, Any] = {
    "model": "pcm-14nm",
    "devices": 1,
    "full_scale_uA": 20,
    "training": "aware",
    "weight_range": "output",
    "programming": "once",
    "compensation": "affine",
}
SERIALS_OF_SAMPLE, IMAGES_OF_SAMPLE = (1, 2), 200
ASSUMPTIONS = {
    "DRIVER_SHARE": (0.05, 0.1, 0.2),
    "CELL_SHARE": (0.4, 0.5, 0.6),
    "FIXED_DIGITAL": (0.1, 0.25, 0.5),
}
"""Constants of `aimc_course.capstone.costs` and what else they might be."""
FINAL = tuple(range(101, 106))
"""Serial numbers of the second round."""
BEST = 4
TIE = 10.0
"""Points of the score, some three images of 1,500, by which a neighbour has to be better."""


def fitted(**choices: Any) -> Design:
    """Return a design on the smallest grid that holds the network."""
    first = choices.pop("copies")
    copies = {"conv1": first, "conv2": math.ceil(first / 4)} if first > 1 else {}
    return on_smallest_grid(Design("search", copies=copies, **choices))


def on_smallest_grid(design: Design) -> Design:
    """Return the same design with the fewest cores that hold the network."""
    core = design.rows, design.columns
    need = sum(
        cores_needed([layer], core) * design.copies.get(layer.name, 1)
        for layer in workload().layers
    )
    grids = [(rows, -(-need // rows)) for rows in range(1, MOST_SIDE + 1)]
    # of equal ones the squarest: partial sums have shorter ways
    best = min(
        (grid for grid in grids if grid[1] <= MOST_SIDE),
        key=lambda grid: (grid[0] * grid[1], abs(grid[0] - grid[1])),
        default=(MOST_SIDE, MOST_SIDE),
    )
    return replace(design, grid=best)


def neighbours(design: Design) -> Iterator[tuple[str, Design]]:
    """Return all designs that differ in one decision, by one step where it has an order."""
    for choice in CHOICES:
        now = choice.allowed.index(getattr(design, choice.name))
        steps = (now - 1, now + 1) if choice.ordered else range(len(choice.allowed))
        for place in steps:
            if place != now and 0 <= place < len(choice.allowed):
                value = choice.allowed[place]
                other = on_smallest_grid(replace(design, **{choice.name: value}))
                yield f"{choice.name} = {value}", other
    for layer, low in (("conv1", 1), ("conv2", 1)):
        now = design.copies.get(layer, 1)
        for count in {max(low, now - 1), now + 1} - {now}:
            yield (
                f"copies of {layer} = {count}",
                on_smallest_grid(replace(design, copies={**design.copies, layer: count})),
            )


def numbers(found: Evaluation) -> dict[str, Any]:
    """Return what is stored of an evaluation."""
    return {
        "score": score([found]),
        "correct": found.counted,
        "energy_J": found.price.energy,
        "area_m2": found.price.area,
    }


def assessed(design: Design) -> dict[str, Any]:
    """Return what a design is worth, or why it is refused."""
    try:
        return numbers(evaluate(design, FINAL))
    except DesignRefusedError as error:
        return {"refused": str(error)}


def best_if(name: str, value: float, correct: dict[str, int]) -> dict[str, Any]:
    """Return the best design of the grid if one assumption of the costs were another."""
    total, best, place = IMAGES_OF_SAMPLE * len(SERIALS_OF_SAMPLE), 0.0, {}
    with mock.patch.object(costs, name, value):
        for values in itertools.product(*AXES.values(), *COSTS.values()):
            chosen = dict(zip((*AXES, *COSTS), values, strict=True))
            right = correct.get("/".join(map(str, values[: len(AXES)])), 0)
            if gains_of(right / total, 0.0, 0.0)[0] <= 0:
                continue
            try:
                found = price(fitted(**FIXED, **chosen))
            except DesignRefusedError:
                continue
            three = gains_of(right / total, found.energy, found.area)
            volume = 1000 * math.prod(max(0.0, gain) for gain in three)
            if volume > best:
                best, place = volume, chosen
    return {"assumption": name, "value": value, "score": round(best, 1), **place}


def try_assumptions() -> None:
    """Add to what is stored the best designs under other assumptions."""
    table = stored.stored_search()
    table["assumptions"] = [
        best_if(name, value, table["correct"])
        for name, values in ASSUMPTIONS.items()
        for value in tqdm(values, name)
    ]
    Path(stored.PATH).write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Search a grid of accelerators.")
    parser.add_argument(
        "--assumptions", action="store_true", help="only try other assumptions, with stored counts"
    )
    if parser.parse_args().assumptions:
        try_assumptions()
        return
    begin = time.process_time()
    names = (*AXES, *COSTS)
    path = Path(stored.PATH)
    begun = path.with_suffix(".partial")  # a search that was ended goes on
    accuracies: dict[str, int] = json.loads(begun.read_text()) if begun.exists() else {}
    rows, refused = [], 0
    total = IMAGES_OF_SAMPLE * len(SERIALS_OF_SAMPLE)
    for values in tqdm(list(itertools.product(*AXES.values())), unit="choice"):
        chosen = dict(zip(AXES, values, strict=True))
        priced = []
        for spent in itertools.product(*COSTS.values()):
            everything = {**FIXED, **chosen, **dict(zip(COSTS, spent, strict=True))}
            try:
                cost = price(fitted(**everything))
            except DesignRefusedError:
                refused += 1
                continue
            priced.append((spent, cost.energy, cost.area))
        if not priced:
            continue
        design = fitted(**FIXED, **chosen, columns=32, copies=1)
        key = "/".join(map(str, values))
        if key not in accuracies:
            accuracies[key] = sum(
                correct_images(design, serial, IMAGES_OF_SAMPLE, (DAY,))[0]
                for serial in SERIALS_OF_SAMPLE
            )
            begun.write_text(json.dumps(accuracies), encoding="utf-8")
        right = accuracies[key]
        for spent, energy, area in priced:
            three = [max(0.0, gain) for gain in gains_of(right / total, energy, area)]
            rows.append([*values, *spent, round(1000 * math.prod(three), 1)])
    rows.sort(key=lambda row: -row[-1])
    print(f"{len(rows)} designs, {refused} refused, {time.process_time() - begin:.0f} s")
    best = []
    for row in tqdm(rows[:BEST], unit="design"):
        design = fitted(**FIXED, **dict(zip(names, row[:-1], strict=True)))
        found = evaluate(design, FINAL)
        best.append((score([found]), row, design, found))
    best.sort(key=lambda each: -each[0])
    _, row, design, found = best[0]
    table: dict[str, Any] = {
        "command": "python scripts/search_capstone.py",
        "axes": AXES,
        "costs": COSTS,
        "fixed": FIXED,
        "sample": {"serials": SERIALS_OF_SAMPLE, "images": IMAGES_OF_SAMPLE},
        "final": {"serials": FINAL, "images": IMAGES},
        "designs": len(rows),
        "refused": refused,
        "correct": accuracies,
        "best": [[*each[1][:-1], each[0]] for each in best],
        "grid_winner": row[:-1],
        "climbed": [],
        "winner": {"toml": design.as_toml(), **numbers(found)},
        "best_with": {
            name: {str(v): max((r[-1] for r in rows if r[k] == v), default=0.0) for v in axis}
            for k, (name, axis) in enumerate([*AXES.items(), *COSTS.items()])
        },
    }
    found_before: dict[str, dict[str, Any]] = {}
    climbing = True
    while climbing:
        around = []
        for what, other in tqdm(list(neighbours(design)), unit="neighbour"):
            key = other.as_toml()
            if key not in found_before:
                found_before[key] = assessed(other)
            around.append({"change": what, **found_before[key]})
            print(around[-1], flush=True)
        place = max(range(len(around)), key=lambda k: around[k].get("score", 0.0))
        climbing = around[place].get("score", 0.0) > table["winner"]["score"] + TIE
        if climbing:  # a step beyond the grid is better: go on from there
            design = list(neighbours(design))[place][1]
            table["climbed"].append(around[place])
            table["winner"] = {"toml": design.as_toml(), **found_before[design.as_toml()]}
        table["neighbours"] = around
        path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    begun.unlink(missing_ok=True)
    try_assumptions()


if __name__ == "__main__":
    main()
