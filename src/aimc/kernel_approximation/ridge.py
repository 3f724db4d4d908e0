r"""Ridge regression on features: closed form, and a penalty chosen by leaving out one by one.

With the singular values :math:`s_k` of the centred features, sample i weighs
:math:`h_i = 1/n + \sum_k U_{ik}^2 s_k^2/(s_k^2+\lambda)` in its own prediction, and its residual
when it is left out is :math:`r_i/(1-h_i)`: one decomposition serves all penalties and all samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aimc.validation import check_array, check_number

__all__ = ["Ridge", "RidgeClassifier"]

PENALTIES = tuple(10.0 ** np.arange(-4.0, 2.5, 0.5))


class Ridge:
    """Linear regression with a squared penalty on the weights but not on the offset.

    Parameters
    ----------
    features : array of shape (n, features)
        Features of the samples.
    targets : array of shape (n,) or (n, outputs)
        What is to be predicted.
    penalties : sequence of float
        Penalties to choose from, all positive.

    Raises
    ------
    ValueError
        If shapes do not match, there is one sample only, or no penalty is given.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.0, 1.0, 20)[:, None]
    >>> line = Ridge(x, 3.0 * x[:, 0] + 1.0, penalties=(1e-9,))
    >>> np.round(line.predict(np.array([[2.0]])), 6)
    array([7.])
    """

    def __init__(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        *,
        penalties: Sequence[float] = PENALTIES,
    ) -> None:
        check_array("features", features, ndim=2)
        check_array("targets", targets)
        if len(targets) != len(features) or len(features) < 2:
            raise ValueError(
                "features and targets must hold the same samples, at least two, "
                f"got shapes {features.shape} and {targets.shape}"
            )
        if len(penalties) == 0:
            raise ValueError("penalties is empty: give at least one positive number")
        for penalty in penalties:
            check_number("penalties", float(penalty), low=0.0, open_low=True)
        self._flat = targets.ndim == 1
        y = np.asarray(targets, dtype=float).reshape(len(targets), -1)
        self._centre, self._offset = features.mean(axis=0), y.mean(axis=0)
        left, s, right = np.linalg.svd(features - self._centre, full_matrices=False)
        along = left.T @ (y - self._offset)
        self.errors = np.array([self._left_out(left, s, along, y, float(p)) for p in penalties])
        self.penalty = float(penalties[int(np.argmin(self.errors))])
        self.weights = right.T @ ((s / (s**2 + self.penalty))[:, None] * along)

    def _left_out(
        self, left: np.ndarray, s: np.ndarray, along: np.ndarray, y: np.ndarray, penalty: float
    ) -> float:
        """Return the mean squared error of samples that were left out of the fit."""
        shrink = s**2 / (s**2 + penalty)
        residual = y - self._offset - left @ (shrink[:, None] * along)
        own = 1 / len(y) + left**2 @ shrink
        return float(np.mean((residual / np.maximum(1 - own, 1e-12)[:, None]) ** 2))

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return predictions for features of shape (n, features), shaped as the targets were."""
        check_array("features", features, ndim=2, last=len(self._centre))
        found = (features - self._centre) @ self.weights + self._offset
        return np.asarray(found[:, 0] if self._flat else found)


class RidgeClassifier:
    """One regression to +1 and -1 for each class; the largest output wins.

    Parameters
    ----------
    features : array of shape (n, features)
        Features of the samples.
    labels : array of shape (n,)
        Class of each sample, any values of which there are at least two.
    penalties : sequence of float
        Penalties to choose from, all positive.

    Raises
    ------
    ValueError
        If shapes do not match or there is one class only.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> RidgeClassifier(x, np.array([3, 3, 8, 8])).predict(np.array([[-3.0], [3.0]]))
    array([3, 8])
    """

    def __init__(
        self,
        features: np.ndarray,
        labels: np.ndarray,
        *,
        penalties: Sequence[float] = PENALTIES,
    ) -> None:
        if np.ndim(labels) != 1:
            raise ValueError(f"labels must have one axis, got shape {np.shape(labels)}")
        labels = np.asarray(labels)
        self.classes = np.unique(labels)
        if len(self.classes) < 2:
            raise ValueError(f"labels must hold at least two classes, got {self.classes.tolist()}")
        targets = np.where(labels[:, None] == self.classes, 1.0, -1.0)
        self.ridge = Ridge(features, targets, penalties=penalties)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return the class of each sample, shape (n,)."""
        return np.asarray(self.classes[np.argmax(self.ridge.predict(features), axis=1)])

    def accuracy(self, features: np.ndarray, labels: np.ndarray) -> float:
        """Return the share of samples whose class is found, 0 to 1."""
        if np.shape(labels) != (len(features),):
            raise ValueError(f"labels must have shape ({len(features)},), got {np.shape(labels)}")
        return float(np.mean(self.predict(features) == labels))
