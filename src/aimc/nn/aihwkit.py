"""Weights from and to IBM's toolkits aihwkit and aihwkit-lightning, without importing either.

Both call their layers as the torch model that was converted does. What differs is where a layer
keeps its weights: aihwkit :cite:p:`aihwkit` cuts a matrix into tiles, divides each by scales and
keeps kernels flat; its recurrent layers hold one module per matrix. Lightning keeps torch's
parameters. So weights can be read from a state dictionary, or from a model:

>>> import torch, aimc, aimc.nn
>>> theirs = {"0.analog_module.tile.weight": torch.ones(2, 3),
...           "0.analog_module.mapping_scales": torch.tensor([0.5]),
...           "0.analog_module.bias": torch.zeros(2)}
>>> mine = torch.nn.Sequential(torch.nn.Linear(3, 2))
>>> aimc.nn.aihwkit.import_weights(mine, theirs)
('0.weight', '0.bias')
>>> float(mine[0].weight[0, 0])
0.5

Only linear layers, convolutions and recurrent layers are known; an aihwkit tile that holds the bias
as a column of its own is read as well. Ranges of inputs are read by `input_ranges`. What a device
holds, and the state of training, stays behind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import nn

from aimc.nn.layer import AnalogLayer

__all__ = ["export_weights", "import_weights", "input_ranges", "parameters"]

# Of aihwkit: one tile, or an array of them whose indices count parts of the inputs and outputs.
TILE = re.compile(r"^(?P<layer>(?:.*\.)?)analog_module\.(?:array\.(\d+)\.(\d+)\.)?(?P<what>.+)$")
# Of both: the module that holds one matrix of a recurrent layer.
CELL = re.compile(
    r"^(?P<layer>(?:.*\.)?)rnn\.layers\.(?P<k>\d+)\.(?:directions\.(?P<way>[01])\.)?"
    r"cell\.weight_(?P<kind>ih|hh)\.(?P<what>weight|bias|input_range)$"
)
STATE = "analog_tile_state"
HELD = "analog_tile_weights"
SCALES = ("mapping_scales", "out_scaling_alpha")
# Belong to a chip, or to training, and not to a digital model.
CHIP = ("input_range", "input_range_update_idx", "input_range_delta", "x_min", "x_max", "alpha",
        "analog_ctx", "analog_tile_state", "shared_weights", *SCALES)  # fmt: skip


def parameters(source: nn.Module | Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Return the weights of a model of either toolkit under the names of the torch model.

    Parameters
    ----------
    source : torch.nn.Module or mapping of str to tensor
        A model of aihwkit or aihwkit-lightning, or its state dictionary.

    Returns
    -------
    dict of str to tensor
        Copies; kernels that aihwkit keeps flat, of shape (out, in), are flat. Buffers, such as
        those of batch normalisations, are in it too.

    Raises
    ------
    TypeError
        If ``source`` is neither.
    ValueError
        If a tile has no weights, or tiles do not fit together.
    """
    found: dict[str, torch.Tensor] = {}
    tiles: dict[str, dict[tuple[int, int], dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for name, value in _entries(source):
        tile = TILE.match(name)
        if tile:
            place = (int(tile[2] or 0), int(tile[3] or 0))
            if tile["what"] == "bias" and tile[2] is None:
                found[f"{tile['layer']}bias"] = value.detach().clone()
            else:
                tiles[tile["layer"]][place][tile["what"]] = value
        elif isinstance(value, torch.Tensor) and name.rpartition(".")[2] not in CHIP:
            found[name] = value.detach().clone()
    for layer, parts in tiles.items():
        _join(layer, parts, found)
    return {_torch_name(name): value for name, value in found.items()}


def input_ranges(source: nn.Module | Mapping[str, Any]) -> dict[str, float]:
    """Return the input ranges that a model of either toolkit has learned, by name of its layer.

    Tiles side by side have ranges of their own there; the largest is returned. ``aimc.nn`` gives
    them to a model by ``layer.matrix(...).input_range = value``.
    """
    found: dict[str, float] = {}
    for name, value in _entries(source):
        stem, _, last = name.rpartition(".")
        if last == "input_range" and isinstance(value, torch.Tensor) and value.numel():
            tile = TILE.match(name)
            layer = tile["layer"].rstrip(".") if tile else _layer(name, stem)
            found[layer] = max(found.get(layer, 0.0), float(value.detach().abs().max()))
    return found


def import_weights(model: nn.Module, source: nn.Module | Mapping[str, Any]) -> tuple[str, ...]:
    """Give a torch model, digital or analog, the weights of a model of either toolkit.

    An analog model has to be programmed afterwards: its devices hold what was written before.

    Parameters
    ----------
    model : torch.nn.Module
        A model with the same layers under the same names.
    source : torch.nn.Module or mapping of str to tensor
        A model of aihwkit or aihwkit-lightning, or its state dictionary.

    Returns
    -------
    tuple of str
        What was written, all parameters of ``model`` among it.

    Raises
    ------
    TypeError
        If ``model`` is no module, or ``source`` neither a module nor a mapping.
    ValueError
        If names or shapes differ; nothing is written then.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    given = parameters(source)
    own = dict(model.state_dict(keep_vars=True))
    learned = {name for name, _ in model.named_parameters()}
    if missing := sorted(learned - set(given)):
        raise ValueError(
            f"source has no {_some(missing)} of model; it has {_some(sorted(given))}: layers must "
            "have the same names on both sides"
        )
    if unknown := sorted(set(given) - set(own)):
        raise ValueError(f"model has no {_some(unknown)}, which source holds")
    ready = {name: _shaped(name, value, own[name]) for name, value in given.items()}
    with torch.no_grad():
        for name, value in ready.items():
            own[name].copy_(value)
    return tuple(name for name in own if name in ready)


def export_weights(model: nn.Module, target: nn.Module) -> tuple[str, ...]:
    """Give a model of either toolkit the weights of a torch model, digital or analog.

    Parameters
    ----------
    model : torch.nn.Module
        A torch model, or one from `aimc.nn.convert`.
    target : torch.nn.Module
        A model of aihwkit or aihwkit-lightning with the same layers under the same names.

    Returns
    -------
    tuple of str
        What was written, by the names of ``model``.

    Raises
    ------
    TypeError
        If an argument is no module, or ``target`` is one of ours.
    ValueError
        If names or shapes differ.
    """
    for name, module in (("model", model), ("target", target)):
        if not isinstance(module, nn.Module):
            raise TypeError(f"{name} must be a torch.nn.Module, got {type(module).__name__}")
    if any(isinstance(module, AnalogLayer) for module in target.modules()):
        raise TypeError(
            "target must be a model of aihwkit or aihwkit-lightning; import_weights reads them"
        )
    own = {name: value.detach() for name, value in model.state_dict().items()}
    analog = {
        name: module for name, module in target.named_modules() if hasattr(module, "analog_module")
    }
    theirs = _plain_tensors(target, analog)
    wanted = {
        _torch_name(f"{layer}.{part}".lstrip(".")) for layer in analog for part in ("weight",)
    }
    wanted |= {_torch_name(name) for name in theirs}
    if missing := sorted(wanted - set(own)):
        raise ValueError(f"model has no {_some(missing)}, which target needs")
    written = []
    for layer, module in analog.items():
        names = [_torch_name(f"{layer}.{part}".lstrip(".")) for part in ("weight", "bias")]
        weight, bias = own[names[0]].flatten(1), own.get(names[1])
        shape = tuple(module.get_weights()[0].shape)
        if tuple(weight.shape) != shape:
            raise ValueError(f"{names[0]} has shape {tuple(weight.shape)}, target needs {shape}")
        module.set_weights(weight.clone(), None if bias is None else bias.clone())
        written += names if bias is not None else names[:1]
    ready = {
        name: _shaped(_torch_name(name), own[_torch_name(name)], value)
        for name, value in theirs.items()
    }
    with torch.no_grad():
        for name, value in ready.items():
            theirs[name].copy_(value)
            written.append(_torch_name(name))
    if left := sorted(set(own) - set(written)):
        raise ValueError(f"target has no place for {_some(left)} of model")
    return tuple(written)


def _entries(source: nn.Module | Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(source, nn.Module):
        if any(hasattr(module, "analog_module") for module in source.modules()):
            yield from source.state_dict().items()
        else:  # a hook of lightning's recurrent layers fails where they are not on top
            yield from source.named_parameters()
            yield from source.named_buffers()
    elif isinstance(source, Mapping):
        yield from source.items()
    else:
        raise TypeError(
            f"source must be a torch.nn.Module or a state dictionary, got {type(source).__name__}"
        )


def _join(
    layer: str, parts: Mapping[tuple[int, int], dict[str, Any]], found: dict[str, torch.Tensor]
) -> None:
    """Put the tiles of a layer together, with their scales."""
    rows: list[torch.Tensor] = []
    for j in sorted({place[1] for place in parts}):
        row = [_tile(layer, parts[place]) for place in sorted(parts) if place[1] == j]
        if len({len(part) for part in row}) > 1:
            raise ValueError(f"tiles of layer {layer.rstrip('.')!r} do not fit together")
        rows.append(torch.cat(row, dim=1))
    if len({part.shape[1] for part in rows}) > 1:
        raise ValueError(f"tiles of layer {layer.rstrip('.')!r} do not fit together")
    weight = torch.cat(rows)
    config = next(iter(parts.values())).get(STATE, {})
    mapping = getattr(
        config.get("rpu_config") if isinstance(config, Mapping) else None, "mapping", 0
    )
    if f"{layer}bias" not in found and getattr(mapping, "digital_bias", True) is False:
        weight, column = weight[:, :-1], weight[:, -1]
        found[f"{layer}bias"] = column.clone()
    found[f"{layer}weight"] = weight


def _tile(layer: str, part: Mapping[str, Any]) -> torch.Tensor:
    """Return the weights of one tile in the units of the layer."""
    state = part.get(STATE)
    weight = part.get("tile.weight")
    if weight is None and isinstance(state, Mapping):
        weight = state.get(HELD)
    if not isinstance(weight, torch.Tensor) or weight.ndim != 2:
        raise ValueError(
            f"layer {layer.rstrip('.')!r} has a tile without weights: give the whole state "
            f"dictionary of aihwkit, with its entries {STATE!r}"
        )
    weight = weight.detach().clone()
    for name in SCALES:
        scale = part.get(name)
        if isinstance(scale, torch.Tensor):
            if scale.numel() not in (1, len(weight)):
                raise ValueError(
                    f"layer {layer.rstrip('.')!r}: {scale.numel()} {name} do not fit a tile of "
                    f"{len(weight)} outputs"
                )
            weight = weight * scale.detach().reshape(-1, 1)
    return weight


def _torch_name(name: str) -> str:
    cell = CELL.match(name)
    if not cell:
        return name
    way = "_reverse" if cell["way"] == "1" else ""
    return f"{cell['layer']}{cell['what']}_{cell['kind']}_l{cell['k']}{way}"


def _layer(name: str, stem: str) -> str:
    cell = CELL.match(name)
    return stem if not cell else _torch_name(name.replace("input_range", "weight"))


def _shaped(name: str, value: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return a kernel in its own shape where the other side keeps it flat."""
    if (
        value.shape != like.shape and value.shape == like.flatten(1).shape
        if like.ndim > 2
        else False
    ):
        value = value.reshape(like.shape)
    if value.shape != like.shape:
        raise ValueError(
            f"{name} has shape {tuple(value.shape)} in source and {tuple(like.shape)} in target"
        )
    return value


def _plain_tensors(target: nn.Module, analog: Iterable[str]) -> dict[str, torch.Tensor]:
    """Return parameters and buffers of a model outside its layers of tiles."""
    inside = tuple(f"{layer}." if layer else "" for layer in analog)
    every = (*target.named_parameters(), *target.named_buffers())
    return {
        name: value
        for name, value in every
        if not name.startswith(inside) and name.rpartition(".")[2] not in CHIP
    }


def _some(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:4]))
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown or "nothing"
