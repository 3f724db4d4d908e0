"""The warnings of one forward, gathered into one that names the layers and the cores.

A model of many layers on many cores would otherwise warn once per core, without saying which. While
a layer computes, its warnings are noted with its name and the core's number; the outermost forward
of a model from `convert`, or the layer itself if it is called on its own, gives them out at its
end. A forward that has nothing to warn about only notes which layer computes.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.fx import GraphModule

from aimc.validation import RangeWarning, emit, warning_takers

__all__ = [
    "CALL",
    "StaleWeightsWarning",
    "gather_at",
    "give_out",
    "is_gathering",
    "model_computes",
    "running_model",
    "stop_gathering",
]


class StaleWeightsWarning(UserWarning):
    """Parameters of a layer have changed since they were programmed: its devices hold old ones."""


@dataclass(frozen=True, slots=True)
class _Note:
    layer: str
    core: int | None
    warning: Warning

    @property
    def kind(self) -> str:
        """What is clipped; or the words of a warning that has no share."""
        return getattr(self.warning, "what", "") or str(self.warning)

    @property
    def share(self) -> float:
        return getattr(self.warning, "share", None) or 0.0


class _Call(threading.local):
    """What computes now in this thread, and what it has warned of."""

    def __init__(self) -> None:
        self.layer: Any = None
        """The analog layer whose forward is running."""
        self.standing_in = False
        """Whether stand-ins take the place of the weights of layers; see `aimc.nn.stand_in`."""
        self.outside: Any = None
        """Told of a layer whose weights another module multiplied with, which ones, how often."""
        self.core: int | None = None
        """The core that was read last."""
        self.model: nn.Module | None = None
        """The model whose forward gives out the notes; ``None``: the layer does."""
        self.notes: list[_Note] = []


CALL = _Call()
CALLED = nn.Module._call_impl.__code__


def gather_at(model: nn.Module) -> None:
    """Have a model give out the warnings of its layers at the end of its forward.

    So do its parts, where they are called without the model. An analog layer does so by itself.
    """
    for module in model.modules():
        holds = any(hasattr(part, "matrices") for part in module.modules())
        if holds and not is_gathering(module) and not hasattr(module, "matrices"):
            module.register_forward_hook(_at_the_end, always_call=True)


def stop_gathering(model: nn.Module) -> None:
    """Undo `gather_at`."""
    for key in [key for key, hook in model._forward_hooks.items() if hook is _at_the_end]:
        del model._forward_hooks[key]
        model._forward_hooks_always_called.pop(key, None)


def is_gathering(model: nn.Module) -> bool:
    """Tell whether a model gives out the warnings of its layers."""
    return _at_the_end in model._forward_hooks.values()


def _at_the_end(model: nn.Module, inputs: Any, outputs: Any) -> None:
    if torch.compiler.is_dynamo_compiling():
        return  # layers give out their own
    if CALL.notes and CALL.model is model:
        give_out()


def give_out() -> None:
    """Warn of all that was noted, once for each category."""
    notes, CALL.notes, CALL.model = CALL.notes, [], None
    for category in dict.fromkeys(type(note.warning) for note in notes):
        same = [note for note in notes if type(note.warning) is category]
        if category is RangeWarning:
            emit(_gathered([note.warning for note in same], _lines(same)))
        else:
            emit(category(_stale(same) if category is StaleWeightsWarning else _lines(same)))


def _gathered(parts: Sequence[Any], message: str) -> RangeWarning:
    """Return one warning of several, with the largest share among them."""
    most = max(parts, key=lambda part: part.share or 0.0)
    return RangeWarning(
        message, share=most.share, what=most.what, layer=most.layer, core=most.core, parts=parts
    )


def _take(warning: Warning) -> bool:
    """Note a warning if a layer is computing."""
    if CALL.layer is None:
        return False
    core = None if isinstance(warning, StaleWeightsWarning) else CALL.core
    note = _Note(CALL.layer._label, core, warning)
    if isinstance(warning, RangeWarning):
        warning.layer, warning.core = note.layer, note.core
    CALL.notes.append(note)
    CALL.model = running_model()
    return True


warning_takers.append(_take)


def running_model() -> nn.Module | None:
    """Return the outermost model whose forward is running and which gives out warnings.

    It is looked for on the stack, and not counted on the way in: that costs a forward nothing, and
    stays right where one is interrupted.
    """
    found, frame = None, sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code is CALLED:
            module = frame.f_locals.get("self")
            if isinstance(module, nn.Module) and is_gathering(module):
                found = module
    return found


def model_computes() -> bool:
    """Tell whether the forward of a model with layers on cores is running, called as it may be."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        code = frame.f_code
        if code is nn.Module._call_impl.__code__ or (
            code.co_name == "forward" and code.co_argcount
        ):
            module = frame.f_locals.get(code.co_varnames[0])
            if isinstance(module, GraphModule) and not is_gathering(module):
                # copies of what torch.fx has traced have lost the hook
                if any(hasattr(part, "matrices") for part in module.modules()):
                    return True
            elif isinstance(module, nn.Module) and is_gathering(module):
                return True
    return False


def _stale(notes: Sequence[_Note]) -> str:
    names = list(dict.fromkeys(repr(note.layer) for note in notes))
    layers, their = ("layer", "its") if len(names) == 1 else ("layers", "their")
    return (
        f"the parameters of {layers} {', '.join(names)} have changed since they were programmed: "
        f"{their} devices still hold the old weights; call aimc.nn.program(model) to write the new "
        "ones"
    )


def _lines(notes: Sequence[_Note]) -> str:
    """Return one line for each layer and kind of message, with the largest share that it names."""
    kinds: dict[tuple[str, str], list[_Note]] = {}
    for note in notes:
        kinds.setdefault((note.layer, note.kind), []).append(note)
    advice = {str(note.warning).rpartition("; ")[2] for note in notes}
    shared = advice.pop() if len(kinds) > 1 and len(advice) == 1 else ""
    lines = []
    for (layer, _), same in kinds.items():
        cores = sorted({note.core for note in same if note.core is not None})
        where = f", core{'s' if len(cores) > 1 else ''} {_listed(cores)}" if cores else ""
        message = str(max(same, key=lambda note: note.share).warning)
        most = "up to " if len({str(note.warning) for note in same}) > 1 else ""
        lines.append(f"layer {layer!r}{where}: {most}{message.removesuffix('; ' + shared)}")
    if len(lines) == 1:
        return lines[0]
    count = len({note.layer for note in notes})
    whose = "1 layer warns" if count == 1 else f"{count} layers warn"
    return "\n  ".join([f"{whose}:", *lines]) + (f"\n{shared}" if shared else "")


def _listed(numbers: Sequence[int]) -> str:
    """Return sorted numbers as text, runs of them as ``first-last``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )
