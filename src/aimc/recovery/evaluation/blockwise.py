"""A sweep over chips that walks through a large model once, block by block.

A block is read, programmed on each chip, taken to each time and compensated, and every batch of
test data passes it; then it is released. What it returned, in floating point and on each chip at
each time and draw, lies in a folder, with a record of how far the walk has come. Devices and noise
follow from the serial number, the core, the time and the draw, as in `one_chip.py`, and each core
meets the same vectors in the same order, so the numbers are those of a model in memory, whether or
not the walk was interrupted.

One block on one chip is a *part* of the walk; so is one block in floating point. Parts of a block
need nothing of each other, so an executor may run them side by side, on machines that share the
folder. What is written down is what a part found, once it is done: whoever dies costs a part.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from aimc.nn import AnalogLayer
from aimc.nn.offload import Offload, Walk
from aimc.nn.tensor_file import replaced
from aimc.recovery.compensation.base import CoreByCore, Uncompensated
from aimc.recovery.evaluation.executors import gathered, lent, pickled, pool_of
from aimc.recovery.evaluation.measures import classes_of, in_floating_point
from aimc.recovery.evaluation.one_chip import (
    ChipResult,
    Task,
    aged,
    drawn,
    programmed,
    recorded,
    unpickled,
)
from aimc.recovery.evaluation.stores import StoreMismatchError

__all__ = ["alone_in", "check_offload", "run_blocks"]

Branch: TypeAlias = tuple[int, float, int] | None
"""Chip, time (s) and draw; ``None`` is floating point."""

Part: TypeAlias = int | None
"""Serial number of a chip; ``None`` is floating point."""
Found: TypeAlias = dict[str, Any]
"""What a part adds to the diary."""

FLOATING = "floating point"
TOGETHER = ("time_s", "vectors")
"""Costs that cores have side by side; the others add up."""


def check_offload(task: Task, offload: Any, **others: Any) -> Offload:
    """Return where a model comes from, or raise an error that says what does not go with it."""
    if not isinstance(offload, Offload):
        raise TypeError(f"offload must be an aimc.nn.Offload, got {type(offload).__name__}")
    for name, value in others.items():
        if value is not None:
            raise ValueError(
                f"{name} is not allowed with offload, whose folder keeps what is done, and which "
                "works through all chips together"
            )
    if not task.measure.on_batches:
        raise ValueError(
            f"measure={task.measure.name!r} is not allowed with offload: a function of one's own "
            "needs the whole model; choose a measure by its name"
        )
    if getattr(task.measure.function, "generate", None) is not None:
        raise ValueError(
            "measure=WordError(generate=...) is not allowed with offload: what is written next "
            "depends on what was written, so a model would be walked through for each token"
        )
    if not isinstance(task.compensation, CoreByCore | Uncompensated):
        raise ValueError(
            f"compensation={type(task.compensation).__name__} is not allowed with offload: it "
            "needs the whole model at once; take one that measures each core alone, or 'none'"
        )
    return offload


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from walking in a folder meanwhile; it is made if it does not exist.

    Parameters
    ----------
    folder : Path
        The folder. It is free again when this process ends, however it does.

    Raises
    ------
    RuntimeError
        If another evaluation is at it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        yield
        return
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # file systems of some networks cannot
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RuntimeError(
                    f"folder={str(folder)!r} is in use by an evaluation that has not ended, which "
                    "would lose what it needs: wait for it, or name another folder"
                ) from error
        yield
    finally:
        os.close(place)


def run_blocks(
    task: Task, serials: Sequence[int], walk: Walk, folder: Path, setting: Mapping[str, str],
    progress: bool, offload: Offload, executor: Executor | int | None = None,
) -> tuple[Any, int, dict[int, ChipResult]]:  # fmt: skip
    """Return the measure in floating point, the number of classes, and the results by chip.

    Parameters
    ----------
    task : Task
        What is done with each chip.
    serials : sequence of int
        Serial numbers of the chips.
    walk : Walk
        The model.
    folder : Path
        Keeps what is done.
    setting : mapping of str to str
        What the sweep is made of; with the chips it must be that of the folder.
    progress : bool
        Whether a bar shows how many weights have been programmed.
    offload : Offload
        What the walk was made of.
    executor : None, int or concurrent.futures.Executor
        What runs the parts of a block.

    Raises
    ------
    StoreMismatchError
        If the folder belongs to another sweep.
    """
    own = {"chips": serials, "blocks": walk.name, "device": walk.device}
    diary = Diary(folder, {**setting, **{name: str(value) for name, value in own.items()}})
    weights = [walk.weights(k) * len(serials) for k in range(walk.stages)]
    workers: Any = nullcontext()
    if executor is not None and diary.done < walk.stages:
        workers = pool_of(executor, len(serials) + 1)
    with tqdm(
        total=sum(weights), initial=sum(weights[: diary.done]), unit=" weights", unit_scale=True,
        disable=not progress,
    ) as bar, workers as pool, torch.no_grad():  # fmt: skip
        if pool is None and diary.done < walk.stages:
            walk.find_first(task.test[0][0])
        blob = None if pool is None else lent(pool, _blob(task, folder, offload))
        for k in range(diary.done, walk.stages):
            last = k == walk.stages - 1
            bar.set_description("head" if last else f"block {k + 1} of {walk.count}")
            left = [part for part in (None, *serials) if part not in diary.said["parts"]]
            results: Iterator[tuple[Part, Found]]
            if pool is None:
                results = _one_by_one(task, walk, diary, left)
            else:
                calls = {f"block {k + 1}, {_of(part)}": (k, part) for part in left}
                results = (each for _, each in gathered(pool, run_part, blob, calls))
            for part, found in results:
                diary.take(part, found)
                if part is not None:
                    bar.update(weights[k] // len(serials))
            diary.turn()
    said = diary.said
    chips = {
        serial: ChipResult(
            serial,
            [[said["values"][_name((serial, t, n))] for n in range(task.draws)]
             for t in task.times],
            said["programming"].get(str(serial), {}),
            [said["compensation"].get(f"{serial} {t!r}", {}) for t in task.times],
            said["messages"].get(str(serial), []),
            said["seconds"].get(str(serial), 0.0),
        )
        for serial in serials
    }  # fmt: skip
    return said["values"][FLOATING], said["classes"], chips


def _one_by_one(
    task: Task, walk: Walk, passed: Activations, left: Sequence[Part]
) -> Iterator[tuple[Part, Found]]:
    """Yield what parts of the block at hand found, one after the other."""
    with walk.stage(passed.done) as groups:
        for part in left:
            yield part, _part(task, walk, groups, passed, part)


class _Known(threading.local):
    """The walk that this thread has made last, and from what."""

    blob: bytes = b""
    walk: tuple[Task, Walk, Path] | None = None


_KNOWN = _Known()


def _blob(task: Task, folder: Path, offload: Offload) -> bytes:
    """Return what a worker makes a walk of; it may run in another folder than this process."""
    weights = None if offload.weights is None else Path(offload.weights).absolute()
    there = replace(offload, folder=folder.absolute(), weights=weights)
    return pickled((task, there))


def run_part(blob: bytes, stage: int, part: Part, sender: int) -> tuple[Part, Found]:
    """Compute a part of a walk that process ``sender`` has pickled, as a worker does."""
    if _KNOWN.walk is None or blob != _KNOWN.blob:
        task, offload = unpickled(blob, sender)
        walk = Walk(task.model, offload)
        walk.find_first(task.test[0][0])
        _KNOWN.blob, _KNOWN.walk = blob, (task, walk, Path(offload.folder))
    task, walk, folder = _KNOWN.walk
    with torch.no_grad():
        (found,) = _one_by_one(task, walk, Activations(folder, stage), [part])
    return found


def _part(
    task: Task, walk: Walk, groups: Sequence[nn.Module], passed: Activations, part: Part
) -> Found:
    """Let all batches pass the block at hand, in floating point or on a chip."""
    found: Found = {
        "values": {}, "classes": 0, "programming": {}, "compensation": {}, "messages": [],
        "seconds": 0.0,
    }  # fmt: skip
    if part is None:
        with in_floating_point(nn.ModuleList(groups)):
            _pass(task, walk, passed, None, found)
    else:
        _chip(task, walk, groups, passed, part, found)
    return found


def _chip(
    task: Task, walk: Walk, parts: Sequence[nn.Module], passed: Activations, serial: int,
    found: Found,
) -> None:  # fmt: skip
    """Let all batches pass a block on one chip, at all times and draws."""
    started = time.perf_counter()
    with recorded() as messages:
        groups = [(part, copy.deepcopy(task.compensation)) for part in parts if _on_cores(part)]
        for group, compensation in groups:
            cost = programmed(task, group, serial, compensation)
            if group is parts[-1]:  # what stands in front of all blocks counts once, at the end
                found["programming"][str(serial)] = cost
        for t in task.times:
            for group, compensation in groups:
                cost = aged(task, group, serial, t, compensation)
                if group is parts[-1]:
                    found["compensation"][f"{serial} {t!r}"] = cost
            for draw in range(task.draws):
                for group, _ in groups:
                    drawn(task, group, serial, t, draw)
                _pass(task, walk, passed, (serial, t, draw), found)
    found["messages"], found["seconds"] = messages, time.perf_counter() - started


def _pass(task: Task, walk: Walk, passed: Activations, branch: Branch, found: Found) -> None:
    """Let all batches pass the block at hand; after the last block, measure."""
    kept = passed.kept(branch, len(task.test), walk.device)
    if passed.done < walk.count:
        for number, (x, _) in enumerate(task.test):
            passed.keep(branch, number, walk.advance(x, next(kept, None)))
        return
    model: Any = _Replayed(task, walk, kept)
    numbers = np.asarray(task.measure(model, _there(task.test, walk.device)), dtype=np.float64)
    value = float(numbers) if numbers.ndim == 0 else numbers.tolist()
    found["values"][_name(branch)] = value
    if branch is None and task.measure.guess is not None:
        first = _Replayed(task, walk, passed.kept(branch, len(task.test), walk.device))
        found["classes"] = classes_of(first.forward(), _there(task.test, walk.device)[0][1])


class _Replayed(nn.Module):
    """A model to a measure: it goes through the test data batch by batch, as measures do."""

    def __init__(self, task: Task, walk: Walk, kept: Iterator[Any]) -> None:
        super().__init__()
        self._batches = zip(task.test, kept, strict=False)
        self._walk = walk

    def forward(self, *inputs: Any, labels: Any = None, **named: Any) -> Any:
        """Return what the model makes of the next batch, whose inputs are these."""
        (x, _), before = next(self._batches)
        return self._walk.advance(x, before)


def _there(test: Any, device: torch.device | None) -> Any:
    """Return test data whose labels are where the scores will be."""
    return test if device is None else [(x, labels.to(device)) for x, labels in test]


class Activations:
    """What blocks returned, in a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    done : int
        How many stages are done.
    """

    def __init__(self, folder: Path, done: int) -> None:
        self.folder, self.done = folder, done

    def _after(self, stages: int) -> Path:
        return self.folder / f"after-{stages}"

    def keep(self, branch: Branch, number: int, output: Any) -> None:
        """Keep what the block at hand returned for a batch."""
        _check_plain(output)
        place = self._after(self.done + 1)
        place.mkdir(exist_ok=True)
        with replaced(place / f"{_name(branch)}, batch {number}.pt") as beside:
            torch.save(output, beside)

    def kept(self, branch: Branch, batches: int, device: torch.device | None) -> Iterator[Any]:
        """Yield what the block before returned, batch by batch; nothing before the first block."""
        for number in range(batches if self.done else 0):
            file = self._after(self.done) / f"{_name(branch)}, batch {number}.pt"
            try:
                output = torch.load(file, map_location=device, weights_only=True)
            except (OSError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
                raise self._damaged(file, error) from error
            yield output

    def _damaged(self, file: Path, error: Exception) -> ValueError:
        said = str(error).partition("\n")[0]
        return ValueError(
            f"folder={str(self.folder)!r} is not whole, the walk cannot go on from there: "
            f"{file.name} cannot be read ({said}); delete the folder to begin again"
        )


class Diary(Activations):
    """How far a walk has come, and what the last block returned, in a folder.

    Parameters
    ----------
    folder : Path
        The folder; it is made if it does not exist.
    setting : mapping of str to str
        What the walk is made of, by name.

    Raises
    ------
    StoreMismatchError
        If the folder has the diary of another walk.
    ValueError
        If the diary cannot be read.
    """

    def __init__(self, folder: Path, setting: Mapping[str, str]) -> None:
        super().__init__(folder, 0)
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "walk.json"
        self.said: dict[str, Any] = {
            "setting": dict(setting), "done": 0, "values": {}, "classes": 0, "programming": {},
            "compensation": {}, "messages": {}, "seconds": {}, "parts": [],
        }  # fmt: skip
        if self._file.is_file():
            try:
                self.said = json.loads(self._file.read_text())
            except ValueError as error:
                raise self._damaged(self._file, error) from error
            kept = self.said["setting"]
            names = [n for n in {**kept, **setting} if kept.get(n) != setting.get(n)]
            if names:
                lines = "\n".join(
                    f"  {n}: {kept.get(n, 'nothing')} there, {setting.get(n, 'nothing')} now"
                    for n in names
                )
                raise StoreMismatchError(
                    f"folder={str(folder)!r} holds the walk of another sweep; it differs in\n"
                    f"{lines}\nName another folder, or delete this one if it is no longer needed"
                )
            self.said.setdefault("parts", [])  # edition 0.12 wrote down whole blocks alone
            self.done = int(self.said["done"])
        if not self.said["parts"]:  # begun, and no part finished
            shutil.rmtree(self._after(self.done + 1), ignore_errors=True)

    def take(self, part: Part, found: Found) -> None:
        """Write down what a part of the block at hand found."""
        said = self.said
        said["values"].update(found["values"])
        said["classes"] = found["classes"] or said["classes"]
        for kind in ("programming", "compensation"):
            for name, costs in found[kind].items():
                self.add(kind, name, costs)
        if part is not None:
            said["messages"].setdefault(str(part), []).extend(found["messages"])
            spent = said["seconds"]
            spent[str(part)] = spent.get(str(part), 0.0) + found["seconds"]
        said["parts"].append(part)
        self._write()

    def add(self, kind: str, name: str, costs: Mapping[str, float]) -> None:
        """Add what a stage cost to the costs of a chip."""
        sums = self.said[kind].setdefault(name, {})
        for each, value in costs.items():
            join: Callable[..., float] = max if each in TOGETHER else lambda a, b: a + b
            sums[each] = join(sums.get(each, 0.0), value)

    def turn(self) -> None:
        """Write down that a stage is done; what the stage before it returned is deleted."""
        before = self._after(self.done)
        self.done += 1
        self.said |= {"done": self.done, "parts": []}
        self._write()
        shutil.rmtree(before, ignore_errors=True)

    def _write(self) -> None:
        with replaced(self._file) as beside:
            beside.write_text(json.dumps(self.said))


def _name(branch: Branch) -> str:
    if branch is None:
        return FLOATING
    serial, t, draw = branch
    return f"chip {serial}, {t!r} s, draw {draw}"


def _of(part: Part) -> str:
    return FLOATING if part is None else f"chip {part}"


def _on_cores(group: nn.Module) -> bool:
    return any(isinstance(module, AnalogLayer) for module in group.modules())


def _check_plain(output: Any) -> None:
    """Refuse what a file cannot keep: what a block returns is tensors, side by side."""
    if isinstance(output, tuple | list):
        for part in output:
            _check_plain(part)
    elif not (output is None or isinstance(output, torch.Tensor | bool | int | float)):
        raise TypeError(
            f"a block returns a {type(output).__name__}, which cannot be kept: with offload blocks "
            "return tensors, or tuples of them"
        )
