"""A trained model in one file: its weights, and how it came about.

Weights belong to a model, devices to a chip. So a file holds what `state_dict` does, what
calibration or training found of the ranges of inputs and outputs and of the scaling of weights, the
recipe, and the seeds: with the serial numbers in it the same chips can be programmed again, on any
machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import AnalogMatrix
from aimc.nn.report import analog_layers
from aimc.nn.tensor_file import Shards, write_tensors

__all__ = ["Saved", "load", "save"]

NOTE = "aimc"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file says beside the weights."""

    recipe: Any
    """What was given to `save`: words, or a dictionary of the recipe's fields; ``None`` if none."""
    seeds: Mapping[str, int]
    """Seeds by name, ``serial`` among them if the model was on analog cores."""
    input_ranges: Mapping[str, float] = field(repr=False)
    """Magnitude of a full-scale input by layer and matrix, ``"layer/weight"``."""
    notes: Mapping[str, Any]
    """Further notes that were given to `save`."""


def save(
    path: str | os.PathLike[str],
    model: nn.Module,
    *,
    recipe: Any = None,
    seeds: Mapping[str, int] | None = None,
    **notes: Any,
) -> None:
    """Write a model to a safetensors file, with the recipe and the seeds behind it.

    Parameters
    ----------
    path : str or Path
        The file, ``.safetensors`` by custom; folders on the way are made.
    model : torch.nn.Module
        A digital model, or one from `convert`. What its devices hold is not written.
    recipe : dataclass, mapping or str, optional
        How it was trained, for example `aimc.recovery.training.recipe` returns one.
    seeds : mapping of str to int, optional
        Seeds of the training. The serial number of the chip is added.
    **notes
        What else is worth knowing: words, numbers, lists and dictionaries of them.

    Raises
    ------
    TypeError
        If ``model`` is no module, or something cannot be written as JSON; it is named.

    Examples
    --------
    ::

        aimc.nn.save("net.safetensors", analog, recipe=recipe, seeds={"training": 7})
        saved = aimc.nn.load("net.safetensors", aimc.nn.convert(Net(), preset, serial=7))
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    layers = analog_layers(model) if _is_analog(model) else {}
    numbers = {str(name): value for name, value in (seeds or {}).items()}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"seeds[{name!r}] must be an integer, got {value!r}")
    serials = {core.serial for layer in layers.values() for core in layer.cores}
    if len(serials) == 1:
        numbers.setdefault("serial", serials.pop())
    ranges = {
        f"{path_of}/{matrix.name}": matrix.input_range
        for path_of, layer in layers.items()
        for matrix in layer.matrices
        if matrix.input_range is not None
    }
    written = {
        "format": FORMAT,
        "recipe": _plain("recipe", recipe),
        "seeds": numbers,
        "input_ranges": ranges,
        "scaling": {
            f"{path_of}/{matrix.name}": _scaling(matrix)
            for path_of, layer in layers.items()
            for matrix in layer.matrices
        },
        "output_ranges": {
            path_of: [total.output_range for total in layer.sums]
            for path_of, layer in layers.items()
        },
        "notes": {name: _plain(name, value) for name, value in notes.items()},
    }
    tensors = {
        name: value for name, value in model.state_dict().items() if isinstance(value, torch.Tensor)
    }
    write_tensors(path, tensors, {"format": "pt", NOTE: json.dumps(written, sort_keys=True)})


def _scaling(matrix: AnalogMatrix) -> dict[str, Any]:
    """Return what besides the weights decides how they are scaled to devices."""
    sums = None if matrix.sums is None else torch.as_tensor(matrix.sums)
    double = sums is not None and sums.dtype == torch.float64
    return {
        "weight_range": matrix.weight_range,
        "sums": None if sums is None else sums.tolist(),
        "double": double,
    }


def _scale(matrix: AnalogMatrix, weight_range: str, sums: Any, double: bool) -> None:
    """Give a matrix what `_scaling` returned."""
    matrix.setup = replace(matrix.setup, weight_range=weight_range)
    if sums is not None:
        matrix.sums = torch.tensor(sums, dtype=torch.float64 if double else torch.float32)


def load(path: str | os.PathLike[str], model: nn.Module, *, strict: bool = True) -> Saved:
    """Give a model the weights of a file from `save`, and return what the file says of them.

    Layers on analog cores are given their ranges and the way in which weights are scaled to devices
    as well; program the model afterwards.

    Parameters
    ----------
    path : str or Path
        A file from `save`, or any other safetensors file, or a folder of them, which then say
        nothing more.
    model : torch.nn.Module
        A model with the same parameters; digital and analog models load from each other.
    strict : bool
        Whether names that are missing, or too many, raise an error.

    Raises
    ------
    TypeError
        If ``model`` is no module.
    ValueError
        If the file cannot be read, names or shapes differ, it has integers in place of weights, or
        an analog model lacks a matrix that the file has a range for.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    tensors = Shards(path)
    try:
        said = json.loads(tensors.notes.get(NOTE, "{}"))
    except json.JSONDecodeError as error:
        raise ValueError(f"path={str(path)!r} has a note of aimc that cannot be read") from error
    if said.get("format", FORMAT) > FORMAT:
        raise ValueError(
            f"path={str(path)!r} was written by a newer version of aimc (format {said['format']}); "
            "update the package"
        )
    layers = analog_layers(model) if _is_analog(model) else {}
    own = {
        f"{path_of}/{matrix.name}": matrix
        for path_of, layer in layers.items()
        for matrix in layer.matrices
    }
    ranges = said.get("input_ranges", {})
    if strict and layers and (unknown := sorted(set(ranges) - set(own))):
        raise ValueError(f"model has no matrices {unknown}, whose input ranges {path!s} holds")
    values = _values(path, model, tensors)
    try:
        model.load_state_dict(values, strict=strict)
    except RuntimeError as error:
        raise ValueError(f"path={str(path)!r} does not fit model: {error}") from error
    for name, value in ranges.items():
        if name in own:
            own[name].input_range = value
    for name, value in said.get("scaling", {}).items():
        if name in own:
            _scale(own[name], **value)
    for path_of, values in said.get("output_ranges", {}).items():
        if path_of in layers:
            for total, value in zip(layers[path_of].sums, values, strict=True):
                total.output_range = total.output_range if value is None else value
    return Saved(
        recipe=said.get("recipe"),
        seeds=MappingProxyType(said.get("seeds", {})),
        input_ranges=MappingProxyType(ranges),
        notes=MappingProxyType(said.get("notes", {})),
    )


def _values(
    path: str | os.PathLike[str], model: nn.Module, tensors: Mapping[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Return the tensors of a file, a shared one under each of its names: files have it once."""
    values = dict(tensors)
    state = {n: v for n, v in model.state_dict(keep_vars=True).items() if torch.is_tensor(v)}
    for name, value in values.items():
        known = state.get(name)
        weights = isinstance(known, nn.Parameter) and known.is_floating_point()
        if weights and not value.is_floating_point() and not value.is_complex():
            raise ValueError(
                f"path={str(path)!r} has {value.dtype} for parameter {name!r}: codes are no weights"
            )
    of = {id(known): values[name] for name, known in state.items() if name in values}
    shared = {name: of[id(known)] for name, known in state.items() if id(known) in of}
    return {**shared, **values}


def _is_analog(model: nn.Module) -> bool:
    return any(isinstance(module, AnalogLayer) for module in model.modules())


def _plain(name: str, value: Any) -> Any:
    """Return what JSON can hold of a value, or raise an error that names it."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {"class": type(value).__name__, **asdict(value)}
    try:
        return json.loads(json.dumps(value, default=_described))
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} cannot be written as JSON: {error}") from error


def _described(value: Any) -> Any:
    if isinstance(value, torch.Generator):
        return {"class": "Generator", "seed": value.initial_seed()}
    if isinstance(value, torch.dtype | torch.device):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no number, word, list or dictionary")
