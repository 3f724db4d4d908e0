"""Steps of a multiplication with gradients of their own; torch only, imported when one is followed.

Automatic differentiation keeps every intermediate array of a formula and walks back through each.
A step that knows its derivative keeps what that needs and no more.
"""

from __future__ import annotations

import math
from typing import Any

import torch

__all__ = [
    "RoundedBetween",
    "ScaledProduct",
    "SumOfSquares",
    "WithNoise",
    "WithOutputNoise",
    "round_through",
]

_TINY = torch.finfo(torch.float32).tiny


class RoundedBetween(torch.autograd.Function):
    """``values * factor``, rounded and clipped; the gradient is ``factor`` inside the limits."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor, limit: float, factor: float) -> torch.Tensor:
        """Return integers in ``[-limit, limit]``."""
        scaled = values if factor == 1.0 else values * factor
        ctx.save_for_backward(scaled)
        ctx.limit, ctx.factor = limit, factor
        return scaled.round().clamp_(-limit, limit)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradient of the values."""
        (scaled,) = ctx.saved_tensors
        # what was compared before rounding: half a step beyond the last level is beyond
        edge = ctx.limit * (1 + 1e-6)
        # in the order in memory of the values, or layers before this one would copy it
        grad = torch.empty_like(scaled)
        torch.ops.aten.hardtanh_backward.grad_input(grads[0], scaled, -edge, edge, grad_input=grad)
        return (grad if ctx.factor == 1.0 else grad.mul_(ctx.factor)), None, None


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


class ScaledProduct(torch.autograd.Function):
    """``left @ right``, computed in the precision of ``right``, times a factor per output."""

    @staticmethod
    def forward(
        ctx: Any, left: torch.Tensor, right: torch.Tensor, factor: torch.Tensor
    ) -> torch.Tensor:
        """Return the product of (..., in) and (in, out) times ``factor`` of shape (out,)."""
        same = left if left.dtype == right.dtype else left.to(right.dtype)
        ctx.save_for_backward(same, right, factor)
        ctx.dtype = left.dtype
        return (same @ right).to(left.dtype).mul_(factor)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of both factors of the product."""
        left, right, factor = ctx.saved_tensors
        grad = (grads[0] * factor).to(right.dtype)
        by_left = by_right = None
        if ctx.needs_input_grad[0]:
            by_left = (grad @ right.T).to(ctx.dtype)
        if ctx.needs_input_grad[1]:
            by_right = (grad.flatten(0, -2).T @ left.flatten(0, -2)).T
        return by_left, by_right, None


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


class WithOutputNoise(torch.autograd.Function):
    r"""Currents plus the noise that noise on every device would make of them.

    With :math:`\sigma_i^2 = \sum_j v_{ij} x_j^2 + o_i^2` and a standard normal :math:`\xi_i` the
    output is :math:`I_i + \sigma_i \xi_i`. Its derivative by an input has a part
    :math:`\xi_i v_{ij} x_j / \sigma_i`: who sends less current meets less noise.
    """

    @staticmethod
    def forward(
        ctx: Any,
        current: torch.Tensor,
        codes: torch.Tensor,
        variance: torch.Tensor,
        output_std: torch.Tensor | float,
        normals: torch.Tensor,
    ) -> torch.Tensor:
        """Return noisy currents, shape (..., out).

        ``codes`` have shape (..., in); ``variance`` is (in, out), or (1, out) if it is the same
        for all inputs of an output; ``normals`` may be overwritten.
        """
        ctx.alike = variance.shape[0] == 1 and codes.shape[-1] != 1
        if ctx.alike:
            power = torch.linalg.vector_norm(codes, dim=-1, keepdim=True).square_() * variance
        else:
            power = (codes.square().to(variance.dtype) @ variance).to(current.dtype)
        std = power.add_(output_std**2).sqrt_()
        ctx.save_for_backward(codes, variance, std, normals)
        return torch.addcmul(current, std, normals)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of the currents and of the codes."""
        codes, variance, std, normals = ctx.saved_tensors
        by_codes = None
        if ctx.needs_input_grad[1]:
            # without noise the codes are zero as well, and so is the slope: only no overflow
            slope = (grads[0] * normals).div_(std.clamp_min(math.sqrt(_TINY)))
            if ctx.alike:
                by_codes = codes * (slope * variance).sum(dim=-1, keepdim=True)
            else:
                by_codes = (slope.to(variance.dtype) @ variance.T).to(codes.dtype) * codes
        return grads[0], by_codes, None, None, None
