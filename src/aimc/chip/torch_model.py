"""The workload of a torch model on analog cores, from one forward that is watched.

Torch is not imported before a model needs it: a converted model (`aimc.nn.convert`) brings the
layers with their matrices and tiles, and the hooks that see their inputs. What of it stays digital
is noted as well, so that the cost of a part never passes for that of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aimc.chip.mapping import MappedTile, Mapping
from aimc.cores import parts_of
from aimc.layers.workload import Layer, Network

__all__ = [
    "check_batch",
    "count_vectors",
    "is_model",
    "map_model",
    "matrices_of",
    "trace_network",
]


def is_model(thing: Any) -> bool:
    """Return whether something is a torch module, without importing torch."""
    return hasattr(thing, "named_modules") and hasattr(thing, "register_forward_hook")


def matrices_of(model: Any) -> dict[str, tuple[Any, Any]]:
    """Return each matrix of a converted model by name, with its layer.

    Raises
    ------
    TypeError
        If the model has no analog layers.
    """
    found = {
        _name(path, layer, matrix): (layer, matrix)
        for path, layer in model.named_modules()
        for matrix in getattr(layer, "matrices", ())
    }
    if not found:
        raise TypeError(
            f"network={type(model).__name__} has no analog layers: convert it first with "
            "aimc.nn.convert(model, preset, serial=...)"
        )
    return found


def check_batch(name: str, x: Any) -> int:
    """Return how many inferences a batch holds; its first axis counts them.

    Raises
    ------
    TypeError
        If it is neither an array nor a tensor.
    ValueError
        If it is empty or has no axes.
    """
    if not hasattr(x, "shape"):
        raise TypeError(f"{name} must be an array or a tensor, got {type(x).__name__}")
    shape = tuple(x.shape)
    if 0 in shape or not shape:
        raise ValueError(
            f"{name} must hold at least one inference, counted by its first axis, got shape {shape}"
        )
    return int(shape[0])


def count_vectors(counts: dict[str, int], order: list[str], model: Any) -> Any:
    """Return a context in which forwards of a converted model fill ``counts`` and ``order``.

    ``counts`` takes the input vectors of each matrix, ``order`` the names in the order of use.
    """
    return _watched(model, counts, order)


def trace_network(model: Any, sample: Any, name: str = "") -> Network:
    """Return what a converted model asks of a chip per inference.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; programmed or not, the trace computes in floating point.
    sample : tensor, shape (n, ...)
        Input of the model; the first axis counts inferences.
    name : str
        Name of the network; that of the model's class by default.

    Raises
    ------
    ValueError
        If a layer is not used, or not equally often by each inference, or the sample is empty.
    """
    inferences = check_batch("sample", sample)
    counts: dict[str, int] = {}
    order: list[str] = []
    from aimc.nn.beside import digital_layers, watch_beside  # torch is there by now

    with _digital(model), _watched(model, counts, order), watch_beside(model) as other:
        model(sample)
    layers = []
    stages: dict[Any, int] = {}
    known = matrices_of(model)
    for matrix_name in known:
        if matrix_name not in counts:
            raise ValueError(f"layer {matrix_name!r} was not used by a forward of the sample")
    for matrix_name in order:
        layer, matrix = known[matrix_name]
        per, rest = divmod(counts[matrix_name], inferences)
        if rest:
            raise ValueError(
                f"layer {matrix_name!r} met {counts[matrix_name]} vectors for {inferences} "
                "inferences: the first axis of sample must count inferences"
            )
        place = (id(layer), layer.stage(matrix.name))
        stages.setdefault(place, len(stages))
        layers.append(
            Layer(
                matrix_name,
                tuple(matrix.shape),
                mvms=per,
                kind=layer.kind,
                stage=stages[place],
                sum_name=_sum_name(matrix_name, layer, matrix),
                blocks=matrix.blocks,
            )
        )
    return Network(
        name or type(model).__name__,
        tuple(layers),
        "inference",
        digital=digital_layers(model),
        other=tuple(other),
    )


def map_model(model: Any, network: Network, copies: dict[str, int] | None = None) -> Mapping:
    """Return the mapping that a converted model already has, copies of layers after it.

    Raises
    ------
    ValueError
        If its cores have several sizes, or two of its tiles are on one core.
    """
    placements: list[MappedTile] = []
    sizes = set()
    holders: dict[int, str] = {}
    for name, (_, matrix) in matrices_of(model).items():
        for core, part in zip(matrix.cores, matrix.parts, strict=True):
            if core.index in holders:
                raise ValueError(
                    f"tiles of {holders[core.index]!r} and {name!r} are both on core {core.index}: "
                    "convert all layers at once, or give each its own first_core"
                )
            holders[core.index] = name
            placements.append(MappedTile(core.index, part.outputs, part.inputs, name))
            sizes.add((core.rows, core.columns))
    if len(sizes) != 1:
        raise ValueError(f"the cores of the model have different sizes: {sorted(sizes)}")
    size = sizes.pop()
    following = 1 + max(tile.core for tile in placements)
    for layer in network.layers:
        for copy in range(1, (copies or {}).get(layer.name, 1)):
            for part in parts_of(layer.shape, *size, following):
                placements.append(
                    MappedTile(part.core, part.outputs, part.inputs, layer.name, copy)
                )
            following = 1 + placements[-1].core
    return Mapping(network, size, tuple(placements))


@contextmanager
def _watched(model: Any, counts: dict[str, int], order: list[str]) -> Iterator[None]:
    handles = []
    for path, layer in model.named_modules():
        if getattr(layer, "matrices", ()):
            handles.append(layer.register_forward_pre_hook(_noter(path, order)))
            handles.append(layer.register_forward_hook(_counter(path, counts), with_kwargs=True))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _noter(path: str, order: list[str]) -> Any:
    def note(layer: Any, inputs: Any) -> None:
        # Before the forward: a layer on cores inside of another works after its matrices.
        names = [_name(path, layer, matrix) for matrix in layer.matrices]
        order.extend(name for name in names if name not in order)

    return note


def _counter(path: str, counts: dict[str, int]) -> Any:
    def count(layer: Any, inputs: Any, named: Any, output: Any) -> None:
        vectors = layer.counts(inputs, named, output)
        for matrix in layer.matrices:
            name = _name(path, layer, matrix)
            counts[name] = counts.get(name, 0) + vectors[matrix.name]

    return count


@contextmanager
def _digital(model: Any) -> Iterator[None]:
    layers = [layer for _, layer in model.named_modules() if getattr(layer, "matrices", ())]
    before = [layer.digital for layer in layers]
    training = [(module, module.training) for module in model.modules()]
    model.eval()
    for layer in layers:
        layer.digital = True
    try:
        yield
    finally:
        for layer, digital in zip(layers, before, strict=True):
            layer.digital = digital
        for module, state in training:
            module.training = state


def _sum_name(name: str, layer: Any, matrix: Any) -> str:
    """Return a name for the sum of a matrix; two cells of one stage must not be taken for one."""
    if layer.kind != "recurrent":
        return ""
    members = next(total.matrices for total in layer.sums if matrix in total.matrices)
    return name.removesuffix(matrix.name) + " + ".join(member.name for member in members)


def _name(path: str, layer: Any, matrix: Any) -> str:
    path = path or type(layer).__name__
    return path if len(layer.matrices) == 1 else f"{path}.{matrix.name}"
