"""One chip of a sweep: program, age, compensate, measure.

All that is random on a chip follows from its serial number, and all that is random in a read from
the seed of the sweep, the serial number, the core, the time and the draw. So two sweeps over the
same chips meet the same devices and the same noise, whatever else they do, and their difference
can be taken chip by chip.
"""

from __future__ import annotations

import copy
import os
import pickle
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from aimc.backend import Array, seeded_generator
from aimc.cores import Core, Noise
from aimc.cores.read_outs import ReadOut
from aimc.devices import ConductanceState, ReadNoise
from aimc.nn import analog_layers
from aimc.nn.detached_copy import copy_of
from aimc.recovery.evaluation.measures import Measure
from aimc.recovery.evaluation.stages import as_costs
from aimc.validation import RangeWarning

__all__ = [
    "ChipResult",
    "Task",
    "aged",
    "drawn",
    "programmed",
    "recorded",
    "run_chip",
    "run_pickled",
    "unpickled",
]

# Purposes of random numbers that no stream of a core has.
DRAW, READ, PROGRAMMING, CALIBRATION = 21, 22, 23, 24


@dataclass(frozen=True)
class Task:
    """All that a chip needs to be evaluated; it can be sent to another process."""

    model: nn.Module
    test: Any
    batches: list[torch.Tensor] | None
    times: tuple[float, ...]
    """Seconds after programming, ascending."""
    draws: int
    programming: Any
    compensation: Any
    measure: Measure
    read_noise: str
    seed: int


@dataclass(frozen=True)
class ChipResult:
    """What one chip showed."""

    serial: int
    values: list[Any]
    """Measures by time and draw."""
    programming: dict[str, float] = field(default_factory=dict)
    """Cost of programming the chip."""
    compensation: list[dict[str, float]] = field(default_factory=list)
    """Cost of compensating its drift, by time."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    """Warnings on the way: ``category``, ``text``, and what was ``clipped`` in a layer, a list of
    values, layer and share."""
    seconds: float = 0.0
    """Time that the simulation took, s."""

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers, lists and strings."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> ChipResult:
        """Return the result that `as_dict` gave, of edition 0.9 too: its warnings were pairs."""
        messages = [
            each
            if isinstance(each, Mapping)
            else {"category": each[0], "text": each[1], "clipped": []}
            for each in kept["messages"]
        ]
        return cls(**{**kept, "messages": messages})


class OneRead:
    """Momentary conductances: one read of all devices, which every multiplication then meets.

    It stands where `aimc.devices.ReadNoise` may stand. That follows each fluctuator in time; here
    reads at different times are independent, with the same variance at each. So it needs no
    memory of the past, and exists for every device model.
    """

    def __init__(self, state: ConductanceState, seed: tuple[int, ...]) -> None:
        self.state, self._seed = state, seed

    def read(self, t: float) -> Array:
        """Return the conductance of each device, S."""
        return self.state.read(t, seeded_generator(self._seed, self.state.g_programmed))


def run_pickled(task: bytes, serial: int, sender: int) -> ChipResult:
    """Evaluate one chip from a task that was pickled by process ``sender``, as a worker does.

    Raises
    ------
    TypeError
        If the task holds classes or functions that this process cannot import.
    """
    return run_chip(unpickled(task, sender), serial)


def unpickled(task: bytes, sender: int) -> Any:
    """Return what process ``sender`` has pickled; another process computes with one torch thread.

    Raises
    ------
    TypeError
        If it holds classes or functions that this process cannot import.
    """
    if os.getpid() != sender:
        torch.set_num_threads(1)
    try:
        return pickle.loads(task)
    except (AttributeError, ModuleNotFoundError) as error:
        raise TypeError(
            f"a worker does not know what the model is made of ({error}): classes and functions "
            "that a notebook defines stand in no module that it could import; write them into a "
            "file, or take executor=None"
        ) from error


def run_chip(task: Task, serial: int) -> ChipResult:
    """Evaluate one chip; the task's model stays as it is."""
    started = time.perf_counter()
    with recorded() as messages:
        model = copy_of(task.model).eval()
        compensation = copy.deepcopy(task.compensation)
        paid = programmed(task, model, serial, compensation)
        values, costs = [], []
        for t in task.times:
            costs.append(aged(task, model, serial, t, compensation))
            values.append([_draw(task, model, serial, t, draw) for draw in range(task.draws)])
    return ChipResult(serial, values, paid, costs, messages, time.perf_counter() - started)


def programmed(task: Task, model: nn.Module, serial: int, compensation: Any) -> dict[str, float]:
    """Program a model, or a part of one, on a chip and measure references; return the cost."""
    paid = task.programming.program(model, serial=serial, rng=_seed(task, serial, PROGRAMMING))
    _check_programmed(model, serial)
    compensation.prepare(model, task.batches)
    return as_costs(paid)


def aged(
    task: Task, model: nn.Module, serial: int, t: float, compensation: Any
) -> dict[str, float]:
    """Take what was programmed to a time (s), compensated; return the cost of that."""
    _reseed_all(task, model, serial, CALIBRATION, t)
    return as_costs(compensation.apply(model, t, task.batches))


def drawn(task: Task, model: nn.Module, serial: int, t: float, draw: int) -> None:
    """Let what is at a time (s) be read with the noise of a draw."""
    _reseed_all(task, model, serial, READ, t, draw)
    for layer in analog_layers(model).values():
        for matrix in layer.matrices:
            matrix.replace_views([_read_out(task, view, serial, t, draw) for view in matrix.views])


def _draw(task: Task, model: nn.Module, serial: int, t: float, draw: int) -> Any:
    drawn(task, model, serial, t, draw)
    value = task.measure(model, task.test)
    numbers = np.asarray(value, dtype=np.float64)
    return float(numbers) if numbers.ndim == 0 else numbers.tolist()


def _read_out(task: Task, view: Any, serial: int, t: float, draw: int) -> Any:
    """Return a view of a core in a read-out of this draw alone, with its own corrections."""
    core, noise = view.core, cast(Noise, task.read_noise)
    # where a formula stands for the fast noise, the devices' own is that of one moment
    if noise == "momentary" or (noise == "split" and not core.periphery.read_noise):
        seed = (task.seed, serial, core.index, DRAW, _bits(t), draw)
        noise = cast(ReadNoise, OneRead(core.state, seed))
    elif noise == "split":
        noise = ReadOut((task.seed, DRAW, _bits(t), draw))
    return core.at(view.t, view.gain, noise)


def _bits(t: float) -> int:
    return int(np.float64(t).view(np.uint64))


def _reseed_all(
    task: Task, model: nn.Module, serial: int, purpose: int, t: float, draw: int = 0
) -> None:
    """Let all reads of a purpose begin alike, whatever was read before."""
    for layer in analog_layers(model).values():
        for core in layer.cores:
            _reseed(core, (task.seed, serial, core.index, purpose, _bits(t), draw))


def _reseed(core: Core, seed: tuple[int, ...]) -> None:
    """Let the read noise of a core begin where the seed says."""
    reader = core.reader(core.sample.g_programmed)
    if isinstance(reader, torch.Generator):
        # a generator of its own turns the seed into one number
        reader.manual_seed(int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] >> 1))
    elif isinstance(reader, np.random.Generator):
        reader.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def _seed(task: Task, serial: int, purpose: int) -> int:
    words = np.random.SeedSequence((task.seed, serial, purpose)).generate_state(1, np.uint64)
    return int(words[0] >> np.uint64(1))


def _check_programmed(model: nn.Module, serial: int) -> None:
    for path, layer in analog_layers(model).items():
        if not layer.programmed:
            raise RuntimeError(f"programming left the cores of layer {path!r} without weights")
        found = {core.serial for core in layer.cores}
        if found != {serial}:
            raise RuntimeError(
                f"programming left layer {path!r} on chip {sorted(found)} in place of {serial}"
            )


@contextmanager
def recorded() -> Iterator[list[dict[str, Any]]]:
    """Collect warnings; in threads beside the main one they go where they always go."""
    messages: list[dict[str, Any]] = []
    if threading.current_thread() is not threading.main_thread():
        yield messages
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    messages.extend(_as_data(each.message) for each in caught)


def _as_data(warning: Warning | str) -> dict[str, Any]:
    parts = getattr(warning, "parts", ()) or (warning,)
    clipped = [
        (part.what, part.layer, part.share)
        for part in parts
        if isinstance(part, RangeWarning) and part.share is not None and part.layer is not None
    ]
    return {"category": type(warning).__name__, "text": str(warning), "clipped": clipped}
