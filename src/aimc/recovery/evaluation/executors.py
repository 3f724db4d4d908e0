"""Chips side by side: in this process, in processes of their own, or wherever an executor runs."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from aimc.recovery.evaluation.one_chip import ChipResult, Task, run_chip, run_pickled
from aimc.validation import check_integer

__all__ = ["check_executor", "run_chips"]

SPAWNED = (
    "a worker process ended before its chip was done. In a script, call evaluate below "
    'if __name__ == "__main__":, since each worker reads the script once more; otherwise memory '
    "may have run out: take fewer processes"
)


def check_executor(executor: Any) -> Any:
    """Return an executor, or raise an error that names what is allowed."""
    if executor is None or isinstance(executor, Executor):
        return executor
    if isinstance(executor, int) and not isinstance(executor, bool):
        return check_integer("executor", executor, low=1)
    raise TypeError(
        "executor must be None, a number of processes, or a concurrent.futures.Executor, such as "
        f"client.get_executor() of a Dask client, got {executor!r}"
    )


def run_chips(
    task: Task, serials: Sequence[int], executor: Executor | int | None
) -> Iterator[ChipResult]:
    """Evaluate chips, and return each as soon as it is done.

    Parameters
    ----------
    task : Task
        What is done with each.
    serials : sequence of int
        Their serial numbers.
    executor : None, int or concurrent.futures.Executor
        What runs them; a number is one of processes. Other processes compute with one torch thread.

    Raises
    ------
    TypeError
        If the model, or something else of the task, cannot be sent to another process.
    """
    if executor is None:
        for serial in serials:
            yield run_chip(task, serial)
        return
    blob = _pickled(task)
    if isinstance(executor, int):
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(executor, len(serials)), mp_context=context) as pool:
            yield from _gathered(pool, blob, serials)
    else:
        yield from _gathered(executor, blob, serials)


def _gathered(pool: Executor, blob: bytes, serials: Sequence[int]) -> Iterator[ChipResult]:
    task = _lent(pool, blob)
    futures = {pool.submit(run_pickled, task, serial, os.getpid()): serial for serial in serials}
    try:
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise RuntimeError(f"chip {futures[future]}: {SPAWNED}") from error
    finally:
        for future in futures:  # after an error the chips that wait are not begun
            future.cancel()


def _lent(pool: Executor, blob: bytes) -> Any:
    """Return what stands for a task in each call.

    For Dask it is a result that workers hand to each other, and that is made anew if the worker
    that has it dies. Otherwise a model would go through the scheduler once for each chip.
    """
    client = getattr(pool, "_client", None)
    return blob if client is None else client.submit(bytes, blob, pure=False)


def _pickled(task: Task) -> bytes:
    try:
        return pickle.dumps(task)
    except Exception as error:
        raise TypeError(
            f"the model and its task cannot be sent to other processes ({error}): use functions "
            "of modules in place of lambdas and of functions inside functions, for example "
            "functools.partial(preset, devices=1), or executor=None"
        ) from error
