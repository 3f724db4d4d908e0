"""Work side by side: in this process, in processes of their own, or wherever an executor runs."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from aimc.recovery.evaluation.one_chip import ChipResult, Task, run_chip, run_pickled
from aimc.validation import check_integer

__all__ = ["check_executor", "gathered", "lent", "pickled", "pool_of", "run_chips"]

SPAWNED = (
    "a worker process ended before its work was done. In a script, call evaluate below "
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
    blob = pickled(task)
    with pool_of(executor, len(serials)) as pool:
        calls = {f"chip {serial}": (serial,) for serial in serials}
        for _, result in gathered(pool, run_pickled, lent(pool, blob), calls):
            yield result


@contextmanager
def pool_of(executor: Executor | int, most: int) -> Iterator[Executor]:
    """Give an executor; a number becomes one of that many processes, ``most`` at most."""
    if not isinstance(executor, int):
        yield executor
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(executor, most), mp_context=context) as pool:
        yield pool


def gathered(
    pool: Executor, run: Callable[..., Any], blob: Any, calls: Mapping[str, tuple[Any, ...]]
) -> Iterator[tuple[str, Any]]:
    """Yield the results of calls, with their names, each as soon as it is there.

    After an error calls that wait are not begun; it is raised when those that have begun are done.

    Parameters
    ----------
    pool : concurrent.futures.Executor
        What runs them.
    run : callable
        ``run(blob, *arguments, sender)``, with the number of this process at the end.
    blob : object
        From `lent`.
    calls : mapping of str to tuple
        Arguments by name.
    """
    futures = {pool.submit(run, blob, *each, os.getpid()): name for name, each in calls.items()}
    left = dict(futures)
    try:
        for future in as_completed(futures):
            name = left.pop(future)
            try:
                result = future.result()
            except BrokenProcessPool as error:
                raise RuntimeError(f"{name}: {SPAWNED}") from error
            yield name, result
    except Exception:
        begun = [future for future in left if not future.cancel()]
        for future in as_completed(begun):
            if future.exception() is None:
                yield left[future], future.result()
        raise
    finally:
        for future in left:
            future.cancel()


def lent(pool: Executor, blob: bytes) -> Any:
    """Return what stands for a task in each call.

    For Dask it is a result that workers hand to each other, and that is made anew if the worker
    that has it dies. Otherwise a model would go through the scheduler once for each chip.
    """
    client = getattr(pool, "_client", None)
    return blob if client is None else client.submit(bytes, blob, pure=False)


def pickled(task: Any) -> bytes:
    """Return what is sent to other processes, or raise an error that says what to do."""
    try:
        return pickle.dumps(task)
    except Exception as error:
        raise TypeError(
            f"the model and its task cannot be sent to other processes ({error}): use functions "
            "of modules in place of lambdas and of functions inside functions, for example "
            "functools.partial(preset, devices=1), or executor=None"
        ) from error
