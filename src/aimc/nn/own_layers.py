"""Layers of one's own on cores: what they hold, and that `convert` knows them."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import nn

from aimc.nn.layer import AnalogLayer
from aimc.nn.selection import COUNTERPARTS
from aimc.nn.stand_in import Factor

__all__ = ["AnalogDense", "register"]


class AnalogDense(AnalogLayer):
    """Base for a layer of one's own that multiplies vectors with one matrix and adds a bias.

    `convert` recognises most such layers by trying them. For one that it cannot try, since its
    forward takes more than vectors, a subclass says where the digital layer keeps its matrix, and
    `register` makes it known::

        class AnalogScores(aimc.nn.AnalogDense, Scores):
            weight_name, transposed_weight = "table", True


        aimc.nn.register(Scores, AnalogScores)
        analog = aimc.nn.convert(model, aimc.presets.hermes)

    It is a class with a name, so that models with it can be copied and pickled. Layers that compute
    anything else inherit from `AnalogLayer` and write their own ``forward``.
    """

    weight_name: ClassVar[str] = "weight"
    """Name of the parameter that holds the matrix."""
    bias_name: ClassVar[str | None] = "bias"
    """Name of the parameter that is added, of shape (out,); ``None``: there is none."""
    transposed_weight: ClassVar[bool] = False
    """Whether the parameter has shape (in, out); by default it has shape (out, in)."""

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a digital layer cannot be converted; empty if it can."""
        weight = getattr(module, cls.weight_name)
        if weight.ndim != 2:
            return f"{cls.weight_name} must have 2 axes, it has shape {tuple(weight.shape)}"
        outputs = weight.shape[1 if cls.transposed_weight else 0]
        bias = None if cls.bias_name is None else getattr(module, cls.bias_name, None)
        if bias is not None and tuple(bias.shape) != (outputs,):
            way = "(in, out)" if cls.transposed_weight else "(out, in)"
            return (
                f"{cls.bias_name} must have shape ({outputs},), since {cls.weight_name} of shape "
                f"{tuple(weight.shape)} is {way}, it has {tuple(bias.shape)}: see transposed_weight"
            )
        return ""

    @classmethod
    def parameters_of(cls, module: nn.Module) -> Sequence[str]:
        """Return the name of the parameter that holds the matrix."""
        return (cls.weight_name,)

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        return ((self.weight_name,),)

    def weight_matrix(self, name: str = "") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in)."""
        weight: torch.Tensor = getattr(self, self.weight_name)
        return weight.t() if self.transposed_weight else weight

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added digitally, shape (out,), or ``None``."""
        return None if self.bias_name is None else getattr(self, self.bias_name, None)

    def forward(self, *inputs: torch.Tensor, **named: torch.Tensor) -> torch.Tensor:
        """Return ``W x + b`` for one input of shape (..., in), whatever the layer calls it.

        Raises
        ------
        TypeError
            If there is not one input, or it is no tensor of floating-point numbers.
        ValueError
            If its last axis has not as many entries as the matrix has inputs.
        """
        given = (*inputs, *named.values())
        if len(given) != 1:
            raise TypeError(f"layer {self._label!r} takes one input, got {len(given)}")
        x = given[0]
        self._check_floating(x)
        length = self.matrices[0].shape[1]
        if x.ndim == 0 or x.shape[-1] != length:
            raise ValueError(
                f"layer {self._label!r}: input must have {length} entries on its last axis, got "
                f"shape {tuple(x.shape)}"
            )
        self.observe(x)
        return self.product(self.biases())(x)

    def _multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        if factor.transposed != self.transposed_weight:
            raise self.other_use(factor.parameter, "a product with its transpose")
        self.observe(x)
        return self.product(bias)(x)


def register(kind: type[nn.Module], analog: type[AnalogLayer]) -> None:
    """Teach `convert` a layer type.

    Parameters
    ----------
    kind : type
        The digital layer. Layers of exactly this type are converted, not those of subclasses, which
        may compute something else.
    analog : type
        Its analog counterpart: a subclass of `AnalogDense` or another analog layer, and of
        ``kind``, in this order.

    Raises
    ------
    TypeError
        If one of them is no such class.
    ValueError
        If ``kind`` has another counterpart already.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> class Scores(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.table = torch.nn.Parameter(torch.ones(4, 3))
    ...     def forward(self, x):
    ...         return x @ self.table
    >>> class AnalogScores(aimc.nn.AnalogDense, Scores):
    ...     weight_name, bias_name, transposed_weight = "table", None, True
    >>> aimc.nn.register(Scores, AnalogScores)
    >>> analog = aimc.nn.convert(Scores(), aimc.presets.ideal)
    >>> analog = aimc.nn.program(analog)
    >>> analog(torch.ones(1, 4)).tolist()
    [[4.0, 4.0, 4.0]]
    """
    for name, given in (("kind", kind), ("analog", analog)):
        if not inspect.isclass(given) or not issubclass(given, nn.Module):
            raise TypeError(f"{name} must be a class of torch modules, got {given!r}")
    if issubclass(kind, AnalogLayer):
        raise TypeError(f"kind must be the digital layer, got {kind.__name__}")
    order: tuple[type, ...] = analog.__mro__
    if not (issubclass(analog, AnalogLayer) and kind in order) or (
        order.index(AnalogLayer) > order.index(kind)
    ):
        raise TypeError(
            f"analog must inherit from an analog layer and then from {kind.__name__}, for example "
            f"class Analog{kind.__name__}(aimc.nn.AnalogDense, {kind.__name__}); {analog.__name__} "
            f"inherits from {', '.join(base.__name__ for base in analog.__bases__)}"
        )
    known = COUNTERPARTS.setdefault(kind, analog)
    if known is not analog:
        raise ValueError(f"kind={kind.__name__} is on cores as {known.__name__} already")
