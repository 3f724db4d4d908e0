"""Stand-ins inside the sandbox for objects that stay outside: every use of them is a message."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

__all__ = ["SERVED", "stand_in_for"]

SERVED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "devices": (
        ("reset", "set", "pulse", "read", "first_read"),
        ("truth", "pulses", "reads", "time", "energy"),
    ),
    "learning_array": (("read",), ("step", "pulses")),
}
"""Methods and values of each kind of object that may be used from inside."""
MOST_WAITING = 500
"""Pulses that wait at most."""
Use = Callable[..., Any]


class RemoteDevices:
    """Devices behind a controller, as a loop sees them: pulses, reads, and their costs."""

    def __init__(self, use: Use, serial: int) -> None:
        self._use = use
        self.serial = serial

    def __len__(self) -> int:
        from aimc_course.labs.devices.own_devices import DEVICES

        return DEVICES

    @functools.cached_property
    def model(self) -> Any:
        """What devices of the lot have in common."""
        from aimc_course.labs.devices.own_devices import own_model

        return own_model(self.serial)

    def pulse(self, current: Any, where: Any = None) -> None:
        """Send one programming pulse."""
        self._use("pulse", current, where)

    def read(self, where: Any = None) -> Any:
        """Return noisy conductances, S."""
        return self._use("read", where)

    def __getattr__(self, name: str) -> Any:
        if name in ("reset", "set", "first_read"):
            return lambda: self._use(name)
        if name in SERVED["devices"][1]:
            return self._use(name)
        raise AttributeError(f"devices have no {name!r}")


class RemoteLearningArray:
    """Devices that learn by pulses, which wait here until somebody looks at what they did."""

    def __init__(self, use: Use, serial: int) -> None:
        self._use = use
        self._waiting: list[tuple[str, Any]] = []

    def __len__(self) -> int:
        from aimc_course.labs.devices.own_lot import DEVICES

        return DEVICES

    @functools.cached_property
    def step(self) -> float:
        """Mean step of the lot at weight zero."""
        return float(self._use("step"))

    @property
    def pulses(self) -> Any:
        """Pulses that each device received."""
        self.read()
        return self._use("pulses")

    def pulse(self, counts: Any) -> None:
        """Give pulses: whole numbers, positive up and negative down."""
        self._wait("pulse", counts)

    def send(self, change: Any) -> None:
        """Give each device the pulses that move it by ``change`` on average."""
        self._wait("send", change)

    def read(self) -> Any:
        """Return the weights now."""
        waiting, self._waiting = self._waiting, []
        return self._use("read", waiting)

    def _wait(self, name: str, value: Any) -> None:
        # a copy: the array may change until it is sent
        self._waiting.append((name, copy.copy(value)))
        if len(self._waiting) >= MOST_WAITING:
            self.read()


STAND_INS = {"devices": RemoteDevices, "learning_array": RemoteLearningArray}


def stand_in_for(kind: str, use: Use, serial: int) -> Any:
    """Return a stand-in for an object of some kind; ``use(method, *arguments)`` reaches it."""
    if kind not in STAND_INS:
        raise ValueError(f"nothing of the kind {kind!r} is served")
    return STAND_INS[kind](use, serial)
