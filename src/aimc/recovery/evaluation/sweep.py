"""`evaluate`: a measure of a converted model over chips, times and draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn
from tqdm import tqdm

from aimc.cores.read_outs import NOISES
from aimc.nn import analog_layers, report
from aimc.nn.batch import first_of
from aimc.nn.beside import digital_layers
from aimc.nn.detached_copy import copy_of
from aimc.nn.offload import Walk
from aimc.nn.selection import LOOKED_UP
from aimc.recovery.compensation import Compensation
from aimc.recovery.compensation.cost import has_published_reads
from aimc.recovery.evaluation.blockwise import alone_in, check_offload, run_blocks
from aimc.recovery.evaluation.energy import check_cost, cost_of
from aimc.recovery.evaluation.executors import check_executor, run_chips
from aimc.recovery.evaluation.fingerprint import describe, describe_model, digest
from aimc.recovery.evaluation.measures import (
    class_count,
    in_floating_point,
    labelled_batches,
    measure_of,
    plain_batches,
)
from aimc.recovery.evaluation.messages import summarised
from aimc.recovery.evaluation.one_chip import ChipResult, Task
from aimc.recovery.evaluation.report import Report
from aimc.recovery.evaluation.stages import compensator, programmer
from aimc.recovery.evaluation.stores import Store
from aimc.units import seconds
from aimc.validation import check_choice, check_integer, check_serial, warn_caller

__all__ = ["evaluate", "serials_of"]

UNKNOWN = {"time_s": math.nan, "energy_J": math.nan}


def evaluate(
    model: nn.Module,
    test: Any,
    *,
    chips: Iterable[int] | int = range(10),
    times: Iterable[float | str] = ("1 s", "1 h", "1 d", "1 y"),
    programming: Any = "direct",
    compensation: Any = "global",
    draws: int = 1,
    measure: Any = "accuracy",
    batches: Any = None,
    executor: Any = None,
    store: Any = None,
    rng: int = 0,
    read_noise: str = "split",
    chance: float | None = None,
    cost: Any = None,
    batch_size: int = 100,
    progress: bool = True,
    offload: Any = None,
) -> Report:
    """Program a converted model on chips, let them age, compensate and measure.

    The model stays as it is; each chip gets a copy. The same serial number is the same chip in
    every sweep, and meets the same read noise at the same time and draw: two sweeps can be
    compared chip by chip with `compare`.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; calibrated if its cores have ranges to set.
    test : tuple of array or iterable
        A pair (x, y) of inputs and labels, batches of such pairs as a data loader gives, or a data
        set of torch. A batch may be a mapping of inputs by name with their ``labels``, such as a
        ``BatchEncoding`` of Hugging Face; a model that generates text is asked for the next token,
        whether or not there are labels. Without labels, what a mask leaves out does not count. With
        labels, all count that are not -100, as in the loss of Hugging Face: where texts are padded
        on the left, give the first token of each the label -100, too, since nothing comes before
        it. A ``measure`` of one's own is handed what stands here, as it is.
    chips : iterable of int, or int
        Serial numbers; a number means that many from 0.
    times : iterable of float or str
        Seconds since programming, or words such as ``"1 h"``.
    programming : str or aimc.recovery.programming.Programming
        ``"direct"`` or another name, or an object with ``program(model, serial=..., rng=...)``.
    compensation : str or aimc.recovery.compensation.Compensation
        ``"none"``, ``"global"`` or another name, or an object with ``prepare`` and ``apply``.
    draws : int
        Reads of each chip at each time, with noise of their own. Compensation is done once.
    measure : {"accuracy", "token accuracy", "loss", "perplexity", "word error"} or callable
        Or a `WordError`, which knows how tokens become words; or ``measure(model, test)``, which
        returns a number.
    batches : array or iterable, optional
        Inputs for a compensation that needs data.
    executor : int or concurrent.futures.Executor, optional
        What runs the chips: that many processes, or any executor, such as ``client.get_executor()``
        of a Dask client. Other processes compute with one torch thread.
    store : str or pathlib.Path, optional
        A file, such as ``"sweep.sqlite"``: chips that are done are kept there, and a sweep that was
        stopped goes on where it was. More chips can be added to it later.
    rng : int
        Seed of what does not follow from the serial numbers: the noise of reads.
    read_noise : {"split", "fresh", "momentary"}
        Whether all test data share the slow part of the read noise at each time and draw and each
        vector meets the fast rest anew, or meets all of it anew, or shares all of it. Cores without
        read noise, such as `aimc.presets.rasch2023` with its formula for the fast noise,
        share all noise of their devices in the first case, too.
    chance : float, optional
        The measure of guessing, for A*. By default that of guessing among the model's classes.
    cost : aimc.chip.Chip, optional
        A chip whose constants give energy and latency per inference.
    batch_size : int
        Examples per batch where ``test`` is not cut already.
    progress : bool
        Whether a bar shows how many chips are done.
    offload : aimc.nn.Offload, optional
        For a model larger than memory: its blocks are read from files, programmed, passed by all of
        ``test``, and released, one after the other. The numbers are the same. With an ``executor``
        each block is computed on all chips, and in floating point, side by side, by workers that
        have the files of ``offload`` under the same names. A sweep that was killed goes on where it
        was, and costs what one block on one chip takes, so it takes no ``store``; ``cost``,
        measures of one's own, and compensations that need the whole model are refused, too. The
        bar counts weights.

    Returns
    -------
    Report
        Values of shape (chips, times, draws), with intervals, A*, cost, and notes on all that did
        not compute on devices.

    Warns
    -----
    RangeWarning
        If layers compute in floating point (``layer.digital``), or reads warned on the way.

    Raises
    ------
    ValueError
        If the model has no analog layers, or layers that still compute with training noise in
        place of devices; if ``cost`` is given and no inputs are known; if an argument is outside
        what is allowed.
    StoreMismatchError
        If the store holds another model or setting.
    RuntimeError
        If another evaluation is at the folder of ``offload``.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> from aimc.recovery.evaluation import evaluate
    >>> analog = aimc.nn.convert(torch.nn.Linear(8, 3), aimc.presets.hermes)
    >>> x = torch.rand(50, 8)
    >>> labels = analog.weight.detach().matmul(x.T).argmax(dim=0)
    >>> found = evaluate(analog, (x, labels), chips=3, times=["1 h", "1 y"], progress=False)
    >>> found.values.shape
    (3, 2, 1)
    """
    serials = serials_of(chips)
    asked = _times(times)
    chosen, earned = programmer(programming), measure_of(measure)
    check_integer("draws", draws, low=1)
    check_integer("rng", rng, low=0)
    check_integer("batch_size", batch_size, low=1)
    check_choice("read_noise", read_noise, NOISES)
    check_executor(executor)
    check_cost(cost)
    notes = _notes(model)
    pairs = labelled_batches(model, test, batch_size, earned) if earned.on_batches else test
    task = Task(
        model=model,
        test=pairs,
        batches=plain_batches(model, batches),
        times=tuple(sorted(asked)),
        draws=draws,
        programming=chosen,
        compensation=compensator(compensation),
        measure=earned,
        read_noise=read_noise,
        seed=rng,
    )
    walk = None
    if offload is not None:
        check_offload(task, offload, store=store, cost=cost)
        walk = Walk(model, offload)
    setting = _setting(task, programming, compensation, None if walk is None else walk.parameters)
    sample = _sample(task)
    if sample is None and cost is not None:
        raise ValueError(
            "cost needs inputs of the model to count its multiplications: with a measure of your "
            "own, pass some as batches"
        )
    still = model if walk is not None else copy_of(model).eval()
    if walk is not None:
        folder = Path(offload.folder)
        with alone_in(folder):
            best, classes, results = run_blocks(
                task, serials, walk, folder, setting, progress, offload, executor
            )
    else:
        kept = None if store is None else Store(store, setting)
        with in_floating_point(still):
            best = earned(still, pairs)
        classes = class_count(still, pairs) if chance is None and earned.guess is not None else 0
        results = _sweep(task, serials, executor, kept, progress)
    if chance is None and earned.guess is not None:
        chance = earned.guess(classes)
    paid, words = (None, "") if sample is None else cost_of(still, sample, cost)
    chips_in_order = [results[serial] for serial in serials]
    warned = summarised([one.messages for one in chips_in_order])
    for note in warned:
        warn_caller(note)
    notes += warned
    order = [task.times.index(t) for t in asked]
    return Report(
        values=np.asarray([one.values for one in chips_in_order], dtype=np.float64)[:, order],
        chips=tuple(serials),
        times=tuple(asked),
        measure=earned.name,
        floating_point=best if np.ndim(best) else float(best),
        chance=None if chance is None else float(chance),
        model=type(model).__name__,
        setting=setting,
        notes=tuple(notes),
        programming=tuple(one.programming for one in chips_in_order),
        compensation=_priced(
            task, [[one.compensation[k] for k in order] for one in chips_in_order]
        ),
        cost=paid,
        cost_text=words,
        seconds=sum(one.seconds for one in chips_in_order),
    )


def _sweep(
    task: Task, serials: Sequence[int], executor: Any, kept: Any, progress: bool
) -> dict[int, ChipResult]:
    known = {} if kept is None else kept.load()
    results = {k: ChipResult.of(known[k]) for k in serials if k in known}
    todo = [serial for serial in serials if serial not in results]
    bar = tqdm(total=len(serials), initial=len(results), unit="chip", disable=not progress)
    with bar:
        for one in run_chips(task, todo, executor) if todo else ():
            if kept is not None:
                kept.save(one.serial, one.as_dict())
            results[one.serial] = one
            bar.update()
    return results


def _priced(
    task: Task, paid: Sequence[Sequence[dict[str, float]]]
) -> tuple[tuple[dict[str, float], ...], ...]:
    """Return costs of calibrations, time and energy as nan where nobody knows that of a read."""
    cores = [core for layer in analog_layers(task.model).values() for core in layer.cores]
    own = task.compensation
    known = not isinstance(own, Compensation) or getattr(own, "read", None) is not None
    unknown = {} if known or all(map(has_published_reads, cores)) else UNKNOWN
    return tuple(tuple({**one, **unknown} if one.get("reads") else one for one in c) for c in paid)


def serials_of(chips: Any, fewest: int = 1) -> list[int]:
    """Return the serial numbers that ``chips`` names, of which there must be a few."""
    if isinstance(chips, int) and not isinstance(chips, bool):
        chips = range(check_integer("chips", chips, low=1))
    serials = [check_serial("chips", serial) for serial in chips]
    if not serials:
        raise ValueError("chips is empty: name at least one serial number")
    if len(set(serials)) != len(serials):
        raise ValueError(f"chips={serials} names a chip twice: the same serial is the same chip")
    if len(serials) < fewest:
        raise ValueError(f"chips={serials} are too few: intervals need at least {fewest}")
    return serials


def _times(times: Any) -> list[float]:
    if isinstance(times, str | int | float):
        times = (times,)
    asked = [seconds(t, "times") for t in times]
    if not asked:
        raise ValueError("times is empty: name at least one time")
    if len(set(asked)) != len(asked):
        raise ValueError(f"times={asked} s holds a time twice")
    return asked


def _setting(
    task: Task, programming: Any, compensation: Any, parameters: Mapping[str, Tensor] | None
) -> dict[str, str]:
    """Return what a sweep is made of; the chips are not part of it."""
    model = describe_model(task.model, parameters)
    return {
        **{f"model's {name}": text for name, text in model.items()},
        "test": digest(task.test),
        "batches": digest(task.batches),
        "times": ", ".join(f"{t:.15g} s" for t in task.times),
        "draws": str(task.draws),
        "programming": _words(programming),
        "compensation": _words(compensation),
        "measure": _words(task.measure.function if not task.measure.guess else task.measure.name),
        "read noise": task.read_noise,
        "rng": str(task.seed),
        "version of aimc": _version(),
    }


def _version() -> str:
    try:
        return version("aimc")
    except PackageNotFoundError:  # run from its sources
        return "unknown"


def _words(thing: Any) -> str:
    return thing if isinstance(thing, str) else describe(thing)


def _sample(task: Task) -> Any:
    if task.measure.on_batches:
        return first_of(task.test[0][0], 1)
    return None if not task.batches else first_of(task.batches[0], 1)


def _notes(model: nn.Module) -> list[str]:
    """Return what of a model does not compute on devices; warn of what may not be meant."""
    layers = analog_layers(model)
    noisy = [path or "(model)" for path, layer in layers.items() if layer.weight_noise is not None]
    if noisy:
        raise ValueError(
            f"layers {', '.join(map(repr, noisy))} have weight_noise, so they compute with it in "
            "place of devices: finish the training (a copy of a model in training by "
            "aimc.recovery.training.finish), or set layer.weight_noise = None"
        )
    notes = []
    switched = [path or "(model)" for path, layer in layers.items() if layer.digital]
    if switched:
        notes.append(
            f"{len(switched)} of {len(layers)} analog layers compute in floating point "
            f"(layer.digital): {', '.join(switched)}"
        )
        warn_caller(notes[-1])
    converted = report(model)
    loud = [
        f"{one.path or '(model)'} ({one.kind})"
        for one in converted.digital
        if one.loud or one.reason == LOOKED_UP
    ]
    stayed = list(dict.fromkeys([*digital_layers(model), *loud]))
    if stayed:
        notes.append(
            f"layers with weights that are not on cores but digital: {', '.join(stayed)}; "
            f"{converted.analog_share:.1%} of the parameters are on cores"
        )
    return notes
