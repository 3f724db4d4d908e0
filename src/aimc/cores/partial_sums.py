r"""Matrices whose products are added, on several cores: the one forward of all of them.

A *sum* is one matrix, or several with the same outputs: the gates of an LSTM have one for the input
and one for the hidden state. Its outputs are cut into blocks. For each block the cores that hold a
part of it form a *chain*: first those of the first matrix, from its first input to its last, then
those of the second. Each scales its product, adds what the core before it sent, and sends the sum
on; see `aimc.circuits.partial_sums`. Nothing else in this library adds partial sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aimc.backend import Array, like, namespace
from aimc.circuits.partial_sums import passed_on
from aimc.cores.cut import Part

__all__ = ["PartialSums", "Read"]

Read = Callable[[int, Array], Array]
"""``read(core, x)``: what the core with that number makes of the inputs of its part."""


class PartialSums:
    """Who adds to whom.

    Parameters
    ----------
    matrices : sequence of sequences of Part
        For each matrix the parts that it is cut into, in any order.
    names : sequence of str, optional
        Names of the matrices, for messages.

    Raises
    ------
    ValueError
        If the matrices are cut into different blocks of outputs, or a part is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.cores import PartialSums, parts_of
    >>> w, x = np.ones((3, 5)), np.arange(5.0)
    >>> parts = parts_of(w.shape, rows=2, columns=2)
    >>> held = {part.core: part.of(w) for part in parts}
    >>> PartialSums([parts]).forward([lambda core, x: x @ held[core].T], [x])
    array([10., 10., 10.])
    """

    __slots__ = ("_alone", "blocks", "input_parts", "inputs", "names", "outputs")

    def __init__(self, matrices: Sequence[Sequence[Part]], names: Sequence[str] = ()) -> None:
        rows = [_chains(parts) for parts in matrices]
        if not rows or any(list(row) != list(rows[0]) for row in rows):
            raise ValueError(
                "matrices that add up must have the same blocks of outputs, one or more"
            )
        self.names: tuple[str, ...] = tuple(names)
        self.blocks: tuple[tuple[slice, tuple[tuple[Part, ...], ...]], ...] = tuple(
            (slice(*block), tuple(row[block] for row in rows)) for block in rows[0]
        )
        """Each block of outputs, with its parts of the first matrix, of the second, and so on."""
        self.input_parts: tuple[tuple[slice, ...], ...] = tuple(
            tuple(slice(*part.inputs) for part in parts) for parts in self.blocks[0][1]
        )
        """Parts into which the inputs of each matrix are cut."""
        self.inputs: tuple[int, ...] = tuple(parts[-1].stop for parts in self.input_parts)
        """Inputs of each matrix."""
        self.outputs: int = self.blocks[-1][0].stop
        """Outputs, alike for all matrices."""
        parts = [part for matrix in matrices for part in matrix]
        self._alone: int | None = parts[0].core if len(parts) == 1 else None
        for k, (_, chain) in enumerate(self.blocks):
            cut = tuple(tuple(slice(*part.inputs) for part in parts) for parts in chain)
            if cut != self.input_parts:
                raise ValueError(f"block {k} of the outputs has other inputs than the first: {cut}")

    def forward(
        self,
        reads: Sequence[Read],
        inputs: Sequence[Array],
        *,
        scales: Sequence[Array | float] = (),
        offset: Array | float = 0.0,
        bits: int | None = None,
        full_scale: float = 1.0,
        first: int = 0,
        sent: Array | None = None,
        form: Array | None = None,
    ) -> Array:
        """Return what the last cores of the chains send, shape (..., out).

        A sum can be computed in pieces: without the inputs of the last matrices the result is what
        those before them send on, and ``first`` and ``sent`` continue from there.

        Parameters
        ----------
        reads : sequence of callable
            For each matrix of the sum what multiplies: ``read(core, x)`` returns the product of
            the part on that core.
        inputs : sequence of arrays, each of shape (..., in)
            One for each matrix, or for some that follow each other.
        scales : sequence of arrays of shape (out,), or floats
            Factor on the products of each matrix of the sum; one by default.
        offset : array of shape (out,), or float
            Added by the last core of each chain, before it rounds. Give it with every piece.
        bits : int or None
            Resolution of what each core sends; ``None`` is floating point.
        full_scale : float
            Magnitude of the largest number that a core can send.
        first : int
            Number of the matrix that the first inputs are for.
        sent : array, shape (..., out), optional
            What the matrices before it sent.
        form : array, optional
            In its number format what several chains send is joined; by default as it is.

        Raises
        ------
        ValueError
            If inputs have another length than their matrix, or there are too many or none.
        """
        if first or len(inputs) != 1 or inputs[0].shape[-1:] != self.inputs:
            self._check(inputs, first)
        if self._alone is not None and sent is None and len(scales) == 0:
            z = reads[0](self._alone, inputs[0])
            if bits is None and isinstance(offset, float) and offset == 0.0:
                return z
            return passed_on(z, offset=offset, bits=bits, full_scale=full_scale)
        # In floating point it is all the same who adds the offset, and the first matrix may meet
        # all steps of a sequence at once.
        adds = 0 if bits is None else len(self.inputs) - 1
        bands = []
        for outputs, chain in self.blocks:
            alone = len(self.blocks) == 1
            total = sent if sent is None or alone else sent[..., outputs]
            for k, x in enumerate(inputs, first):
                parts, read = chain[k], reads[k]
                scale = _of(scales[k], outputs, alone) if scales else 1.0
                for part in parts:
                    last = k == adds and part is parts[-1]
                    total = passed_on(
                        read(part.core, x if len(parts) == 1 else x[..., slice(*part.inputs)]),
                        total,
                        scale=scale,
                        offset=_of(offset, outputs, alone) if last else 0.0,
                        bits=bits,
                        full_scale=full_scale,
                    )
            bands.append(total if form is None else like(total, form))
        return bands[0] if len(bands) == 1 else namespace(bands[0]).concat(bands, axis=-1)

    def _check(self, inputs: Sequence[Array], first: int) -> None:
        known = self.inputs if first == 0 else self.inputs[first:]
        if not 0 < len(inputs) <= len(known):
            raise ValueError(
                f"inputs are {len(inputs)} from matrix {first} on, the sum has {len(self.inputs)} "
                "matrices"
            )
        for k, x in enumerate(inputs, first):
            length = self.inputs[k]
            if x.ndim == 0 or x.shape[-1] != length:
                whose = f", the inputs of {self.names[k]}" if self.names else ""
                raise ValueError(
                    f"x must have {length} entries on its last axis{whose}, got shape "
                    f"{tuple(x.shape)}"
                )


def _chains(parts: Sequence[Part]) -> dict[tuple[int, int], tuple[Part, ...]]:
    """Return the parts by their first output and the one after their last, along the inputs."""
    found: dict[tuple[int, int], list[Part]] = {}
    for part in parts:
        found.setdefault(part.outputs, []).append(part)
    return {
        block: tuple(sorted(found[block], key=lambda part: part.inputs)) for block in sorted(found)
    }


def _of(values: Array | float, outputs: slice, whole: bool) -> Array | float:
    return values if whole or isinstance(values, (float, int)) else values[outputs]
