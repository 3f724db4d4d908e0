"""What judges draw at random: from the serial number, or from a key that students do not know.

Everything in a notebook follows from the student's serial number, which is public. A grader hands
judges a `KeyedSerial` instead. It counts as the serial number everywhere, so that answers about the
student's own chip stay what they are; inputs that nobody should foresee are drawn from its seed.

>>> hidden_seed(7), hidden_seed(KeyedSerial(7, seed=1234))
(7, 1234)
"""

from __future__ import annotations

__all__ = ["KeyedSerial", "hidden_seed", "is_hidden"]


class KeyedSerial(int):
    """A serial number that carries a secret seed.

    Parameters
    ----------
    serial : int
        The serial number.
    seed : int
        Seed of what the student must not foresee.
    """

    seed: int

    def __new__(cls, serial: int, *, seed: int) -> KeyedSerial:
        """Return the number with its seed."""
        made = super().__new__(cls, serial)
        made.seed = seed
        return made


def hidden_seed(serial: int) -> int:
    """Return the seed of hidden inputs: the secret one where there is one, else the number."""
    return serial.seed if isinstance(serial, KeyedSerial) else serial


def is_hidden(serial: int) -> bool:
    """Return whether inputs are secret, so that messages must not show them."""
    return isinstance(serial, KeyedSerial)
