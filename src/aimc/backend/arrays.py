"""Arrays of two libraries: NumPy and torch behind the Python array API standard.

Devices, circuits and cores are written once against the standard, so that the same lines run on
NumPy (teaching, the browser) and on torch tensors (gradients, GPU). What the standard lacks lives
here: rounding with a straight-through gradient, products in another precision, and moving constants
to the library of another array. torch is imported only after one of its arrays has come.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any, TypeAlias

import numpy as np
from array_api_compat import array_namespace, is_numpy_array

__all__ = [
    "PRECISIONS",
    "Array",
    "as_array",
    "at_least_single",
    "constant",
    "in_precision",
    "is_torch_array",
    "lasting",
    "like",
    "namespace",
    "peak",
    "product",
    "quantile",
    "round_straight_through",
    "rounded_between",
    "row_peaks",
    "scaled",
    "sent",
    "share_beyond",
    "stop_gradient",
    "supports",
    "take",
    "to_numpy",
    "tracks_gradient",
]

Array: TypeAlias = Any
"""A NumPy array or a torch tensor."""

PRECISIONS = ("float32", "bfloat16", "fastest")
"""Number formats in which a product may be computed; "fastest" is bfloat16 where it is a gain."""

# A part in a million of it is less than half a step.
EXACT = 1 << 18

# So few entries take no longer than the call of a function.
FEW = 2048

# A layer asks some ten times per call; that is looked up here, and not found out again.
_NAMESPACES: dict[type, Any] = {}


class _OfTorch(dict[type, bool]):
    """Which types are tensors, found out when one is first asked for."""

    def __missing__(self, kind: type) -> bool:
        tensor = getattr(sys.modules.get("torch"), "Tensor", ())
        found = self[kind] = issubclass(kind, tensor)
        return found


_OF_TORCH = _OfTorch()


def is_torch_array(array: Any) -> bool:
    """Return whether an array is a torch tensor."""
    return _OF_TORCH[type(array)]


def lasting(array: Array) -> AbstractContextManager[Any]:
    """Return a context for what is kept for later calls, which may follow gradients.

    In torch's inference mode tensors would be made that no later backward pass may use.
    """
    if not is_torch_array(array):
        return nullcontext()
    import torch

    if not torch.is_inference_mode_enabled():
        return nullcontext()
    context = ExitStack()
    context.enter_context(torch.inference_mode(False))
    context.enter_context(torch.no_grad())
    return context


def namespace(*arrays: Array) -> Any:
    """Return the array-API namespace that the arrays share.

    Raises
    ------
    TypeError
        If an argument is not an array, or if NumPy and torch arrays are mixed.
    """
    if len(arrays) == 1:
        known = _NAMESPACES.get(type(arrays[0]))
        if known is not None:
            return known
    try:
        found = array_namespace(*arrays)
    except TypeError as error:
        kinds = ", ".join(type(array).__name__ for array in arrays)
        raise TypeError(
            f"expected NumPy arrays or torch tensors of one library, got {kinds}"
        ) from error
    if len(arrays) == 1:
        _NAMESPACES[type(arrays[0])] = found
    return found


def as_array(name: str, value: Any) -> Array:
    """Return ``value`` as a floating-point array; lists and integers become float64 NumPy arrays.

    Raises
    ------
    TypeError
        If ``value`` cannot be read as an array of real numbers.
    """
    if is_torch_array(value):
        return (
            value if value.is_floating_point() else value.to(dtype=value.new_empty(0).float().dtype)
        )
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise TypeError(f"{name} cannot be read as an array: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def at_least_single(array: Array) -> Array:
    """Return ``array`` with entries of 32 bits or more; 16-bit floats become single precision.

    Conductances of some 1e-5 S, and even more so their variances, do not fit in half precision.
    """
    if array.itemsize >= 4:
        return array
    return array.float() if is_torch_array(array) else array.astype(np.float32)


def like(values: Any, reference: Array) -> Array:
    """Return ``values`` in the library, dtype and device of ``reference``."""
    if is_torch_array(reference):
        if is_torch_array(values):
            if values.dtype == reference.dtype and values.device == reference.device:
                return values
            return values.to(dtype=reference.dtype, device=reference.device)
        # a copy, so that later changes of `values` do not reach it; by way of double precision
        array = np.asarray(to_numpy(values), dtype=np.float64)
        if any(stride < 0 for stride in array.strides):
            array = array.copy()
        return reference.new_empty(0).new_tensor(array)
    return np.asarray(to_numpy(values), dtype=reference.dtype)


def to_numpy(array: Array) -> np.ndarray:
    """Return a detached NumPy copy or view of an array of either library."""
    if is_torch_array(array):
        plain = array.detach().cpu()
        try:
            found: np.ndarray = plain.numpy()
        except TypeError:  # NumPy has no bfloat16
            found = plain.float().numpy()
        return found
    return np.asarray(array)


def stop_gradient(array: Array) -> Array:
    """Return ``array`` as a constant for automatic differentiation (a no-op under NumPy)."""
    detach = getattr(array, "detach", None)
    return array if detach is None else detach()


def take(table: Array, index: Array) -> Array:
    """Return entries of a table of one axis, in the shape of ``index``.

    Indices count from zero. (The array API's own function also minds negative ones, which takes
    torch three times as long.)
    """
    if is_torch_array(table):
        return table.index_select(0, index.reshape(-1)).reshape(index.shape)
    return np.take(table, index)


def round_straight_through(array: Array) -> Array:
    """Round to the nearest integer; under torch the gradient passes as if nothing was rounded.

    A staircase has zero slope almost everywhere, so a network behind it could not learn. The
    straight-through estimator replaces its slope by one :cite:p:`bengio2013estimating`.
    """
    if is_torch_array(array):
        if not array.requires_grad:
            return array.round()
        from aimc.backend.gradients import round_through

        return round_through(array)
    return np.round(array)


def tracks_gradient(array: Array) -> bool:
    """Return whether automatic differentiation follows what is computed from ``array``."""
    return bool(getattr(array, "requires_grad", False))


def rounded_between(
    values: Array, limit: float, factor: Array | float | None = None, inside: bool = False
) -> Array:
    """Return ``values * factor`` rounded to integers and clipped to ``[-limit, limit]``.

    ``values`` may be overwritten: pass an array of your own. Under torch, and where a gradient is
    followed, it is one inside the limits and zero outside.

    Parameters
    ----------
    values : array
        Any shape; overwritten unless a gradient is followed.
    limit : float
        A positive integer.
    factor : float or array, optional
        With one, ``values`` are left as they are; an array is what `constant` makes of a number.
    inside : bool
        Whether it is known that no value passes the limit by more than a part in a million. Then
        none is clipped, where rounding ends at the limit.
    """
    if is_torch_array(values):
        if values.requires_grad:
            from aimc.backend.gradients import RoundedBetween

            return RoundedBetween.apply(values, limit, 1.0 if factor is None else float(factor))
        scaled = values if factor is None else values * factor
        rounded = scaled.round_()
        return rounded if inside and limit < EXACT else rounded.clamp_(-limit, limit)
    if factor is not None:
        values = values * factor
    np.rint(values, out=values)
    return values if inside and limit < EXACT else np.clip(values, -limit, limit, out=values)


def sent(values: Array, limit: float, factor: float, dtype: Any) -> tuple[Array, float]:
    """Return what `rounded_between` makes of values, in another number format; torch only.

    The second result is the share of the values that was clipped, NaN if one is not finite.
    """
    from aimc.backend.gradients import RoundedBetween

    share: list[float] = []
    return RoundedBetween.apply(values, limit, factor, dtype, share), share[0]


def constant(value: float, reference: Array) -> Array | float:
    """Return a number as arrays like ``reference`` are multiplied with it in the least time.

    torch would make a tensor of it in each product.
    """
    return reference.new_tensor(value) if is_torch_array(reference) else value


def peak(values: Array) -> float:
    """Return the largest magnitude, in one pass over the values where the library has one.

    It is NaN or infinite if a value is.
    """
    if is_torch_array(values):
        plain = values.detach() if values.requires_grad else values
        if plain.ndim > 1 and not plain.is_contiguous():
            # the order does not matter, and torch would copy
            plain = plain.permute(sorted(range(plain.ndim), key=plain.stride, reverse=True))
        smallest, largest = plain.aminmax()
        return max(-smallest.item(), largest.item())
    return max(-float(values.min()), float(values.max()))


def row_peaks(values: Array) -> Array:
    """Return the largest magnitude of each row of a matrix, shape (rows,)."""
    if is_torch_array(values):
        if values.itemsize == 2:  # without their sign, the bits of such numbers have their order
            import torch

            return (values.view(torch.int16) & 0x7FFF).amax(dim=1).view(values.dtype)
        # twice through the values, but no copy of them
        highest = values.amax(dim=1)
        return highest.maximum(values.amin(dim=1).neg_())
    return np.max(np.abs(values), axis=1)


def share_beyond(values: Array, limit: float) -> float:
    """Return the share of the values, 0 to 1, whose magnitude is larger than ``limit``."""
    if is_torch_array(values):
        plain, size = values.detach() if values.requires_grad else values, values.numel()
        if size < FEW:
            return plain.hardshrink(limit).count_nonzero().item() / size
        # squares are found faster than magnitudes, but reach only half as far
        exact = plain.itemsize < 4 or not 1e-15 < limit < 1e15
        found, least = (plain.abs(), limit) if exact else (plain * plain, limit**2)
        # marks in the format of the values are made and added up four times as fast as truth values
        return found.gt_(least).sum().item() / size
    return np.count_nonzero(np.abs(values) > limit) / values.size


def scaled(values: Array, factor: Array | float) -> Array:
    """Return ``values * factor``, written over ``values`` unless a gradient is followed.

    Parameters
    ----------
    values : array
        Any shape; an array of your own.
    factor : float or array
        Must broadcast to the shape of ``values``, and is of its library and dtype.
    """
    followed = is_torch_array(values) and (values.requires_grad or tracks_gradient(factor))
    if followed or isinstance(values, np.generic):
        return values * factor
    values *= factor
    return values


def quantile(values: Array, share: float) -> Array:
    """Return what a share of the values along the first axis do not pass, shape ``shape[1:]``.

    Between two values it is interpolated linearly. The result is a constant. (torch's own function
    refuses large tensors.)
    """
    if not is_torch_array(values):
        return np.quantile(values, share, axis=0)
    place = (values.shape[0] - 1) * share
    below = int(place)
    low = values.detach().kthvalue(below + 1, dim=0).values
    if place == below:
        return low
    return low.lerp(values.detach().kthvalue(below + 2, dim=0).values, place - below)


def supports(precision: str, reference: Array) -> bool:
    """Return whether products in ``precision`` are a gain on the device of ``reference``.

    NumPy has no bfloat16. torch computes with it everywhere, but only processors with instructions
    for it do so faster than with single precision.
    """
    if precision != "bfloat16":
        return True
    if not is_torch_array(reference):
        return False
    import torch  # an optional dependency, and the caller has just handed us one of its tensors

    if reference.device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    mkldnn = torch.ops.mkldnn
    known = torch.backends.mkldnn.is_available() and hasattr(mkldnn, "_is_mkldnn_bf16_supported")
    return reference.device.type == "cpu" and known and bool(mkldnn._is_mkldnn_bf16_supported())


def in_precision(array: Array, precision: str | None) -> Array:
    """Return ``array`` rounded to one of `PRECISIONS`; ``None`` leaves it as it is.

    "fastest" is bfloat16 where `supports` says so, else float32.

    Raises
    ------
    ValueError
        If the library or the processor of ``array`` does not support the precision.
    """
    if precision is None:
        return array
    if precision == "fastest":
        precision = "bfloat16" if supports("bfloat16", array) else "float32"
    if not supports(precision, array):
        where = "NumPy arrays" if is_numpy_array(array) else f"this {array.device.type} device"
        raise ValueError(
            f"precision={precision!r} is not supported by {where}: it needs torch tensors on a "
            "processor with instructions for it; use precision='float32' or 'fastest'"
        )
    if is_torch_array(array):
        return array.bfloat16() if precision == "bfloat16" else array.float()
    return np.asarray(array, dtype=np.float32)


def product(left: Array, right: Array) -> Array:
    """Return ``left @ right``, computed in the precision of ``right``, in the dtype of ``left``."""
    if left.dtype == right.dtype:
        return left @ right
    if is_numpy_array(left):
        return (left.astype(right.dtype) @ right).astype(left.dtype)
    return (left.to(right.dtype) @ right).to(left.dtype)
