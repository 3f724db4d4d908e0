"""Chips side by side: in this process, in processes of their own, or wherever an executor runs."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
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
    if executor is None or executor == "processes" or _is_client(executor):
        return executor
    if isinstance(executor, int) and not isinstance(executor, bool):
        return check_integer("executor", executor, low=1)
    if isinstance(executor, Executor):
        return executor
    raise TypeError(
        'executor must be None, "processes", a number of processes, a '
        f"concurrent.futures.Executor or a Dask client, got {executor!r}"
    )


def run_chips(task: Task, serials: Sequence[int], executor: Any) -> Iterator[ChipResult]:
    """Evaluate chips, and return each as soon as it is done.

    Parameters
    ----------
    task : Task
        What is done with each.
    serials : sequence of int
        Their serial numbers.
    executor : None, "processes", int, concurrent.futures.Executor or Dask client
        What runs them; a number is one of processes. Workers compute with one torch thread.

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
    if _is_client(executor):
        yield from _on_dask(blob, serials, executor)
    elif isinstance(executor, Executor):
        processes = isinstance(executor, ProcessPoolExecutor)
        yield from _gathered(
            {executor.submit(run_pickled, blob, serial, processes): serial for serial in serials},
            as_completed,
        )
    else:
        most = executor if isinstance(executor, int) else os.cpu_count() or 1
        with ProcessPoolExecutor(
            min(most, len(serials)), mp_context=multiprocessing.get_context("spawn")
        ) as pool:
            yield from _gathered(
                {pool.submit(run_pickled, blob, serial, True): serial for serial in serials},
                as_completed,
            )


def _on_dask(blob: bytes, serials: Sequence[int], client: Any) -> Iterator[ChipResult]:
    # Whoever has a client has it; others need not have it installed.
    completed = importlib.import_module("distributed").as_completed
    task = client.scatter(blob, broadcast=True)
    futures = {client.submit(run_pickled, task, serial, True): serial for serial in serials}
    yield from _gathered(futures, completed)


def _gathered(
    futures: dict[Any, int], completed: Callable[[Any], Iterator[Any]]
) -> Iterator[ChipResult]:
    try:
        for future in completed(list(futures)):
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise RuntimeError(f"chip {futures[future]}: {SPAWNED}") from error
    finally:
        for future in futures:  # after an error the chips that wait are not begun
            future.cancel()


def _pickled(task: Task) -> bytes:
    try:
        return pickle.dumps(task)
    except Exception as error:
        raise TypeError(
            f"the model and its task cannot be sent to other processes ({error}): use functions "
            "of modules in place of lambdas and of functions inside functions, for example "
            "functools.partial(preset, devices=1), or executor=None"
        ) from error


def _is_client(executor: Any) -> bool:
    return hasattr(executor, "scatter") and hasattr(executor, "submit")
