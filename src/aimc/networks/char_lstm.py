r"""A character LSTM that predicts the next letter of this course's text, on crossbars.

.. math::

   (i, f, g, o) &= W_x\,e(c_t) + W_h\,h_{t-1} + b \\
   s_t &= \sigma(f)\,s_{t-1} + \sigma(i)\tanh(g), \qquad h_t = \sigma(o)\tanh(s_t)

The two gate matrices and the output layer are on cores, as on the 64-core chip (A085)
:cite:p:`legallo2023hermes`. Those of the gates are one sum: a chain of cores adds
:math:`W_x e + W_h h + b` and rounds on the way. The embedding :math:`e`, a table, and the gates'
functions are digital. Here the functions are exact; the chip's digital unit draws them in straight
pieces (A024).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.chip.run import Compute
from aimc.datasets.course_text import Corpus, load_text
from aimc.layers.workload import Layer as Workload
from aimc.layers.workload import Network
from aimc.networks.shipped import ShippedNetwork
from aimc.validation import check_array, check_integer, check_number

__all__ = ["CharLSTM"]

State = tuple[NDArray[np.float32], NDArray[np.float32]]
INPUT, HIDDEN, OUTPUT = 0, 1, 2  # layers of the checkpoint
WARM_UP = 40  # characters of each stream that are read but not scored
CALIBRATION_STREAMS, CALIBRATION_STEPS = 32, 60


class CharLSTM(ShippedNetwork):
    """The shipped network: weights, embedding and ranges.

    Examples
    --------
    >>> from aimc.networks import CharLSTM
    >>> network = CharLSTM()
    >>> text = network.held_out(streams=8, steps=60)
    >>> chip = network.program(serial=1)
    >>> bool(network.bits_per_character(text, chip.at(86400.0).compute) < 5)
    True
    """

    def __init__(self, checkpoint: datasets.Checkpoint | None = None) -> None:
        super().__init__(
            datasets.load_checkpoint("lstm-course") if checkpoint is None else checkpoint
        )
        self.embedding = self.checkpoint.tables["embedding"]
        self.hidden = self.checkpoint.weights[HIDDEN].shape[1]

    def _calibration_batches(self) -> list[NDArray[np.uint8]]:
        # texts side by side; for this network they are one batch of inferences
        return [_streams(_corpus().train, CALIBRATION_STREAMS, CALIBRATION_STEPS)]

    @staticmethod
    def held_out(streams: int = 40, steps: int = 200) -> NDArray[np.uint8]:
        """Return pieces of text that training has not seen, as codes (streams, steps + 1)."""
        return _streams(_corpus().held_out, streams, steps)

    def workload(self) -> Network:
        """Return the network's matrices as a chip has to hold and use them, per character."""
        shapes = [weights.shape for weights in self.checkpoint.weights]
        layers = (
            Workload("input gates", shapes[INPUT], kind="recurrent", biases=shapes[INPUT][0]),
            Workload("hidden gates", shapes[HIDDEN], kind="recurrent"),
            Workload("output", shapes[OUTPUT], stage=1, biases=shapes[OUTPUT][0]),
        )
        return Network("LSTM, text of this course", layers, "character")

    def forward(self, compute: Compute, x: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return scores of the next character, shape (..., characters); see `scores`.

        Parameters
        ----------
        compute : callable
            Computes a layer, see `ShippedNetwork.forward`.
        x : array, shape (n,) or (streams, steps)
            Codes of the characters of one text, or of texts that are read side by side.
        """
        codes = np.asarray(x, np.int64)
        return self.scores(np.atleast_2d(codes), compute).reshape(*codes.shape, -1)

    def scores(
        self, codes: NDArray[np.integer], compute: Compute | None = None
    ) -> NDArray[np.float32]:
        """Return scores (streams, steps, characters) of the character after each one.

        Parameters
        ----------
        codes : array, shape (streams, steps)
            Texts that are read side by side, as places in the vocabulary.
        compute : callable, optional
            Computes a layer, e.g. ``chip.compute`` of a programmed chip; `digital` by default.
        """
        check_array(
            "codes", np.asarray(codes, np.float64), ndim=2, low=0, high=len(self.embedding) - 1
        )
        run = self.digital if compute is None else compute
        state = self._blank(len(codes))
        hidden = []
        for step in range(codes.shape[1]):
            state = self._step(codes[:, step], state, run)
            hidden.append(state[0])
        return run("output", np.stack(hidden, axis=1))

    def write(
        self,
        prompt: str,
        length: int,
        compute: Compute | None = None,
        *,
        rng: int | np.random.Generator = 0,
        temperature: float = 0.5,
    ) -> str:
        """Return a text that goes on from a prompt, one drawn character after the other.

        Parameters
        ----------
        prompt : str
            At least one character of the vocabulary.
        length : int
            Characters to draw.
        compute : callable, optional
            As in `scores`.
        rng : int or numpy.random.Generator
            Source of the draws.
        temperature : float
            Divides the scores: small values draw likely characters only.
        """
        vocabulary = _corpus().vocabulary
        unknown = sorted(set(prompt) - set(vocabulary))
        if unknown or not prompt:
            raise ValueError(f"prompt={prompt!r} must hold characters of {vocabulary!r} only")
        check_integer("length", length, low=1)
        check_number("temperature", temperature, low=0.0, open_low=True)
        generator = np.random.default_rng(rng)
        run = self.digital if compute is None else compute
        state, written = self._blank(1), ""
        for character in prompt:
            state = self._step(np.array([vocabulary.index(character)]), state, run)
        while len(written) < length:
            scores = run("output", state[0])[0].astype(np.float64) / temperature
            chance = np.exp(scores - scores.max())
            code = generator.choice(len(chance), p=chance / chance.sum())
            written += vocabulary[code]
            state = self._step(np.array([code]), state, run)
        return written

    def _blank(self, streams: int) -> State:
        blank = np.zeros((streams, self.hidden), np.float32)
        return blank, blank

    def _step(self, codes: NDArray[np.integer], state: State, run: Compute) -> State:
        """Return hidden and cell state after one more character per stream."""
        hidden, cell = state
        gates = run({"input gates": self.embedding[codes], "hidden gates": hidden})
        enter, forget, new, leave = np.split(gates, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(new)
        return _sigmoid(leave) * np.tanh(cell), cell

    def bits_per_character(
        self, codes: NDArray[np.integer], compute: Compute | None = None
    ) -> float:
        r"""Return the mean of :math:`-\log_2 p` over the characters that came.

        Parameters
        ----------
        codes : array, shape (streams, steps + 1)
            Texts that are read side by side; the first characters of each are not scored.
        compute : callable, optional
            As in `scores`.
        """
        if codes.shape[1] <= WARM_UP + 1:
            raise ValueError(f"codes must hold more than {WARM_UP + 1} steps, got {codes.shape[1]}")
        scores = self.scores(codes[:, :-1], compute)[:, WARM_UP:].astype(np.float64)
        came = np.take_along_axis(scores, codes[:, WARM_UP + 1 :, None].astype(np.int64), axis=-1)
        top = scores.max(axis=-1)
        log_sum = top + np.log(np.exp(scores - top[..., None]).sum(axis=-1))
        return float((log_sum - came[..., 0]).mean() / math.log(2))


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    # As the chip's digital unit does: one function serves both.
    result: NDArray[np.float32] = 0.5 + 0.5 * np.tanh(0.5 * x)
    return result


@cache
def _corpus() -> Corpus:
    return load_text()


def _streams(text: NDArray[np.uint8], streams: int, steps: int) -> NDArray[np.uint8]:
    check_integer("streams", streams, low=1)
    check_integer("steps", steps, low=1)
    length = steps + 1
    if streams * length > len(text):
        raise ValueError(
            f"streams={streams} of steps={steps} need {streams * length} characters, and the text "
            f"has {len(text)}"
        )
    starts = np.linspace(0, len(text) - length, streams).astype(np.int64)
    return text[starts[:, None] + np.arange(length)]
