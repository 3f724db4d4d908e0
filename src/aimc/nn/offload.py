"""Models larger than memory: weights come from files, block by block, and leave again.

A decoder is a table, a row of blocks and a head. Nothing of a block is needed once all vectors of
all batches have passed it, so a model may be walked through block by block: each has its weights,
and its devices, only while it computes. The model's own forward is what runs, once for each block
and batch: blocks that are done return what they returned, which was kept in a folder, and the
forward ends where the block at hand does. So masks, positions and whatever else a model hands to
its blocks need not be known here. What a block returned is given to the next one alone: a sum over
all blocks, or around each, is refused, and so is a model whose blocks hand on more than they
return, such as keys that later ones share.

`Offload` says where weights come from and where results are kept; `aimc.evaluate` and
`aimc.calibrate` take it. Weights are safetensors files, of which only what is read comes into
memory. A model is made without its weights, as with Hugging Face's ``accelerate``, in the context
`without_weights`::

    with aimc.nn.without_weights():
        model = Decoder(shape)
    analog = aimc.convert(model, "hermes")
    offload = aimc.nn.Offload("run/", weights="weights/")
    aimc.evaluate(analog, test, measure="perplexity", chips=[7], times="1 d", offload=offload)
"""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aimc.nn.batch import scores_of
from aimc.nn.checkpoint_layout import LaidOut, laid_out
from aimc.nn.detached_copy import copy_of
from aimc.nn.layer import AnalogLayer
from aimc.nn.tensor_file import Shards
from aimc.validation import warn_caller

__all__ = ["Offload", "Parameters", "Walk", "without_weights"]

META = torch.device("meta")


@dataclass(frozen=True)
class Offload:
    """Where the weights of a large model come from, and where its activations go.

    Parameters
    ----------
    folder : str or Path
        Keeps what the blocks returned and how far the walk has come; it is made if it does not
        exist. A walk that was stopped, or killed, goes on from there.
    weights : str or Path, optional
        A safetensors file, or a folder of them with or without an index, whose tensors are named as
        the model's parameters are, or as checkpoints of its family in Hugging Face's transformers,
        where experts may have a tensor each. Needed where parameters have no values.
    blocks : str, optional
        Name of the list of blocks, ``"model.layers"`` for example; by default the list that leaves
        the least to be held at once.
    device : str or torch.device, optional
        Where blocks compute, ``"cuda"`` for example; where the weights are by default.

    Raises
    ------
    ValueError
        If there are no such weights, or two files hold tensors of one name.
    RuntimeError
        If torch does not know the device.
    """

    folder: str | os.PathLike[str]
    weights: str | os.PathLike[str] | None = None
    blocks: str | None = None
    device: str | torch.device | None = None

    def __post_init__(self) -> None:
        if self.device is not None:
            torch.device(self.device)
        if Path(self.folder).is_file():
            raise ValueError(f"folder={str(self.folder)!r} is not allowed: it is a file")

    def shards(self) -> Shards | None:
        """Return the tensors of ``weights``, if there are any."""
        return None if self.weights is None else Shards(self.weights, "weights")


@contextmanager
def without_weights() -> Iterator[None]:
    """Let models be made without values for their parameters; buffers have theirs.

    Buffers that a model computes when it is made, such as masks, are in no file of weights, so they
    are kept; ``torch.device("meta")`` would lose them.
    """
    register = nn.Module.register_parameter

    def empty(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        if parameter is not None and parameter.device != META:
            parameter = nn.Parameter(parameter.data.to(META), parameter.requires_grad)
        register(module, name, parameter)

    try:
        nn.Module.register_parameter = empty  # type: ignore[method-assign]
        yield
    finally:
        nn.Module.register_parameter = register  # type: ignore[method-assign]


class Parameters(Mapping[str, torch.Tensor]):
    """The state of a model by name, read from files where the model has no values.

    Of a model that lacks some, buffers that the files hold come from there, too: what it has for
    them, running means for example, is what it was made with.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    shards : Shards, optional
        Where values come from.

    Raises
    ------
    ValueError
        If a parameter has no value, one of another shape, or integers where it has none.

    Warns
    -----
    UserWarning
        If files hold tensors that are not used.
    """

    def __init__(self, model: nn.Module, shards: Shards | None = None) -> None:
        self._state, self._shards = dict(model.state_dict(keep_vars=True)), shards
        names: dict[int, list[str]] = {}
        for name, value in self._state.items():
            names.setdefault(id(value), []).append(name)
        self._names = {name: names[id(value)] for name, value in self._state.items()}
        empty = [name for name, value in self._state.items() if value.device == META]
        self._laid = laid_out(model, shards) if shards is not None and empty else {}
        buffers = dict(model.named_buffers()) if empty else {}
        there = {*(shards or ()), *self._laid}
        self._of_files = {*empty, *(name for name in buffers if name in there)}
        scales = {each.rpartition("_scale")[0]: each for each in shards or () if "_scale" in each}
        for name in empty:  # found before hours have passed
            source, layout = self._source(name)
            for each in (source,) if layout is None else layout.tensors:
                if shards and each in scales and scales[each] not in self._state:
                    raise ValueError(
                        f"parameter {name!r}: {each!r} in {shards.file_of(each)} goes with "
                        f"{scales[each]!r}: codes are no weights; write the checkpoint in "
                        "bfloat16 first"
                    )
        if shards is not None and empty:
            used = {name for each in self._laid.values() for name in each.tensors}
            more = [repr(name) for name in shards if name not in {*self._state, *used}]
            if more:
                others = f" and {len(more) - 3} more" if len(more) > 3 else ""
                warn_caller(
                    f"the files of weights={str(shards.path)!r} hold tensors that the model has "
                    f"no parameter for, {', '.join(more[:3])}{others}: they are left out",
                    UserWarning,
                )
            own = [name for name, _ in model.named_parameters() if name not in self._of_files]
            if own := [repr(name) for name in own if name in there]:
                others = f" and {len(own) - 3} more" if len(own) > 3 else ""
                warn_caller(
                    f"the model has values of its own for {', '.join(own[:3])}{others}: those in "
                    f"the files of weights={str(shards.path)!r} are left out",
                    UserWarning,
                )

    def _source(self, name: str) -> tuple[str, LaidOut | None]:
        """Return under which name the files hold a parameter, or what it is made of.

        A tied one has several names.
        """
        known = self._names[name]
        shape = tuple(self._state[name].shape)
        what = f"parameter {name!r} of shape {shape}"
        if self._shards is None:
            raise ValueError(f"{what} has no value: name files with weights in Offload")
        for each in known:
            if each in self._shards:
                return each, None
        for each in known:
            if each in self._laid:
                return each, self._laid[each]
        near = difflib.get_close_matches(name, self._shards, n=3, cutoff=0.6)
        hint = f"; similar names there: {', '.join(map(repr, near))}" if near else ""
        raise ValueError(
            f"{what} is in none of the files of weights={str(self._shards.path)!r}{hint}"
        )

    def __getitem__(self, name: str) -> torch.Tensor:
        """Return a value in the number format of the model."""
        wanted = self._state[name]
        if name not in self._of_files:
            return wanted.detach()
        assert self._shards is not None  # or it was refused when this was made
        source, layout = self._source(name)
        if layout is None:
            found, place = self._shards[source], f"{source!r}"
        else:
            found, place = (
                layout.make(source, self._shards),
                f"what is made of {layout.tensors[0]!r}",
            )
            source = layout.tensors[0]
        if found.shape != wanted.shape:
            raise ValueError(
                f"parameter {name!r} has shape {tuple(wanted.shape)}, and {place} in "
                f"{self._shards.file_of(source)} has {tuple(found.shape)}"
            )
        if found.is_floating_point() != wanted.is_floating_point():
            raise ValueError(
                f"parameter {name!r} has the dtype {wanted.dtype}, and {place} in "
                f"{self._shards.file_of(source)} has {found.dtype}: codes are no weights"
            )
        return found.to(wanted.dtype)

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._state)

    def __len__(self) -> int:
        """Return the number of parameters and buffers."""
        return len(self._state)


class _Ended(Exception):  # noqa: N818 - no error
    """The block at hand is done; what comes after it need not be computed."""


class Walk:
    """A converted model that is walked through block by block.

    Stage k is block k, and the last stage what follows the blocks. What is on cores outside the
    blocks has its weights in those stages that call it.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; it is left as it is.
    offload : Offload
        Where weights are.

    Raises
    ------
    ValueError
        If the model has no list of blocks, or lacks values, or has all where files are named; if
        blocks share a layer on cores.
    """

    def __init__(self, model: nn.Module, offload: Offload) -> None:
        if offload.weights is not None and not any(p.is_meta for p in model.parameters()):
            raise ValueError(
                f"weights={str(offload.weights)!r} is not allowed: all parameters of the model "
                "have values, so none would be read from there; make the model in the context "
                "aimc.nn.without_weights(), or leave out weights"
            )
        self.model = copy_of(model, _unchanged(model)).eval()
        self.device = None if offload.device is None else torch.device(offload.device)
        self.parameters = Parameters(self.model, offload.shards())
        self.name = blocks_name(self.model, offload.blocks)
        self.count = len(list(self.model.get_submodule(self.name).children()))
        inside = f"{self.name}." if self.name else ""
        self._blocks = [
            f"{inside}{child}" for child, _ in self.model.get_submodule(self.name).named_children()
        ]
        self._outside: list[str] = []
        for path, module in self.model.named_modules():
            known = (*self._blocks, *self._outside)  # which have layers of their own in them
            if isinstance(module, AnalogLayer) and not f"{path}.".startswith(
                tuple(f"{each}." for each in known)
            ):
                self._outside.append(path)
        self._check_apart()
        self._fill_rest()
        self._live: dict[str, nn.Module] = {}
        """Copies of blocks and layers that have their weights: for one stage."""
        self._first: list[str] = []
        """Layers on cores in front of the blocks."""
        self._called: list[str] = []
        self._stage, self._before, self._spoilt = 0, None, None
        self._plain = {
            id(module): {name: value for name, value in vars(module).items() if _is_plain(name)}
            for path in self._blocks
            for module in self.model.get_submodule(path).modules()
        }
        """Attributes that are no parameters, buffers or modules, before any forward."""
        forwards = {path: self._block_forward(k, path) for k, path in enumerate(self._blocks)}
        forwards |= {path: self._outside_forward(path) for path in self._outside}
        for path, forward in forwards.items():
            # in place of the whole call: hooks are those of the copies that have their weights
            vars(self.model.get_submodule(path))["_call_impl"] = forward

    @property
    def stages(self) -> int:
        """How many stages there are: one more than blocks."""
        return self.count + 1

    def weights(self, stage: int) -> int:
        """Return how many weights on cores a stage has of its own."""
        paths = self._outside if stage == self.count else [self._blocks[stage]]
        return sum(
            matrix.size
            for path in paths
            for layer in self.model.get_submodule(path).modules()
            if isinstance(layer, AnalogLayer)
            for matrix in layer.matrices
        )

    def find_first(self, x: Any) -> None:
        """Find which layers on cores a model calls in front of its blocks, from one batch."""
        self._live = _Lazy(self)
        with torch.no_grad():
            self._stage, self._before = -1, None
            try:
                self._forward(x)
                raise ValueError(f"the model calls none of its blocks {self.name!r}")
            except _Ended:
                self._first = list(self._live)
            finally:
                self._live = {}

    @contextmanager
    def stage(self, k: int) -> Iterator[tuple[nn.ModuleList, nn.ModuleList]]:
        """Give all layers of a stage their weights meanwhile.

        They are in the two modules returned: what stands in front of all blocks, once more, and
        what is the stage's own.
        """
        last = k == self.count
        again, own = ([], self._outside) if last else (self._first, [self._blocks[k]])
        try:
            self._stage = k
            self._live = {path: self._filled(path) for path in (*again, *own)}
            yield (
                nn.ModuleList([self._live[path] for path in again]),
                nn.ModuleList([self._live[path] for path in own]),
            )
        finally:
            self._live = {}

    def advance(self, x: Any, before: Any = None) -> Any:
        """Return what the block at hand makes of a batch; after the last, what the model returns.

        Parameters
        ----------
        x : tensor, or mapping of str to tensor
            Inputs of the model.
        before : object
            What the block before returned for them.
        """
        self._before, self._called = before, []
        self._spoilt = _spoilt(before) if self._stage > 1 else None
        try:
            try:
                output = self._forward(x)
            except (_Ended, MemoryError, torch.OutOfMemoryError):
                raise
            except Exception as error:
                if self._stage == 0 or _is_own(error):  # nothing was left out
                    raise
                raise self._lacking(error) from error
            if self._stage == self.count:
                self._check_handed_on(scores_of(output))
        except _Ended as ended:
            return ended.args[0]
        finally:
            self._before = self._spoilt = None
        if self._stage < self.count:
            raise ValueError(f"block {self._blocks[self._stage]!r} was not called")
        return output

    def _forward(self, x: Any) -> Any:
        if isinstance(x, Mapping):
            return self.model(**{name: self._there(value) for name, value in x.items()})
        return self.model(self._there(x))

    def _there(self, x: Any) -> Any:
        return x if self.device is None else x.to(self.device)

    def _block_forward(self, k: int, path: str) -> Any:
        def forward(*inputs: Any, **named: Any) -> Any:
            if self._stage < 0:
                raise _Ended
            self._called.append(path)
            done = [each for each in self._called if each in self._blocks]
            if done != self._blocks[: k + 1]:
                raise ValueError(
                    f"block {path!r} is called after {done[:-1]}: blocks must be called one after "
                    "the other, once each; name another list in blocks, or evaluate the model in "
                    "memory, without offload"
                )
            if k < self._stage:
                return self._before if k == self._stage - 1 else self._spoilt
            self._check_handed_on((inputs, named))
            live = self._live[path]
            for module, name, value in self._set_since(path, live):
                setattr(module, name, value)
            raise _Ended(live(*inputs, **named))

        return forward

    def _outside_forward(self, path: str) -> Any:
        def forward(*inputs: Any, **named: Any) -> Any:
            if path in self._called:
                raise ValueError(
                    f"layer {path!r} is called more than once, outside the blocks {self.name!r}: "
                    "its reads would come in another order"
                )
            self._called.append(path)
            if self._stage >= 0 and path not in self._live:
                raise ValueError(
                    f"layer {path!r} is called between blocks; name a list of blocks that it is in"
                )
            return self._live[path](*inputs, **named)

        return forward

    def _filled(self, path: str) -> nn.Module:
        """Return a block or a layer with its weights."""
        found = self.model.get_submodule(path)
        module = copy.deepcopy(found, _unchanged(found))
        del vars(module)["_call_impl"]
        inside = f"{path}." if path else ""
        self._fill(module, inside, list(module.state_dict()))
        for name, layer in module.named_modules():
            if isinstance(layer, AnalogLayer):
                layer.path = f"{inside}{name}" if name else path
        return module

    def _check_handed_on(self, made: Any) -> None:
        """Refuse what is made of more than the last block returned: it shows where that is spoilt.

        Parameters
        ----------
        made : object
            What a block is called with, or what the model returns.
        """
        if self._spoilt is not None and _has_nan(made) and not _has_nan(self._before):
            raise ValueError(
                f"the model uses what block {self._blocks[0]!r} or others return once more, behind "
                "the block that follows them, as in x = x + block(x) or in a sum over all blocks; "
                "with offload a block is given what the block before it returned: write such a "
                "sum into the blocks, or name another list in blocks"
            )

    def _set_since(self, path: str, live: nn.Module) -> Iterator[tuple[nn.Module, str, Any]]:
        """Yield what a forward has set on a block that is to be called, such as a mask or a size.

        Parameters
        ----------
        path : str
            Name of the block.
        live : torch.nn.Module
            The copy that has its weights.
        """
        pairs = zip(self.model.get_submodule(path).modules(), live.modules(), strict=True)
        for module, copied in pairs:
            before = self._plain.get(id(module), {})
            for name, value in vars(module).items():
                if _is_plain(name) and value is not before.get(name, before):
                    yield copied, name, value

    def _lacking(self, error: Exception) -> ValueError:
        """Return the error of a model that misses what blocks before would have left."""
        last = self._stage == self.count
        where = "what follows the blocks" if last else f"block {self._blocks[self._stage]!r}"
        return ValueError(
            f"with offload, {where} fails ({type(error).__name__}: {error}). Blocks before it are "
            "done and not called again; of them it is given what the last one returned, and it "
            "may need more, such as keys that blocks share, or the hidden states or router logits "
            "of each: switch off the option of the model that asks for them, or evaluate it in "
            "memory, without offload"
        )

    def _check_apart(self) -> None:
        """Refuse layers on cores that are in two blocks, or in one and outside of all."""
        owner: dict[int, str] = {}
        for path in (*self._blocks, *self._outside):
            for name, layer in self.model.get_submodule(path).named_modules():
                if isinstance(layer, AnalogLayer) and owner.setdefault(id(layer), path) != path:
                    raise ValueError(
                        f"layer {'.'.join(filter(None, (path, name)))!r} is also in "
                        f"{owner[id(layer)]!r}: its reads "
                        "would come in another order; give each a layer of its own"
                    )

    def _fill_rest(self) -> None:
        """Give what is in no stage its values, once: tables, norms, and what else is digital."""
        within = tuple(f"{path}." for path in (*self._blocks, *self._outside))
        rest = [name for name in self.parameters if not name.startswith(within)]
        self._fill(self.model, "", rest, within)

    def _fill(
        self, module: nn.Module, inside: str, names: list[str], without: tuple[str, ...] = ()
    ) -> None:
        # copies in memory of their own: numbers in a file lie anywhere, and products of what is not
        # aligned may round otherwise
        found = {name: self.parameters[inside + name].clone() for name in names}
        if self.device is not None:
            found = {name: value.to(self.device) for name, value in found.items()}
            for owner in _owners(module, without):
                for key, buffer in owner._buffers.items():
                    if buffer is not None and buffer.device != META:
                        owner._buffers[key] = buffer.to(self.device)
        module.load_state_dict(found, strict=False, assign=True)
        for name, buffer in module.named_buffers():
            if buffer.device == META and not name.startswith(without):
                raise ValueError(
                    f"buffer {inside + name!r} has no value, and files of weights do not hold it: "
                    "make the model in the context aimc.nn.without_weights(), which keeps buffers, "
                    'in place of torch.device("meta")'
                )


class _Lazy(dict[str, nn.Module]):
    """Layers that are given weights when they are called, to compute in floating point."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk

    def __missing__(self, path: str) -> nn.Module:
        layer: Any = self._walk._filled(path)
        layer.digital = True
        self[path] = layer
        return layer


def blocks_name(model: nn.Module, name: str | None = None) -> str:
    """Return the name of a model's list of blocks.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    name : str, optional
        What it is said to be; otherwise the list, of those with two entries or more, that leaves
        the fewest weights to be held at once: its largest entry, or all that is outside.

    Raises
    ------
    ValueError
        If there is none, or no such one.
    """
    lists = {
        path: [_size(child) for child in module.children()]
        for path, module in model.named_modules()
        if isinstance(module, nn.ModuleList | nn.Sequential) and len(list(module.children())) > 1
    }
    if name is not None and name not in lists:
        known = ", ".join(map(repr, lists)) or "none"
        raise ValueError(
            f"blocks={name!r} is no list of two modules or more; the model has {known}"
        )
    if name is not None:
        return name
    if not lists:
        raise ValueError(
            "model has no list of blocks, a torch.nn.ModuleList or Sequential of two modules or "
            "more (one block that is called often, as in ALBERT, is none): evaluate it in memory, "
            "without offload"
        )
    everything = _size(model)
    return min(lists, key=lambda path: max(max(lists[path]), everything - sum(lists[path])))


def _is_plain(name: str) -> bool:
    return not name.startswith("_") and name != "training"


def _is_own(error: Exception) -> bool:
    """Tell whether this library raised an error; it says what to do."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    name = "" if step is None else str(step.tb_frame.f_globals.get("__name__"))
    return name.partition(".")[0] == "aimc"


def _spoilt(output: Any) -> Any:
    """Return what a block returned with numbers that leave their mark on all that uses them."""
    if isinstance(output, tuple | list):
        parts = list(map(_spoilt, output))
        return tuple(parts) if isinstance(output, tuple) else parts
    known = isinstance(output, torch.Tensor) and output.is_floating_point()
    return torch.full_like(output, torch.nan) if known else output


def _has_nan(made: Any) -> bool:
    if isinstance(made, Mapping):
        return any(map(_has_nan, made.values()))
    if isinstance(made, tuple | list):
        return any(map(_has_nan, made))
    known = isinstance(made, torch.Tensor) and made.is_floating_point()
    return known and bool(made.isnan().any())


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _unchanged(model: nn.Module) -> dict[int, Any]:
    """Return what copies may share: they are programmed on new cores, and these are many."""
    matrices = [
        matrix
        for layer in model.modules()
        if isinstance(layer, AnalogLayer)
        for matrix in layer.matrices
    ]
    shared = [part for m in matrices for part in (*m.cores, m.parts, m.chains, m.setup)]
    return {id(part): part for part in shared}


def _owners(module: nn.Module, without: tuple[str, ...]) -> Iterator[nn.Module]:
    for path, each in module.named_modules():
        if not f"{path}.".startswith(without):
            yield each
