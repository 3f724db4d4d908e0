r"""Features whose inner products approach a kernel, and the kernel itself.

A projection by random directions is followed by a function of each product, which runs digitally.
With :math:`n_\omega` directions :math:`\omega_i` and the width :math:`\ell`:

- ``"rbf"``: :math:`\exp(-|x-y|^2 / 2\ell^2)`, from cosine and sine of :math:`\omega_i x/\ell`;
- ``"arccos0"``: :math:`1 - \theta/\pi`, from the sign bit of :math:`\omega_i x`;
- ``"arccos1"``: :math:`|x||y| (\sin\theta + (\pi-\theta)\cos\theta)/\pi`, from its positive part;

where :math:`\theta` is the angle between x and y (Cho and Saul 2009). The first two are the kernels
of the experiment on the 64-core chip :cite:p:`buchel2024kernel`.
"""

from __future__ import annotations

import numpy as np

from aimc.kernel_approximation.projection import Projection
from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = ["KERNELS", "ExactFeatures", "KernelFeatures", "exact_kernel", "feature_count"]

KERNELS = ("rbf", "arccos0", "arccos1")
"""Names of the kernels."""


def feature_count(kernel: str, count: int) -> int:
    """Return how many features ``count`` directions give: two each for ``"rbf"``, else one."""
    check_choice("kernel", kernel, KERNELS)
    return (2 if kernel == "rbf" else 1) * check_integer("count", count, low=1)


class KernelFeatures:
    """Features of vectors: ``features(x)`` has shape (n, features).

    Parameters
    ----------
    kernel : {"rbf", "arccos0", "arccos1"}
        The kernel that inner products of features approach.
    projection : Projection
        Random directions, in floating point or on cores.
    width : float
        Width of the RBF kernel, in units of x; the arc-cosine kernels have none.

    Raises
    ------
    TypeError
        If ``projection`` is not a projection.
    ValueError
        If the kernel is unknown or the width not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.kernel_approximation import directions
    >>> matrix = directions("orf", 2000, 2, np.random.default_rng(1))
    >>> z = KernelFeatures("arccos0", Projection(matrix))(np.eye(2))  # two orthogonal vectors
    >>> bool(abs(z[0] @ z[1] - 0.5) < 0.03)
    True
    """

    def __init__(self, kernel: str, projection: Projection, *, width: float = 1.0) -> None:
        if not isinstance(projection, Projection):
            raise TypeError(f"projection must be a Projection, got {type(projection).__name__}")
        self.kernel = check_choice("kernel", kernel, KERNELS)
        self.projection = projection
        self.width = check_number("width", width, low=0.0, open_low=True)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the features of x, shape (n, inputs), as an array of shape (n, features)."""
        check_array("x", x, ndim=2)
        products, count = self.projection.project(x), self.projection.count
        if self.kernel == "rbf":
            phase = products / self.width
            return np.concatenate([np.cos(phase), np.sin(phase)], axis=1) / np.sqrt(count)
        active = products > 0 if self.kernel == "arccos0" else np.maximum(products, 0.0)
        return np.sqrt(2 / count) * active


def exact_kernel(kernel: str, x: np.ndarray, y: np.ndarray, *, width: float = 1.0) -> np.ndarray:
    """Return the kernel between all pairs, shape (n, k), without any approximation.

    Parameters
    ----------
    kernel : {"rbf", "arccos0", "arccos1"}
        Name of the kernel.
    x, y : two arrays, ``(n, inputs)`` and ``(k, inputs)``
        Vectors; for the arc-cosine kernels none may be zero.
    width : float
        Width of the RBF kernel.

    Raises
    ------
    ValueError
        If the kernel is unknown, shapes do not match, or an angle is undefined.

    Examples
    --------
    >>> import numpy as np
    >>> exact_kernel("arccos0", np.eye(2), np.eye(2))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    check_choice("kernel", kernel, KERNELS)
    check_array("x", x, ndim=2)
    check_array("y", y, ndim=2, last=int(x.shape[1]))
    check_number("width", width, low=0.0, open_low=True)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    lengths = np.linalg.norm(x, axis=1)[:, None], np.linalg.norm(y, axis=1)[None, :]
    inner = x @ y.T
    if kernel == "rbf":
        squares = np.maximum(lengths[0] ** 2 + lengths[1] ** 2 - 2 * inner, 0.0)
        return np.asarray(np.exp(-squares / (2 * width**2)))
    size = lengths[0] * lengths[1]
    if not size.all():
        raise ValueError("x and y must not hold zero vectors: their angle is undefined")
    cosine = np.clip(inner / size, -1.0, 1.0)
    angle = np.arccos(cosine)
    if kernel == "arccos0":
        return np.asarray(1 - angle / np.pi)
    return np.asarray(size / np.pi * (np.sin(angle) + (np.pi - angle) * cosine))


class ExactFeatures:
    r"""Features whose inner products on given vectors *are* the kernel, the goal of all others.

    With the kernel matrix :math:`K = U \Lambda U^T` of these vectors, the features of x are
    :math:`k(x) U \Lambda^{-1/2}`. Learning on them is learning with the kernel.

    Parameters
    ----------
    kernel : {"rbf", "arccos0", "arccos1"}
        Name of the kernel.
    vectors : array of shape (n, inputs)
        Vectors that are learned from.
    width : float
        Width of the RBF kernel.

    Examples
    --------
    >>> import numpy as np
    >>> z = ExactFeatures("rbf", np.eye(3))(np.eye(3))
    >>> bool(np.allclose(z @ z.T, exact_kernel("rbf", np.eye(3), np.eye(3))))
    True
    """

    def __init__(self, kernel: str, vectors: np.ndarray, *, width: float = 1.0) -> None:
        self.kernel, self.vectors, self.width = kernel, vectors, width
        values, basis = np.linalg.eigh(exact_kernel(kernel, vectors, vectors, width=width))
        kept = values > 1e-10 * values[-1]  # below lie rounding errors, of either sign
        self._basis = basis[:, kept] / np.sqrt(values[kept])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the features of x, shape (n, inputs), as an array of shape (n, features)."""
        return exact_kernel(self.kernel, x, self.vectors, width=self.width) @ self._basis
