"""Plain data with tags: the only thing that crosses the border between student and judge.

Numbers, texts, containers and arrays are written as JSON whose tags keep the type, so that 3, 3.0
and an int64 stay what they are. Functions and a few objects stay where they are; a handle crosses,
and the other side makes a proxy of it. Nothing that is received is executed or unpickled, and what
is too deep, too long or not plain is refused with `ProtocolError`.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Border", "ProtocolError", "dumps", "loads", "passable", "tidy_name", "too_many"]

DEPTH = 24
NODES = 200_000
PARTS = 6 * NODES  # of a message: brackets and commas, of which a node takes five at most
KEYS = 1000  # of a dictionary; no answer needs as many
DIGITS = 40  # of an integer
KINDS = "biufc"
DTYPES = frozenset(
    f"{order}{kind}{size}"
    for order, kind, sizes in (
        ("|", "b", "1"), ("|", "i", "1"), ("|", "u", "1"),
        ("<", "i", "248"), ("<", "u", "248"), ("<", "f", "248"),
    )
    for size in sizes
) | {"<c8", "<c16"}  # fmt: skip


class ProtocolError(ValueError):
    """What came over the border is no data that may cross it."""


def dumps(message: Any) -> bytes:
    """Return a message as bytes."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")


def loads(data: bytes) -> Any:
    """Return the message in some bytes; `ProtocolError` if they hold none, or too many parts."""
    if too_many(data):
        raise ProtocolError("a message of too many parts")
    try:
        return json.loads(data, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError(f"no message: {type(error).__name__}") from None


def too_many(data: bytes) -> bool:
    """Return whether a message has so many parts that they fill memory, however short they are."""
    return sum(map(data.count, (b"[", b"{", b","))) > PARTS


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number that JSON does not have")
    return number


def passable(node: Any) -> Any:
    """Return encoded data that can be handed on; a word for what cannot, since it is too deep."""
    try:
        dumps(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return {"x": "nest"}
    return node


def tidy_name(name: Any, otherwise: str = "function") -> str:
    """Return a name of a function or a type if it is a plain one."""
    plain = isinstance(name, str) and len(name) <= 60 and name.isascii() and name.isidentifier()
    return str(name) if plain else otherwise


class Border:
    """One side of the border: encodes what goes out, decodes what comes in.

    Parameters
    ----------
    proxy : callable, optional
        Makes a stand-in for a function of the other side, of its handle and name.
    stand_in : callable, optional
        Makes a stand-in for an object of the other side, of its handle and kind.
    kind_of : callable, optional
        Names the kind of an object that is served to the other side; an empty text if it is not.
    """

    def __init__(
        self,
        proxy: Callable[[int, str], Any] | None = None,
        stand_in: Callable[[int, str], Any] | None = None,
        kind_of: Callable[[Any], str] | None = None,
    ) -> None:
        self._proxy, self._stand_in, self._kind_of = proxy, stand_in, kind_of
        self.kept: list[Any] = []
        """Functions and objects of this side, by their handles."""

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return a value as JSON with tags; what is not plain becomes the name of its type."""
        if depth > DEPTH:
            raise ProtocolError("data nested too deeply")
        if value is None or isinstance(value, bool):
            return value
        if value is Ellipsis:
            return {"e": 0}
        if isinstance(value, str):
            return {"s": base64.b64encode(value.encode("utf-8", "surrogatepass")).decode("ascii")}
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value, depth)
        if isinstance(value, int):
            # int(...): a subclass may print itself as it likes
            number = int(value)
            small = abs(number) < 2**53
            return number if small else {"i": hex(number)} if _short(number) else {"x": "int"}
        if isinstance(value, float):
            return {"f": float.hex(float(value))}
        if isinstance(value, complex):
            return {"c": [float.hex(value.real), float.hex(value.imag)]}
        if isinstance(value, list | tuple):
            tag = "t" if isinstance(value, tuple) else "l"
            return {tag: [self.encode(part, depth + 1) for part in value]}
        if isinstance(value, dict):
            pairs = value.items()
            return {"d": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]}
        return self._other(value, depth)

    def _array(self, value: Any, depth: int) -> Any:
        scalar = isinstance(value, np.generic)
        array = np.asarray(value)
        if array.dtype.kind == "O" and array.ndim:
            return {"oa": [self.encode(part, depth + 1) for part in array.ravel().tolist()]}
        if array.dtype.kind not in KINDS:
            return {"x": tidy_name(type(value).__name__, "object")}
        if array.dtype.itemsize > (16 if array.dtype.kind == "c" else 8):
            array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        text = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
        return {"n" if scalar else "a": [array.dtype.str, list(array.shape), text]}

    def _other(self, value: Any, depth: int) -> Any:
        kind = self._kind_of(value) if self._kind_of else ""
        if kind:
            return {"ob": [self._keep(value), kind]}
        if hasattr(value, "__array__") and not isinstance(value, type):
            try:  # a tensor of torch that knows its gradient is an array without it
                plain = value.detach().cpu() if hasattr(value, "detach") else value
                return self._array(np.asarray(plain), depth)
            except Exception:
                return {"x": tidy_name(type(value).__name__, "object")}
        if callable(value):
            name = tidy_name(getattr(value, "__name__", None), "the function")
            return {"fn": [self._keep(value), name]}
        labelled = hasattr(value, "value") and hasattr(value, "text")
        name = tidy_name(type(value).__name__, "object")
        return {"x": name, "labelled": True} if labelled else {"x": name}

    def _keep(self, value: Any) -> int:
        self.kept.append(value)
        return len(self.kept) - 1

    def decode(self, node: Any) -> Any:
        """Return the value that the other side encoded.

        Raises
        ------
        ProtocolError
            If it is not what `encode` writes, or too large.
        """
        left = [NODES]
        try:
            return self._decode(node, 0, left)
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            OverflowError,
            binascii.Error,
        ) as error:
            raise ProtocolError(f"not data of the border: {error}") from None

    def _decode(self, node: Any, depth: int, left: list[int]) -> Any:
        left[0] -= 1
        if depth > DEPTH or left[0] < 0:
            raise ProtocolError("data nested too deeply, or too many parts")
        if node is None or isinstance(node, bool | int):
            if isinstance(node, int) and not _short(node):
                raise ProtocolError("an integer of too many digits")
            return node
        if not isinstance(node, dict) or not node:
            raise ProtocolError(f"a bare {type(node).__name__}")
        tag = next(iter(node))
        content = node[tag]
        if tag in ("l", "t", "oa"):
            parts = [self._decode(part, depth + 1, left) for part in content]
            if tag == "oa":
                array = np.empty(len(parts), dtype=object)
                array[:] = parts
                return array
            return tuple(parts) if tag == "t" else parts
        if tag == "d":
            if len(content) > KEYS:  # keys of one hash cost the square of their number
                raise ProtocolError(f"a dictionary of more than {KEYS} entries")
            return {
                _hashable(self._decode(k, depth + 1, left)): self._decode(v, depth + 1, left)
                for k, v in content
            }
        return self._leaf(tag, content, node)

    def _leaf(self, tag: str, content: Any, node: dict[str, Any]) -> Any:
        if tag == "f":
            return float.fromhex(content)
        if tag == "i":
            number = int(content[:DIGITS], 16)
            return number if len(content) <= DIGITS and _short(number) else None
        if tag == "s":
            return base64.b64decode(content, validate=True).decode("utf-8", "surrogatepass")
        if tag == "c":
            return complex(float.fromhex(content[0]), float.fromhex(content[1]))
        if tag == "e":
            return Ellipsis
        if tag in ("a", "n"):
            return _numbers(*content, scalar=tag == "n")
        if tag == "fn" and self._proxy:
            return self._proxy(_handle(content[0]), _spoken(content[1]))
        if tag == "ob" and self._stand_in:
            return self._stand_in(_handle(content[0]), tidy_name(content[1]))
        if tag == "x":
            return _foreign(tidy_name(content, "object"), node.get("labelled") is True)
        raise ProtocolError("an unknown tag")


def _short(number: int) -> bool:
    return abs(number) < 10**DIGITS if number.bit_length() < 5 * DIGITS else False


def _spoken(name: Any) -> str:
    return "the function" if name == "the function" else tidy_name(name)


def _handle(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < NODES:
        raise ProtocolError("no handle")
    return value


def _hashable(key: Any) -> Any:
    hash(key)
    return key


def _numbers(dtype: Any, shape: Any, text: Any, *, scalar: bool) -> Any:
    if dtype not in DTYPES:
        raise ProtocolError("an array of a kind that may not cross")
    if not isinstance(shape, list) or len(shape) > 16 or (scalar and shape):
        raise ProtocolError("an array of a strange shape")
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**40 for n in shape):
        raise ProtocolError("an array of a strange shape")
    data = base64.b64decode(text, validate=True)
    kind = np.dtype(dtype)
    if math.prod(shape) * kind.itemsize != len(data):
        raise ProtocolError("an array whose shape and data do not agree")
    if kind.kind == "b" and any(byte > 1 for byte in set(data)):
        raise ProtocolError("truth values that are neither true nor false")
    array = np.frombuffer(data, dtype=kind).reshape(shape)
    return array[()] if scalar else array.copy()


def _foreign(name: str, labelled: bool) -> Any:
    """Return something that is no answer, of a type with the name that messages speak of."""
    if name == "Fact":
        from aimc.published import fact

        return fact("A001")  # any will do: it is only named
    made = type(name, (), {"value": None, "text": ""} if labelled else {})
    return made()
