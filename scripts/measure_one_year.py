"""Put the small convolutional network on ten chips, let them age a year, and store what is left.

    python scripts/measure_one_year.py

Writes ``src/aimc/datasets/data/one_year_on_chips.json``: the accuracy of every chip at every time,
for each way from the plain mapping to all that part 4 of the book offers, with its costs. The read
noise of the devices is that of one moment, beside the formula of the cores for the fast one. All
ways meet the same chips, so that their differences are pairs. It takes about ten minutes on one
busy core, and as long again with ``--seeds``, which trains once more with another seed; with
``--others`` the full chain is tested on further images.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import torch
from stored_files import origin, write_results
from train_cnn import aware, longer

import aimc
import aimc.nn
from aimc import datasets
from aimc.chip import Chip
from aimc.networks.hardware_aware import ONE_YEAR
from aimc.networks.small_cnn import held_out_set, small_cnn, training_set
from aimc.recovery.compensation import AdaBS, Uncompensated
from aimc.recovery.evaluation import evaluate
from aimc.units import seconds

CHIPS = range(100, 110)
TIMES = ("1 s", "1 h", "1 d", "1 y")
SEEDS = (2027,)  # of further trainings; the shipped checkpoints have 2026
CALIBRATION, ADAPTATION = 500, 1000  # training images for the ranges and for the compensation
WAYS: dict[str, dict[str, str]] = {
    "naive": {"training": "plain", "weight_range": "core", "compensation": "global"},
    "direct": {"training": "plain", "weight_range": "output", "compensation": "global"},
    "direct, batch norm": {
        "training": "plain",
        "weight_range": "output",
        "compensation": "adabs",
    },
    "longer": {"training": "longer", "weight_range": "output", "compensation": "global"},
    "aware, left alone": {"training": "aware", "weight_range": "output", "compensation": "none"},
    "aware": {"training": "aware", "weight_range": "output", "compensation": "global"},
    "aware, four vectors": {
        "training": "aware",
        "weight_range": "output",
        "compensation": "test_vectors",
    },
    "aware, batch norm": {"training": "aware", "weight_range": "output", "compensation": "adabs"},
    "aware, batch norm alone": {
        "training": "aware",
        "weight_range": "output",
        "compensation": "adabs_alone",
    },
    "longer, batch norm": {
        "training": "longer",
        "weight_range": "output",
        "compensation": "adabs",
    },
    "aware, one scale, batch norm": {
        "training": "aware",
        "weight_range": "core",
        "compensation": "adabs",
    },
}


def on_cores(network: torch.nn.Module, weight_range: str) -> torch.nn.Module:
    """Return a network on cores of the 2023 model, with calibrated ranges."""
    analog = aimc.nn.convert(network, aimc.presets.rasch2023, weight_range=weight_range)
    aimc.nn.calibrate(analog, [training_set(CALIBRATION)[0]])
    return analog


def measure(way: dict[str, str], images: int, network: torch.nn.Module | None = None) -> Any:
    """Return the choices of a way, its values of shape (chips, times, draws), and its costs."""
    batches = list(training_set(ADAPTATION)[0].split(200))
    report = evaluate(
        on_cores(network or small_cnn(way["training"]), way["weight_range"]),
        held_out_set(images),
        chips=CHIPS,
        times=TIMES,
        compensation=(
            AdaBS(factor=Uncompensated())
            if way["compensation"] == "adabs_alone"
            else way["compensation"]
        ),
        batches=batches if way["compensation"].startswith("adabs") else None,
        read_noise="momentary",
        progress=True,
    )
    print(report)
    known = json.loads(report.to_json())  # null for what is not
    return {
        **way,
        "floating_point": 100 * report.floating_point,
        "values": report.values.round(5).tolist(),
        "programming": next(iter(known["programming"]), {}),
        "compensation_cost": known["compensation"][0],
        "notes": list(report.notes),
    }


def other_trainings(images: int) -> dict[str, dict[str, Any]]:
    """Return the mean accuracy (per cent) at each time with networks of other seeds."""
    found: dict[str, dict[str, Any]] = {}
    for seed in SEEDS:
        for make, name in ((aware, "aware, batch norm"), (longer, "longer, batch norm")):
            network = make(seed)[0]
            values = measure(WAYS[name], images, network)["values"]
            mean = 100 * torch.tensor(values, dtype=torch.float64).mean(dim=(0, 2))
            found.setdefault(name, {})[str(seed)] = [round(v, 5) for v in mean.tolist()]
    return found


def other_images(images: int) -> dict[str, Any]:
    """Return the full chain after a year on as many test images that come behind the others."""
    way = WAYS["aware, batch norm"]
    pictures, labels = held_out_set(2 * images)
    report = evaluate(
        on_cores(small_cnn(way["training"]), way["weight_range"]),
        (pictures[images:], labels[images:]),
        chips=CHIPS,
        times=TIMES[-1:],
        compensation=way["compensation"],
        batches=list(training_set(ADAPTATION)[0].split(200)),
        read_noise="momentary",
    )
    accuracy = 100 * report.values.mean(axis=-1)[:, 0]
    return {"software": software(images, images), "aware, batch norm": accuracy.round(5).tolist()}


@torch.no_grad()
def software(images: int, skip: int = 0) -> float:
    """Return the accuracy in floating point, per cent: that of the best training."""
    x, labels = (each[skip:] for each in held_out_set(skip + images))
    return max(
        100 * float((small_cnn(training)(x).argmax(dim=1) == labels).float().mean())
        for training in ("plain", "aware", "longer")
    )


def energy() -> dict[str, Any]:
    """Return what an inference costs on the 64-core chip, whose constants are published."""
    analog = aimc.nn.convert(small_cnn("plain"), aimc.presets.hermes, devices=2)
    images = training_set(CALIBRATION)[0]
    aimc.nn.calibrate(analog, [images])
    aimc.nn.program(analog)
    plan = Chip().map(analog, images[:1])
    cost = plan.performance()
    return {
        "energy_J": cost.energy.value,
        "energy": cost.energy.text,
        "latency_s": cost.latency.value,
        "latency": cost.latency.text,
        "interval_s": cost.interval.value,
        "cores": cost.cores,
        "read_mode": cost.read_mode,
        "scope": cost.scope,
        "not_included": list(cost.not_included),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a year on ten chips.")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), help="measure only some")
    parser.add_argument("--seeds", action="store_true", help="train with other seeds as well")
    parser.add_argument("--others", action="store_true", help="test on other images as well")
    options = parser.parse_args()
    torch.set_num_threads(1)
    start = time.perf_counter()
    path = datasets.SHIPPED_FOLDER / f"{ONE_YEAR}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept = known.get("ways", {})
    result = {
        **origin("measure_one_year.py", torch),
        "checkpoints": {
            name: datasets.CHECKPOINT_SHA256[name]
            for name in ("cnn-fashion-plain", "cnn-fashion-aware", "cnn-fashion-longer")
            if name in datasets.CHECKPOINT_SHA256
        },
        "images": options.images,
        "chips": list(CHIPS),
        "times": list(TIMES),
        "seconds": [seconds(t) for t in TIMES],
        "software": software(options.images),
        "chance": 0.1,
        "inference": energy(),
        "ways": {},
    }
    for name, way in WAYS.items():
        if name in options.ways:
            kept[name] = measure(way, options.images)
        result["ways"] = {name: kept[name] for name in WAYS if name in kept}
        write_results(path, result)
    if options.seeds or "seeds" in known:
        result["seeds"] = other_trainings(options.images) if options.seeds else known["seeds"]
        write_results(path, result)
    if options.others or "other_images" in known:
        result["other_images"] = (
            other_images(options.images) if options.others else known["other_images"]
        )
        write_results(path, result)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
