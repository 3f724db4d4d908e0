"""Floor 6: kernels and attention out of random projections that analog cores compute.

`directions` draws the random matrix, `projection` multiplies by it exactly or on cores, `features`
adds the nonlinearity whose inner products are a kernel, `ridge` learns on features in closed form,
`attention` replaces the softmax, and `workload` counts what runs where.

>>> import numpy as np, aimc
>>> from aimc.kernel_approximation import CoreProjection, KernelFeatures, directions
>>> matrix = directions("rff", 64, 4, np.random.default_rng(1))
>>> hermes = lambda k: aimc.presets.hermes(serial=7, index=k)
>>> on_core = CoreProjection(matrix, hermes, reach=1.0)
>>> z = KernelFeatures("rbf", on_core, width=2.0)(np.full((1, 4), 0.5))
>>> bool(abs(z @ z.T - 1.0) < 1e-9)  # cosine and sine of the same noisy number
True
"""

from aimc.kernel_approximation.attention import (
    PositiveFeatures,
    linear_attention,
    softmax_attention,
)
from aimc.kernel_approximation.directions import METHODS, directions
from aimc.kernel_approximation.features import (
    KERNELS,
    ExactFeatures,
    KernelFeatures,
    exact_kernel,
    feature_count,
)
from aimc.kernel_approximation.projection import CoreProjection, Projection
from aimc.kernel_approximation.ridge import Ridge, RidgeClassifier
from aimc.kernel_approximation.workload import (
    Workload,
    attention_workload,
    kernel_workload,
)

__all__ = [
    "CoreProjection",
    "ExactFeatures",
    "KernelFeatures",
    "PositiveFeatures",
    "Ridge",
    "RidgeClassifier",
    "directions",
    "exact_kernel",
    "linear_attention",
    "softmax_attention",
]


def __dir__() -> list[str]:
    return __all__
