"""What a machine needs for a workload, as arrays over draws of its constants."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Energy, time and area of one machine. All arrays have the shape (n,)."""

    machine: str
    """Name."""
    parts: dict[str, np.ndarray]
    """Energy per inference by part, J."""
    interval: np.ndarray
    """Time from one inference of a user to that user's next, s."""
    batch: int
    """Users that are served at once."""
    area: np.ndarray
    """Silicon that computes or holds weights, without memory beside it, m^2."""

    def better(self, times: np.ndarray, keep: tuple[str, ...] = ()) -> Outcome:
        """Return the same machine with less energy and less time, on the same area.

        Parameters
        ----------
        times : array, shape (n,)
            How many times less of both.
        keep : tuple of str
            Parts whose energy stays, because both machines would gain alike.
        """
        parts = {
            name: value if name in keep else value / times for name, value in self.parts.items()
        }
        return replace(self, parts=parts, interval=self.interval / times)

    @property
    def energy(self) -> np.ndarray:
        """Energy per inference, J."""
        return np.sum(list(self.parts.values()), axis=0)

    @property
    def rate(self) -> np.ndarray:
        """Inferences per second of one user, 1/s."""
        return 1.0 / self.interval

    @property
    def throughput(self) -> np.ndarray:
        """Inferences per second of all users, 1/s."""
        return self.batch / self.interval

    @property
    def power(self) -> np.ndarray:
        """Mean power, W."""
        return self.energy * self.throughput

    @property
    def density(self) -> np.ndarray:
        """Inferences per second of all users for each area, 1/(s m^2)."""
        return self.throughput / self.area
