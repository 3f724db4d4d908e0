"""The former name of `aimc.cores.views`, kept for one edition."""

import warnings

from aimc.cores.views import (
    MatrixView,
    Submatrix,
    Transposed,
    cut,
    matmul,
    rmatmul,
)

__all__ = [
    "MatrixView",
    "Submatrix",
    "Transposed",
    "cut",
    "matmul",
    "rmatmul",
]

warnings.warn("aimc.views is called aimc.cores.views now", DeprecationWarning, stacklevel=2)
