"""Seeds and serial numbers that follow from a secret of the class.

A verdict has to be the same when it is computed again, and nobody outside may foresee it. So seeds
are a keyed hash of what they belong to; the key stays with the teacher.
"""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["KEY_BYTES", "derived_serial", "question_seed"]

KEY_BYTES = 16
"""Fewest bytes of a class key."""


def question_seed(class_key: bytes, lab: str, question: str, student: str) -> int:
    """Return the hidden seed of one question of one student, from 0 to 2**63 - 1.

    Parameters
    ----------
    class_key : bytes
        The teacher's secret, at least 16 bytes.
    lab, question, student : str
        What the seed belongs to.
    """
    return _number(_digest(class_key, "seed", lab, question, student))


def derived_serial(class_key: bytes, student: str) -> int:
    """Return a serial number for a student whom no class list gives one, 1 to 999,999."""
    return 1 + _number(_digest(class_key, "serial", student)) % 999_999


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big") >> 1


def _digest(class_key: bytes, *parts: str) -> bytes:
    if not isinstance(class_key, bytes) or len(class_key) < KEY_BYTES:
        raise ValueError(f"class_key must be bytes, at least {KEY_BYTES} of them")
    # Every part is preceded by its length: no two lists of parts give the same text.
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    text = b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
    return hmac.new(class_key, text, hashlib.sha256).digest()
