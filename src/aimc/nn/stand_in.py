"""What stands for a weight parameter in a forward that is not the layer's own.

Much code multiplies with a parameter and never calls the layer that holds it: ``layer.weight @ x``.
A stand-in passes such products on, to cores or to whoever asks about them, follows what is only a
view of the parameter, and refuses all else, so that no weight on cores is read past them in
silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

__all__ = ["Factor", "Multiplier", "StandIn"]


@dataclass(frozen=True, slots=True)
class Factor:
    """The matrix W of a product, as code names it that multiplies with a parameter."""

    parameter: str
    """Name of the parameter that holds W."""
    expert: int | None = None
    """Number of W in it, if it holds several matrices."""
    transposed: bool = False
    """Whether it holds them with shape (in, out) instead of (out, in)."""


class Multiplier(Protocol):
    """Whom a stand-in passes products on to."""

    def multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """Return ``x W^T + bias``, shape (..., out).

        Parameters
        ----------
        factor : Factor
            Which W.
        x : tensor
            Vectors, (..., in).
        bias : tensor of shape (out,) or None
            What is added.
        """

    def convolve(
        self,
        parameter: str,
        x: torch.Tensor,
        bias: torch.Tensor | None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> torch.Tensor:
        """Return the convolution of images with the parameter, as `torch.nn.functional` does."""

    def other_use(self, parameter: str, function: str) -> Exception:
        """Return the error that a function of the parameter raises which is no product."""


def _getters(names: str) -> set[Any]:
    return {getattr(torch.Tensor, name).__get__ for name in names.split()}


# What tells of a tensor and does nothing with its values.
ASKED = {
    *_getters("shape dtype device ndim layout is_cuda is_meta is_leaf is_sparse"),
    torch.Tensor.dim, torch.Tensor.size, torch.Tensor.numel, torch.Tensor.stride,
    torch.Tensor.data_ptr, torch.Tensor.element_size, torch.Tensor.is_contiguous,
    torch.Tensor.is_floating_point, torch.is_floating_point, torch.Tensor.__len__,
    torch.Tensor.new_zeros, torch.Tensor.new_ones, torch.Tensor.new_empty, torch.Tensor.new_full,
    torch.Tensor.new_tensor, torch.zeros_like, torch.ones_like, torch.empty_like, torch.full_like,
    torch.rand_like, torch.randn_like,
}  # fmt: skip
TRAINED = torch.Tensor.requires_grad.__get__  # type: ignore[attr-defined]
LIKE = {
    torch.Tensor.to,
    torch.Tensor.type_as,
}  # with a tensor that says where to and in which format
# Where values go and in which format: a core takes the vectors as they come.
MOVED = {
    torch.Tensor.to, torch.Tensor.type, torch.Tensor.type_as, torch.Tensor.float,
    torch.Tensor.half, torch.Tensor.bfloat16, torch.Tensor.double, torch.Tensor.contiguous,
    torch.Tensor.detach,
}  # fmt: skip
TURNED = {
    *_getters("T mT"), torch.Tensor.t, torch.t, torch.Tensor.transpose, torch.transpose,
    torch.Tensor.swapaxes, torch.swapaxes,
}  # fmt: skip
RESHAPED = {
    torch.Tensor.squeeze, torch.squeeze, torch.Tensor.unsqueeze, torch.unsqueeze,
    torch.Tensor.view, torch.Tensor.reshape, torch.reshape,
}  # fmt: skip
PRODUCTS = {
    torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__, torch.Tensor.__rmatmul__,
    torch.mm, torch.Tensor.mm, torch.bmm, torch.Tensor.bmm,
}  # fmt: skip
SUMS = {torch.addmm, torch.Tensor.addmm, torch.baddbmm, torch.Tensor.baddbmm}
CONVOLUTIONS = {
    nn.functional.conv1d, nn.functional.conv2d, nn.functional.conv3d,
    torch.conv1d, torch.conv2d, torch.conv3d,
}  # fmt: skip
# With the matrices of experts: torch's, newer than the oldest one that we support, and the operator
# that Hugging Face's transformers register for where torch has none.
GROUPED = ("_grouped_mm", "grouped_mm_fallback", "grouped_mm_fallback.default")


class StandIn(torch.Tensor):
    """Stands in for a parameter; made by `StandIn.of`."""

    multiplier: Multiplier
    """Whom products are passed on to."""
    parameter: str
    """Name of the parameter."""
    whole: torch.Size
    """Its shape."""
    turned: bool
    """Whether the last two axes are swapped."""
    trained: bool
    """Whether the parameter requires a gradient."""
    chosen: int | torch.Tensor | None
    """The expert or the experts whose matrices these are; ``None``: all, or there is one matrix."""
    _is_param = True  # by which torch takes it for a parameter

    @classmethod
    def of(
        cls, values: torch.Tensor, multiplier: Multiplier, parameter: str, trained: bool
    ) -> StandIn:
        """Return what stands for a parameter with these values."""
        made: StandIn = values.detach().as_subclass(cls)  # type: ignore[assignment]
        made.multiplier, made.parameter, made.whole = multiplier, parameter, values.shape
        made.trained, made.turned, made.chosen = trained, False, None
        return made

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Pass on a product, follow a view, and refuse all else."""
        given: dict[str, Any] = dict(kwargs or {})
        if func == TRAINED:
            return args[0].trained
        if func in ASKED or (func in LIKE and not isinstance(args[0], StandIn)):
            with torch._C.DisableTorchFunctionSubclass():
                return func(*args, **given)
        met = [each for each in (*args, *given.values()) if isinstance(each, StandIn)]
        found = met[0]._answer(func, args, given) if len(met) == 1 else None
        if found is not None:
            return found
        if not met:  # inside of a list
            met = [each for each in tree_leaves((args, given)) if isinstance(each, StandIn)]
        raise met[0].multiplier.other_use(met[0].parameter, getattr(func, "__name__", str(func)))

    def _answer(self, func: Any, args: Any, given: dict[str, Any]) -> torch.Tensor | None:
        """Return what a function gives; ``None`` if it is none that a core computes."""
        if func is nn.functional.linear:
            options = {**dict(zip(("input", "weight", "bias"), args, strict=False)), **given}
            if options["weight"] is not self:
                return None
            return self._product(options["input"], options.get("bias"), right=False)
        if func in CONVOLUTIONS:
            names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
            options = {**dict(zip(names, args, strict=False)), **given}
            x, weight = options.pop("input"), options.pop("weight")
            if weight is not self or self._shape() != self.whole:
                return None
            return self.multiplier.convolve(self.parameter, x, options.pop("bias", None), **options)
        if func in PRODUCTS and len(args) == 2 and not given:
            first, second = reversed(args) if func is torch.Tensor.__rmatmul__ else args
            if second is self:
                return self._product(first, None, right=True)
            y = self._product(second.mT, None, right=False) if second.ndim > 1 else None
            return None if y is None else y.mT
        if func in SUMS and len(args) == 3 and not given:
            return self._product(args[1], args[0], right=True) if args[2] is self else None
        if getattr(func, "__name__", "") in GROUPED and len(args) == 2 and args[1] is self:
            rest = {name: value for name, value in given.items() if value is not None}
            return self._grouped(args[0], rest["offs"]) if set(rest) == {"offs"} else None
        return self._view(func, args[1:], given) if args and args[0] is self else None

    def _shape(self) -> torch.Size:
        with torch._C.DisableTorchFunctionSubclass():
            return self.shape

    def _view(self, func: Any, rest: Any, given: dict[str, Any]) -> StandIn | None:
        if func in MOVED:
            return self
        if given:
            return None
        turned, chosen = self.turned, self.chosen
        with torch._C.DisableTorchFunctionSubclass():
            axes, plain = self.ndim, self.as_subclass(torch.Tensor)  # type: ignore[arg-type]
            if func in TURNED and axes > 1:
                if {axis % axes for axis in rest} not in (set(), {axes - 1, axes - 2}):
                    return None
                values, turned = plain.mT, not turned
            elif func in RESHAPED and len(self.whole) > 2:
                values = func(plain, *rest)
            elif func is torch.Tensor.__getitem__ and axes == 3 and chosen is None:
                index = rest[0]
                if isinstance(index, int):
                    index = torch.tensor(index)
                if not isinstance(index, torch.Tensor) or index.dtype in (torch.bool, torch.uint8):
                    return None
                values = plain[index]
                chosen = index % len(plain) if index.ndim else int(index) % len(plain)
            else:
                return None
            view = StandIn.of(values, self.multiplier, self.parameter, self.trained)
        view.whole, view.turned, view.chosen = self.whole, turned, chosen
        return view

    def _product(self, x: Any, bias: Any, *, right: bool) -> torch.Tensor | None:
        """Return a product of vectors (..., in) with the matrix, or with the matrix of each.

        Several experts have the third axis of the vectors from the end, as in `torch.matmul`;
        ``right`` tells that the stand-in has shape (in, out), as in ``x @ stand_in``.
        """
        shape = self._shape()
        if len(shape) not in (2, 3) or len(self.whole) > 3:
            return None
        transposed = self.turned != right
        of_cores = bias is not None and bias.ndim == 1
        added = bias if of_cores else None

        def of(expert: int | None, vectors: torch.Tensor) -> torch.Tensor:
            return self.multiplier.multiply(
                Factor(self.parameter, expert, transposed), vectors, added
            )

        if len(shape) == 2:
            if len(self.whole) == 3 and not isinstance(self.chosen, int):
                return None  # it was reshaped
            y = of(self.chosen if isinstance(self.chosen, int) else None, x)
        else:
            some = self.chosen if isinstance(self.chosen, torch.Tensor) else torch.arange(shape[0])
            # each expert meets its own of the vectors, or all, whatever axes stand in front
            own = x if x.ndim > 2 else x.unsqueeze(0)
            own = own.expand(*own.shape[:-3], len(some), *own.shape[-2:])
            y = _for_each(some.tolist(), own.movedim(-3, 0), of).movedim(0, -3)
        return y if bias is None or of_cores else y + bias

    def _grouped(self, x: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
        """Return the products of rows sorted by expert, given where the rows of each end."""
        stops = ends.tolist()
        lengths = [stop - start for start, stop in zip([0, *stops[:-1]], stops, strict=True)]
        some = [expert for expert, length in enumerate(lengths) for _ in range(length)]
        transposed = not self.turned
        y = _for_each(
            some,
            x[: len(some)],
            lambda e, rows: self.multiplier.multiply(
                Factor(self.parameter, e, transposed), rows, None
            ),
        )
        return y if len(some) == len(x) else nn.functional.pad(y, (0, 0, 0, len(x) - len(some)))


def _for_each(
    experts: Sequence[int], x: torch.Tensor, product: Callable[[int, torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """Return the products of entries (n, ..., in) with the matrix of the expert of each."""
    where: dict[int, list[int]] = {}
    for row, expert in enumerate(experts):
        where.setdefault(expert, []).append(row)
    parts = [product(expert, x[rows]) for expert, rows in where.items()]
    order = torch.tensor([row for rows in where.values() for row in rows])
    return torch.cat(parts)[order.argsort().to(x.device)]
