"""A sweep over chips on a Dask cluster of this machine: rate against the number of workers.

Beside the time on the clock stand the seconds that the processors worked, since the machine may do
other things: those of the workers for each chip, and those of the scheduler and the client for each
task. From these two follows the time on a larger cluster, as `expected` has it.

    python benchmarks/cluster.py [--workers 1 2 4] [--chips 16] [--repeats 3]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import statistics
import time
from typing import Any

import torch

import aimc
import aimc.nn


def expected(
    chips: int, workers: int, *, chip: float, call: float, model: float, rate: float, start: float
) -> float:
    """Return the seconds of a sweep: rounds of chips, or the scheduler, whichever is slower.

    Parameters
    ----------
    chips, workers : int
        How many there are.
    chip, call, start : float
        Seconds for a chip, of the scheduler for each task, and until the workers have started.
    model, rate : float
        Bytes of the model, and bytes per second from a worker to the next: the model is handed on
        by all that have it, so that it takes as many steps as the number of workers has bits.
    """
    handed = math.ceil(math.log2(workers + 1)) * model / rate
    return start + handed + max(math.ceil(chips / workers) * chip, chips * call)


def a_sweep() -> tuple[torch.nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    """Return a network of a quarter of a million weights and five hundred examples."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 256), torch.nn.ReLU(),
        torch.nn.Linear(256, 10),
    )  # fmt: skip
    x = torch.randn(500, 784)
    model = aimc.convert(net, "hermes")
    aimc.calibrate(model, x[:100])
    return model, (x, net(x).argmax(dim=1))


def nothing(number: int) -> int:
    """Return a number."""
    return number


def busy() -> float:
    """Return the seconds that the processors have worked for this process."""
    return time.process_time()


def measure(workers: int, chips: int, repeats: int) -> dict[str, Any]:
    """Return the rates of one cluster."""
    from distributed import Client, LocalCluster

    model, test = a_sweep()
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(n_workers=workers, **options) as cluster, Client(cluster) as client:
        pool = client.get_executor()
        sweep = {"times": ["1 h", "1 d"], "progress": False, "executor": pool}
        aimc.evaluate(model, test, chips=workers, **sweep)  # workers import what they need
        clock, work = [], []
        for repeat in range(repeats):
            before, began = sum(client.run(busy).values()), time.perf_counter()
            first = 1000 * (repeat + 1)
            aimc.evaluate(model, test, chips=range(first, first + chips), **sweep)
            clock.append(time.perf_counter() - began)
            work.append(sum(client.run(busy).values()) - before)
        count, began = 500, busy()  # the scheduler runs in this process
        for future in [pool.submit(nothing, k) for k in range(count)]:
            future.result()
        call = (busy() - began) / count
    return {
        "workers": workers,
        "chips": chips,
        "seconds": clock,
        "busy seconds per chip": statistics.median(work) / chips,
        "chips per second": chips / statistics.median(clock),
        "busy seconds per call": call,
        "model (bytes)": len(pickle.dumps((model, test))),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Measure, and print a table; with ``--json`` what it is made of."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--chips", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows = [measure(workers, given.chips, given.repeats) for workers in given.workers]
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{os.cpu_count()} processor cores; a chip is programmed and measured at two times")
    print("workers  chips/s (range)        busy s/chip  ms/call  load")
    for row in rows:
        low, high = (row["chips"] / f(row["seconds"]) for f in (max, min))
        print(
            f"{row['workers']:7d}  {row['chips per second']:5.2f} ({low:.2f} to {high:.2f})"
            f"    {row['busy seconds per chip']:8.2f}  {1e3 * row['busy seconds per call']:8.1f}"
            f"  {row['load']:5.1f}"
        )
    one = rows[0]
    size = one["model (bytes)"]
    print(f"the model and its test data are {size / 1e6:.1f} MB")
    for chip in (one["busy seconds per chip"], 60.0):
        for workers in (1, 10, 100, 1000):
            seconds = expected(
                1000, workers, chip=chip, call=one["busy seconds per call"], model=size, rate=1e8,
                start=5.0,
            )  # fmt: skip
            print(f"1000 chips of {chip:.2g} s on {workers} workers, expected: {seconds:.0f} s")


if __name__ == "__main__":
    main()
