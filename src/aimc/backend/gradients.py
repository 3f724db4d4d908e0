"""Steps of a multiplication with gradients of their own; torch only, imported when one is followed.

Automatic differentiation keeps every intermediate array of a formula and walks back through each.
A step that knows its derivative keeps what that needs and no more, and goes through long arrays
part by part, so that what lies between stays in the cache.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import torch

from aimc.backend.reading import Reading

__all__ = [
    "Power",
    "Read",
    "Received",
    "RoundedBetween",
    "SumOfSquares",
    "WithNoise",
    "round_through",
]

AT_ONCE = 1 << 18
"""Numbers of a part."""
_TINY = torch.finfo(torch.float32).tiny

Draw: TypeAlias = Callable[[torch.Tensor], object]
"""Writes standard normal numbers over a tensor."""


class RoundedBetween(torch.autograd.Function):
    """``values * factor``, rounded and clipped; the gradient is ``factor`` inside the limits."""

    @staticmethod
    def forward(
        ctx: Any,
        values: torch.Tensor,
        limit: float,
        factor: float,
        dtype: torch.dtype | None = None,
        share: list[float] | None = None,
    ) -> torch.Tensor:
        """Return integers in ``[-limit, limit]`` in a format, by default that of the values.

        The share of the values that is beyond the limits is added to a list, if there is one; NaN
        if a value is not finite.
        """
        # in the order in memory of the values, or layers before this one would copy the gradient
        ctx.order, axes = None, range(values.ndim)
        if not values.is_contiguous():
            ctx.order = sorted(axes, key=values.stride, reverse=True)
            ctx.back = sorted(axes, key=ctx.order.__getitem__)
        ctx.factor, ctx.dtype = factor, values.dtype
        given = values if ctx.order is None else values.permute(ctx.order)
        how = limit, factor, dtype or values.dtype, False, ctx.needs_input_grad[0]
        rounded, _, within, beyond = _ROUNDED.of(values, how, lambda: _rounded(given, *how))
        if share is not None:
            share.append(beyond)
        ctx.save_for_backward(within)
        # not what is kept, but another tensor in its memory, which gets a gradient of its own
        rounded = rounded.view(given.shape)
        return rounded if ctx.order is None else rounded.permute(ctx.back)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradient of the values."""
        (within,) = ctx.saved_tensors
        given = grads[0] if ctx.order is None else grads[0].permute(ctx.order)
        found = _by_values(_rows(given), ctx.factor, within, ctx.dtype).view(given.shape)
        return found if ctx.order is None else found.permute(ctx.back), *[None] * 4


class _Last:
    """What was made of a tensor last, for others that read the same one: queries, keys and values.

    It is let go when the tensor is, or when another comes.
    """

    def __init__(self) -> None:
        self._kept: tuple[Any, ...] = (lambda: None,)

    def of(self, source: torch.Tensor, how: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what ``make`` returns, which depends on the source and on ``how``."""
        # what no step of a forward has made may change uncounted, as a buffer of NumPy's does
        if source.grad_fn is None or torch.is_inference_mode_enabled():
            return make()
        kept, stamp = self._kept, (source._version, source.data_ptr(), how)
        if kept[0]() is not source or kept[1] != stamp:
            kept = self._kept = weakref.ref(source, self._forget), stamp, make()
        return kept[2]

    def _forget(self, _: Any) -> None:
        self._kept = (lambda: None,)


_ROUNDED = _Last()


def _rounded(
    given: torch.Tensor,
    limit: float,
    factor: float,
    dtype: torch.dtype,
    squares: bool,
    followed: bool,
    likely: bool = True,
) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None, float]:
    """Return rows of integers, sums of their squares, marks, share beyond the limit.

    The share is NaN if a value is not finite; there are marks if some are beyond.
    """
    rows = _rows(given)
    single = torch.promote_types(rows.dtype, torch.float32)
    rounded = torch.empty_like(rows, dtype=dtype)
    sums = rows.new_empty((rows.shape[0], 1), dtype=single) if squares else None
    within = torch.empty_like(rows, dtype=torch.int8) if followed else None
    beyond = 0.0
    for part, out, length, marks in _parts(rows, rounded, sums, within):
        codes, wide = _room(out, single), likely or beyond > 0
        scaled = _scaled(part, factor, torch.empty_like(codes))
        beyond += _clipped(scaled, limit, marks, codes, wide)
        _put(out, codes)
        if length is not None:
            torch.linalg.vector_norm(codes, dim=-1, keepdim=True, out=length).square_()
    if beyond == 0:
        return rounded, sums, None, 0.0
    # of those that are not, none is inside; a sum is looked through in the least time
    finite = math.isfinite(float(rows.sum())) or bool(rows.isfinite().all())
    return rounded, sums, within, beyond / rows.numel() if finite else math.nan


def _by_values(
    rows: torch.Tensor,
    factor: float,
    within: torch.Tensor | None,
    dtype: torch.dtype,
    codes: torch.Tensor | None = None,
    slope: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the gradient of values by that of their codes, and by a slope times these."""
    single = torch.promote_types(dtype, torch.float32)
    found = torch.empty_like(rows, dtype=dtype)
    for given, of, times, inside, out in _parts(rows, codes, slope, within, found):
        grad = _scaled(given, factor, _room(out, single))
        if times is not None:
            grad.addcmul_(of, times)
        if inside is not None:
            grad.mul_(inside)
        _put(out, grad)
    return found


def _room(place: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return where to compute in a number format what goes to a place: there, if it has it."""
    return place if place.dtype == dtype else torch.empty_like(place, dtype=dtype)


def _scaled(values: torch.Tensor, factor: torch.Tensor | float, room: torch.Tensor) -> torch.Tensor:
    """Return values times a factor, in a room and its number format."""
    if values.dtype == room.dtype:
        return torch.mul(values, factor, out=room)
    return room.copy_(values).mul_(factor)


def _put(place: torch.Tensor, values: torch.Tensor) -> None:
    """Write values to a place, if they were not computed there."""
    if values is not place:
        place.copy_(values)


def _rows(values: torch.Tensor) -> torch.Tensor:
    if values.ndim == 2:
        return values
    return values.reshape(-1, values.shape[-1]) if values.ndim > 0 else values.reshape(1, 1)


def _parts(rows: torch.Tensor, *others: torch.Tensor | None) -> Iterable[tuple[Any, ...]]:
    """Return parts of matrices, as many rows of each, that stay in the cache one by one.

    Parts of ``None`` are ``None``. torch draws by sixteen: few numbers are in such parts those that
    all at once would be.
    """
    count, width = rows.shape
    step = max(16, AT_ONCE // max(1, width) // 16 * 16)
    if count < 2 * step or rows.device.type != "cpu":
        return [(rows, *others)]
    sizes = [step] * (count // step)
    sizes[-1] += count % step
    nothing = [None] * len(sizes)
    cut = [nothing if each is None else each.split(sizes) for each in (rows, *others)]
    return zip(*cut, strict=True)


def _clipped(
    values: torch.Tensor,
    limit: float,
    within: torch.Tensor | None,
    out: torch.Tensor,
    likely: bool,
) -> float:
    """Write values, which are lost, as integers inside a limit; return how many were beyond it.

    ``within`` gets ones for the others. Where none is ``likely`` to be beyond, that is looked for
    first, which takes less time if it is so.
    """
    # what was compared before rounding: half a step beyond the last level is beyond
    reach = limit + min(1e-6 * limit, 0.25)
    if not likely and values.numel() > 0:
        least, most = values.aminmax()
        if least.item() >= -reach and most.item() <= reach:
            torch.round(values, out=out)
            if within is not None:
                within.fill_(1)
            return 0.0
    torch.clamp(values, -reach, reach, out=out)
    # marks in the format of the values are made and added up four times as fast as truth values
    marks = values.eq_(out)
    beyond = values.numel() - float(marks.sum())
    if within is not None and beyond > 0:
        within.copy_(marks)
    elif within is not None:
        within.fill_(1)  # in a sixth of the time
    out.round_()
    return beyond


class _Round(torch.autograd.Function):
    """Rounding whose gradient is one."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
        """Return the nearest integers."""
        return values.round()

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Pass the gradient."""
        return grads[0]


def round_through(values: torch.Tensor) -> torch.Tensor:
    """Return the nearest integers; the gradient passes as if nothing was rounded."""
    rounded: torch.Tensor = _Round.apply(values)
    return rounded


class SumOfSquares(torch.autograd.Function):
    """The sum of the squares along an axis, which is kept."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor, axis: int) -> torch.Tensor:
        """Return the sums."""
        ctx.save_for_backward(values)
        return torch.linalg.vector_norm(values, dim=axis, keepdim=True).square_()

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradient of the values."""
        (values,) = ctx.saved_tensors
        return values * (2 * grads[0]), None


class WithNoise(torch.autograd.Function):
    """Values plus normal numbers of a variance whose gradient is followed too."""

    @staticmethod
    def forward(
        ctx: Any, values: torch.Tensor, variance: torch.Tensor, normals: torch.Tensor
    ) -> torch.Tensor:
        """Return values (..., out) with noise of variance (..., 1) or (..., out)."""
        std = variance.sqrt()
        ctx.save_for_backward(std, normals)
        return torch.addcmul(values, std, normals)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of the values and of the variance."""
        std, normals = ctx.saved_tensors
        by_variance = None
        if ctx.needs_input_grad[1]:
            by_variance = grads[0] * normals
            if std.shape[-1] == 1:
                by_variance = by_variance.sum(dim=-1, keepdim=True)
            # without noise the codes are zero as well, and so is the slope: only no overflow
            by_variance.div_(2 * std.clamp_min(math.sqrt(_TINY)))
        return grads[0], by_variance, None


class Power(torch.autograd.Function):
    """The variance of currents, for a variance per squared code."""

    @staticmethod
    def forward(ctx: Any, codes: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
        """Return ``codes**2 @ variance``, shape (..., out).

        ``codes`` have shape (..., in); ``variance`` is (in, out), or (1, out) if it is the same
        for all inputs of an output.
        """
        ctx.alike = variance.shape[0] == 1 and codes.shape[-1] != 1
        ctx.save_for_backward(codes, variance[0] if ctx.alike else variance)
        if not ctx.alike:
            return codes.square().to(variance.dtype) @ variance
        kind = torch.promote_types(codes.dtype, torch.float32)
        length = torch.linalg.vector_norm(codes, dim=-1, keepdim=True, dtype=kind)
        return length.square_() * variance[0]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradient of the codes."""
        codes, variance = ctx.saved_tensors
        if ctx.alike:
            slope = (grads[0] * variance).sum(dim=-1, keepdim=True)
        else:
            slope = grads[0].to(variance.dtype) @ variance.T
        return slope.mul_(2).to(codes.dtype) * codes, None


class Received(torch.autograd.Function):
    r"""Products with weights as the digital side receives them: with noise, rounded, scaled.

    With the variance :math:`p_i` of the devices, :math:`o_i` of the output circuits and a standard
    normal :math:`\xi_i` the current is :math:`I_i = f_i z_i + \sigma_i \xi_i` with
    :math:`\sigma_i^2 = p_i + o_i^2`. Gradients pass the rounding and are zero where it clips. By
    :math:`p_i` the current has the slope :math:`\xi_i / 2 \sigma_i`: who sends less current meets
    less noise.
    """

    @staticmethod
    def forward(
        ctx: Any,
        products: torch.Tensor,
        power: torch.Tensor | None,
        offset: torch.Tensor | None,
        how: Reading,
        draw: Draw | None,
        share: list[float],
    ) -> torch.Tensor:
        """Return outputs, shape (..., out).

        ``power`` has shape (..., out) or (..., 1). The share that is clipped is added to a list.
        """
        rows = _rows(products)
        std = None if power is None else _deviation(_rows(power), how)
        outputs, normals, within, beyond = _received(
            rows, std, offset, how, draw, ctx.needs_input_grad[1], ctx.needs_input_grad[0]
        )
        share.append(beyond)
        ctx.save_for_backward(within, normals, std, how.factor, how.full)
        ctx.dtype, ctx.times = products.dtype, how.times
        ctx.of_power = None if power is None else power.shape
        return outputs.view(products.shape)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of the products, of the power and of the offset."""
        rows, kept = _rows(grads[0]), ctx.saved_tensors
        by_products, by_power = _by_products(rows, kept, ctx.dtype, ctx.times)
        by_power = None if by_power is None else by_power.view(ctx.of_power)
        by_offset = rows.sum(0, dtype=kept[-1].dtype) if ctx.needs_input_grad[2] else None
        return by_products.view(grads[0].shape), by_power, by_offset, None, None, None


class Read(torch.autograd.Function):
    """Inputs to codes, products of these with weights, and what the digital side receives of them.

    The same as `RoundedBetween`, a product, `Power` and `Received`, with a single node that
    automatic differentiation makes and walks through.
    """

    @staticmethod
    def forward(
        ctx: Any,
        values: torch.Tensor,
        weights: torch.Tensor,
        offset: torch.Tensor | None,
        how: Reading,
        draw: Draw | None,
        shares: list[float],
        followed: bool,
    ) -> torch.Tensor:
        """Return outputs, shape (..., out).

        Gradients, if any are ``followed``, follow values (..., in), weights (out, in) and offset
        (out,). The shares of the inputs, NaN if one is not finite, and of the outputs that are
        clipped are added to a list.
        """
        # what is needed for gradients is known even where none are followed
        by_values = followed and ctx.needs_input_grad[0]
        spread, of_length = how.spread, how.of_length
        codes_how = how.levels, how.per_input, how.matrix.dtype, of_length, by_values
        codes, squares, inside, beyond = _ROUNDED.of(
            values, codes_how, lambda: _rounded(values, *codes_how, how.inputs_clip)
        )
        shares.append(beyond)
        std = None
        if squares is not None:
            std = _deviation(squares if spread is None else squares * spread, how)
        elif spread is not None:
            std = _deviation(codes.square().to(spread.dtype) @ spread, how)
        outputs, normals, within, beyond = _received(
            codes @ how.matrix, std, offset, how, draw, std is not None and by_values, followed
        )
        shares.append(beyond)
        ctx.save_for_backward(
            within, normals, std, how.factor, how.full, codes, inside, how.matrix, spread, how.back
        )
        ctx.of_values, ctx.of_weights = values.dtype, weights.dtype
        ctx.of_length, ctx.per_input, ctx.times = how.of_length, how.per_input, how.times
        return outputs.view(*values.shape[:-1], outputs.shape[-1])

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of the values, of the weights and of the offset."""
        *received, codes, inside, matrix, spread, back = ctx.saved_tensors
        by_values, by_weights, by_offset = ctx.needs_input_grad[:3]
        rows, per_input = _rows(grads[0]), ctx.per_input
        given, by_power = _by_products(rows, received, codes.dtype, ctx.times)
        found: list[torch.Tensor | None] = [None] * 7
        if by_values:
            by_codes, slope = given @ matrix.T, None
            if by_power is not None and ctx.of_length:
                slope = by_power if spread is None else (by_power * spread).sum(-1, keepdim=True)
                slope = slope.mul(2 * per_input)
            elif by_power is not None:
                by_squares = by_power.to(spread.dtype) @ spread.T
                by_codes += by_squares.mul_(2).to(codes.dtype).mul_(codes)
            by_rows = _by_values(by_codes, per_input, inside, ctx.of_values, codes, slope)
            found[0] = by_rows.view(*grads[0].shape[:-1], codes.shape[1])
        if by_weights:
            by_matrix = (given.T @ codes).to(ctx.of_weights)
            found[1] = by_matrix if back is None else by_matrix.mul_(back[:, None])
        if by_offset:
            found[2] = rows.sum(0, dtype=received[-1].dtype)
        return tuple(found)


def _deviation(power: torch.Tensor, how: Reading) -> torch.Tensor:
    """Return the standard deviation of noise with a variance, and of that of the circuits."""
    return power.to(how.full.dtype).mul(how.times).add_(how.output_std**2).sqrt_()


def _received(
    rows: torch.Tensor,
    std: torch.Tensor | None,
    offset: torch.Tensor | None,
    how: Reading,
    draw: Draw | None,
    keep: bool,
    mark: bool,
) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None, float]:
    """Return outputs, normals that are kept, marks of what is not clipped, share of what is."""
    full, factor = how.full, 1.0 if how.factor is None else how.factor
    outputs = torch.empty_like(rows, dtype=how.dtype)
    # kept as they are drawn: to round them to 16 bits, and back later, takes two more passes
    normals = torch.empty_like(rows, dtype=full.dtype) if keep else None
    within = torch.empty_like(rows, dtype=torch.int8) if mark else None
    beyond = 0.0
    for part, out, size, kept, marks in _parts(rows, outputs, std, normals, within):
        counts = _room(out, full.dtype)
        current = _scaled(part, factor, torch.empty_like(counts))
        if draw is not None:
            drawn = torch.empty_like(current) if kept is None else kept
            draw(drawn)
            if size is None:
                current += how.output_std * drawn
            else:
                current.addcmul_(size, drawn)
        beyond += _clipped(current, how.limit, marks, counts, how.outputs_clip or beyond > 0)
        counts.mul_(full)
        _put(out, counts if offset is None else counts.add_(offset))
    return outputs, normals, within if beyond > 0 else None, beyond / max(1, rows.numel())


def _by_products(
    rows: torch.Tensor, kept: Sequence[torch.Tensor | None], dtype: torch.dtype, times: float
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the gradients of products and of the power by that of outputs."""
    within, normals, std, factor, full = kept
    assert full is not None
    if torch.is_grad_enabled():
        raise RuntimeError(
            "gradients of gradients (create_graph=True) do not pass a read with converters or "
            "noise: set layer.digital = True for them"
        )
    by_products = torch.empty_like(rows, dtype=dtype)
    by_power = None if normals is None or std is None else torch.empty_like(std)
    slope = full if factor is None else full * factor
    for part, drawn, marks, out, size in _parts(rows, normals, within, by_products, by_power):
        room = _room(out, full.dtype)
        given = part if part.dtype == room.dtype else room.copy_(part)
        given = given if marks is None else torch.mul(given, marks, out=room)
        if size is not None:
            product = torch.mul(drawn, given, out=torch.empty_like(room))
            if size.shape[-1] == 1:
                torch.mv(product, full, out=size.view(-1))
            else:
                torch.mul(product, full, out=size)
        _put(out, _scaled(given, slope, room))
    if by_power is not None and std is not None:
        # without noise the codes are zero as well, and so is the slope: only no overflow
        by_power.div_(std.clamp_min(math.sqrt(_TINY))).mul_(0.5 * times)
    return by_products, by_power
