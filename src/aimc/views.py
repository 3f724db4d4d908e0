"""The former name of `aimc.cores.views`, kept for one edition."""

from aimc.cores.views import (
    MatrixView,
    Submatrix,
    Transposed,
    cut,
    matmul,
    rmatmul,
)
from aimc.lazy import warn_of_former_name

__all__ = [
    "MatrixView",
    "Submatrix",
    "Transposed",
    "cut",
    "matmul",
    "rmatmul",
]

warn_of_former_name("aimc.views", "aimc.cores.views")
