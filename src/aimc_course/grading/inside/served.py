"""Stand-ins inside the sandbox for objects that stay outside: every use of them is a message."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["DEVICE_METHODS", "DEVICE_VALUES", "stand_in_for"]

DEVICE_METHODS = ("reset", "set", "pulse", "read", "first_read")
DEVICE_VALUES = ("truth", "pulses", "reads", "time", "energy")
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
        if name in DEVICE_VALUES:
            return self._use(name)
        raise AttributeError(f"devices have no {name!r}")


def stand_in_for(kind: str, use: Use, serial: int) -> Any:
    """Return a stand-in for an object of some kind; ``use(method, *arguments)`` reaches it."""
    if kind != "devices":
        raise ValueError(f"nothing of the kind {kind!r} is served")
    return RemoteDevices(use, serial)
