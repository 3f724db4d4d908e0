"""The way back: from a model on analog cores to the digital model with the same parameters."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from aimc.nn.attention import close_encoders
from aimc.nn.detached_copy import copy_of
from aimc.nn.gathered_warnings import stop_gathering
from aimc.nn.layer import AnalogLayer
from aimc.nn.tables import stop_watching

__all__ = ["to_digital"]


def to_digital(model: nn.Module) -> nn.Module:
    """Return a copy of a model whose layers are digital again, with the same parameters.

    Each analog layer becomes the torch layer that it was converted from, or, made without one, the
    one that it is a subclass of. The parameters are copies of the model's, as they are now:
    training changes them, programming does not, since the devices hold what was written, not
    the parameters. The copy holds no cores, and computes what the digital model would, bit by bit.
    Batch normalisations that `fold_batch_norm` folded before the conversion stay folded.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`, or an analog layer; it is left as it is.

    Returns
    -------
    torch.nn.Module
        The digital model. Its state dictionary has the names of the analog one.

    Raises
    ------
    TypeError
        If ``model`` is no module.
    ValueError
        If the model holds no analog layer.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> analog = aimc.nn.convert(torch.nn.Linear(4, 3), aimc.presets.hermes)
    >>> type(aimc.nn.to_digital(analog)).__name__
    'Linear'
    """
    modules = model.modules() if isinstance(model, nn.Module) else ()
    layers = [module for module in modules if isinstance(module, AnalogLayer)]
    # What the cores hold is large, and not copied only to be dropped.
    held = {id(part): () for layer in layers for part in (layer.sums, layer.matrices)}
    digital = copy_of(model, held)
    if not layers:
        raise ValueError("model holds no analog layer: it is digital already")
    close_encoders(digital)
    for module in digital.modules():
        stop_gathering(module)
        stop_watching(module)
        if isinstance(module, AnalogLayer):
            _leave(module)
    return digital


def _leave(layer: Any) -> None:
    """Turn an analog layer into its torch counterpart where it stands."""
    kinds = type(layer).__mro__
    for kind in kinds:
        if issubclass(kind, AnalogLayer):
            for name in inspect.get_annotations(kind):
                # Without a value it is the type of what torch sets.
                if kind is AnalogLayer or name in vars(kind):
                    layer.__dict__.pop(name, None)
    layer.__class__ = next(kind for kind in kinds if not issubclass(kind, AnalogLayer))
