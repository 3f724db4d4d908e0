r"""A convolution as a matrix product: image patches become the columns of a matrix (im2col).

Every output pixel of a convolution is the product of one fixed matrix with the patch of the input
that the kernel covers there. So a crossbar that holds the kernels, flattened, computes one output
position per read, and a whole image takes as many reads as there are output positions
:cite:p:`chellapilla2006high`.
"""

from __future__ import annotations

from aimc.backend import Array, as_array, namespace
from aimc.validation import check_array, check_integer

__all__ = ["as_feature_maps", "conv_as_matrix", "im2col", "output_size"]

Pair = int | tuple[int, int]


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    r"""Return the output length along one axis, :math:`\lfloor (n + 2p - k)/s \rfloor + 1`.

    Parameters
    ----------
    size, kernel : int
        Length of the input and of the kernel, in pixels.
    stride : int
        Distance between neighbouring patches.
    padding : int
        Zeros on each side.

    Raises
    ------
    ValueError
        If the kernel is longer than the padded input.
    """
    check_integer("size", size, low=1)
    check_integer("stride", stride, low=1)
    check_integer("padding", padding, low=0)
    check_integer("kernel", kernel, low=1)
    if kernel > size + 2 * padding:
        raise ValueError(
            f"kernel={kernel} is not allowed: the padded input is only {size + 2 * padding} long"
        )
    return (size + 2 * padding - kernel) // stride + 1


def im2col(images: Array, kernel: Pair, stride: int = 1, padding: int = 0) -> Array:
    """Return the patches of images as vectors, ready for a crossbar.

    Parameters
    ----------
    images : array, shape (n, channels, height, width)
        NumPy array or torch tensor; gradients pass.
    kernel : int or (int, int)
        Height and width of the kernel.
    stride, padding : int
        Step between patches, and zeros added on each side.

    Returns
    -------
    array, shape (n, positions, channels * kernel height * kernel width)
        One vector per output position, row by row; entries in the order of `conv_as_matrix`.

    Raises
    ------
    ValueError
        If ``images`` does not have four axes or is smaller than the kernel.
    """
    values = as_array("images", images)
    check_array("images", values, ndim=4)
    tall, wide = _pair("kernel", kernel)
    n, channels, height, width = (int(k) for k in values.shape)
    down = output_size(height, tall, stride, padding)
    across = output_size(width, wide, stride, padding)
    values = _pad(_pad(values, 2, padding), 3, padding)
    # One shifted, strided view per kernel entry; no patch is cut out one by one.
    views = [
        values[
            :,
            :,
            dy : dy + stride * (down - 1) + 1 : stride,
            dx : dx + stride * (across - 1) + 1 : stride,
        ]
        for dy in range(tall)
        for dx in range(wide)
    ]
    xp = namespace(values)
    stacked = xp.reshape(xp.stack(views, axis=2), (n, channels * tall * wide, down * across))
    return xp.permute_dims(stacked, (0, 2, 1))


def conv_as_matrix(kernels: Array) -> Array:
    """Return the kernels of a convolution as the matrix that a crossbar holds.

    Parameters
    ----------
    kernels : array, shape (filters, channels, height, width)
        As in torch.

    Returns
    -------
    array, shape (filters, channels * height * width)
        One row per filter.
    """
    values = as_array("kernels", kernels)
    check_array("kernels", values, ndim=4)
    return namespace(values).reshape(values, (int(values.shape[0]), -1))


def as_feature_maps(outputs: Array, height: int, width: int) -> Array:
    """Return crossbar outputs as images again: (n, positions, filters) to (n, filters, h, w).

    Parameters
    ----------
    outputs : array, shape (n, height * width, filters)
        One vector per output position, row by row.
    height, width : int
        Size of the output image.
    """
    values = as_array("outputs", outputs)
    check_array("outputs", values, ndim=3)
    n, positions, filters = (int(k) for k in values.shape)
    check_integer("height", height, low=1)
    check_integer("width", width, low=1)
    if positions != height * width:
        raise ValueError(
            f"outputs must have height * width = {height * width} positions, got {positions}"
        )
    xp = namespace(values)
    return xp.reshape(xp.permute_dims(values, (0, 2, 1)), (n, filters, height, width))


def _pair(name: str, value: Pair) -> tuple[int, int]:
    pair = value if isinstance(value, tuple) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be one integer or two, got {value!r}")
    return check_integer(name, pair[0], low=1), check_integer(name, pair[1], low=1)


def _pad(values: Array, axis: int, padding: int) -> Array:
    if padding == 0:
        return values
    shape = [int(k) for k in values.shape]
    shape[axis] = padding
    xp = namespace(values)
    # A slice times zero keeps dtype and device of both libraries without naming them.
    border = xp.zeros_like(values[:1, :1, :1, :1]) + xp.zeros(
        tuple(shape), dtype=values.dtype, device=getattr(values, "device", None)
    )
    return xp.concat([border, values, border], axis=axis)
