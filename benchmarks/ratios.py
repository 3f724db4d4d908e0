"""How the benchmarks measure: every contestant once per round, in rotated order.

A figure is the median over rounds of the ratio to the reference in the same round. Ratios can be
compared between a quiet and a busy machine, within reason; seconds cannot.
"""

import statistics
import time
from collections.abc import Callable

Contestants = dict[str, Callable[[], object]]


def seconds(
    contestants: Contestants, rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds that each contestant took, one entry per round.

    ``clock`` may be one of the processor's, such as `time.thread_time`, for work in one thread.
    """
    names = list(contestants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for run in contestants.values():
        run()
    for k in range(rounds):
        for name in names[k % len(names) :] + names[: k % len(names)]:
            start = clock()
            contestants[name]()
            times[name].append(clock() - start)
    return times


def ratio(times: dict[str, list[float]], name: str, reference: str) -> float:
    """Return the median over rounds of a contestant's time relative to the reference's."""
    pairs = zip(times[name], times[reference], strict=True)
    return statistics.median(time / base for time, base in pairs)
