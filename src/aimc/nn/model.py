"""A converted model as one thing that holds weights, and what it asks of a chip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any, Self

from torch import nn

from aimc.cores import Core, Gain, Noises
from aimc.layers.workload import Layer, Network
from aimc.nn.batch import run, size_of
from aimc.nn.beside import digital_layers, watch_beside
from aimc.nn.calibration import in_floating_point
from aimc.nn.convert import at, program
from aimc.nn.gathered_warnings import CALL
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import AnalogMatrix
from aimc.nn.report import analog_layers
from aimc.validation import warn_caller

__all__ = ["AnalogModel"]


class AnalogModel:
    """A converted model where cores, matrices and models are treated alike.

    A model from `convert` keeps its own class and its own names, so this stands for it: it keeps
    `aimc.cores.Programmed`, with the weights of all layers by name.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`, or an analog layer.

    Raises
    ------
    ValueError
        If the model holds no analog layer, or two matrices are on the same core.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> digital = torch.nn.Sequential(torch.nn.Linear(300, 20), torch.nn.Linear(20, 4))
    >>> model = aimc.nn.AnalogModel(aimc.nn.convert(digital, "hermes", serial=7)).program()
    >>> len(model.cores), {name: tuple(w.shape) for name, w in model.at("1 d").weights().items()}
    (3, {'0': (20, 300), '1': (4, 20)})
    """

    def __init__(self, model: nn.Module) -> None:
        analog_layers(model)  # refuses what holds none
        self.model = model

    @property
    def layers(self) -> dict[str, AnalogLayer]:
        """The analog layers by their names in the model."""
        return analog_layers(self.model)

    @property
    def matrices(self) -> dict[str, AnalogMatrix]:
        """Each matrix by the name of its layer; of several, the name of the parameter follows."""
        return {
            name: matrix
            for path, layer in self.layers.items()
            for name, matrix in _named(path, layer)
        }

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores, layer by layer."""
        return tuple(core for layer in self.layers.values() for core in layer.cores)

    @property
    def t(self) -> float:
        """Time since programming, s; the longest of the layers.

        Warns
        -----
        RangeWarning
            If they are at different times.
        """
        times = {view.t for matrix in self.matrices.values() for view in matrix.views}
        if len(times) > 1:
            warn_caller(
                f"layers of the model are at different times after programming, from "
                f"{min(times):g} s to {max(times):g} s: the time of the run is the longest"
            )
        return max(times, default=0.0)

    def program(
        self,
        weights: None = None,
        *,
        serial: int | None = None,
        gradients: bool = False,
        anew: bool = False,
    ) -> Self:
        """Write the parameters to the devices; see `aimc.nn.program`.

        Parameters
        ----------
        weights : None
            A model has its own.
        serial, gradients
            As in `aimc.nn.program`.
        anew : bool
            Whether the cores are made anew where there is no ``serial``, too: what an earlier way
            of programming gave them, such as other cells, is then gone.
        """
        if weights is not None:
            raise TypeError("weights is not allowed: a torch model has its own weights")
        if anew and serial is None:
            for layer in self.layers.values():
                layer.program(layer.matrices[0].setup.serial, gradients)
        else:
            program(self.model, serial, gradients=gradients)
        return self

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> Self:
        """Let the model drift: it then computes as at a time; see `aimc.nn.at`."""
        at(self.model, t, gain, noise=noise)
        return self

    def forward(self, x: Any) -> Any:
        """Return the outputs of the model."""
        return self.model(x)

    def matrix(self, name: str) -> AnalogMatrix:
        """Return one of `matrices`."""
        known = self.matrices
        if name not in known:
            raise ValueError(f"layer={name!r} is no matrix of the model: choose from {list(known)}")
        return known[name]

    def weights(self, noise: bool = False) -> dict[str, Any]:
        """Return the effective weights of each matrix, shape (out, in); see `aimc.cores`."""
        return {name: matrix.weights(noise) for name, matrix in self.matrices.items()}

    @contextmanager
    def counted(self) -> Iterator[dict[str, int]]:
        """Return a context that counts the vectors that each matrix meets, in the order of use."""
        counts: dict[str, int] = {}
        order: list[str] = []
        with _watched(self.layers, counts, order):
            yield counts

    def workload(self, sample: Any, name: str = "") -> Network:
        """Return what the model asks of a chip per inference, from one forward that is watched.

        Parameters
        ----------
        sample : tensor, shape (n, ...)
            Input of the model; the first axis counts inferences. The model computes in floating
            point, programmed or not.
        name : str
            Name of the network; that of the model's class by default.

        Raises
        ------
        ValueError
            If a layer is not used, or not equally often by each inference.
        """
        inferences, model = size_of(sample), self.model
        counts: dict[str, int] = {}
        order: list[str] = []
        layers = self.layers
        with (
            in_floating_point(model, layers),
            _watched(layers, counts, order),
            watch_beside(model) as other,
        ):
            run(model, sample)
        known = {
            name: (layer, matrix)
            for path, layer in layers.items()
            for name, matrix in _named(path, layer)
        }
        for unused in known:
            if unused not in counts:
                raise ValueError(f"layer {unused!r} was not used by a forward of the sample")
        found = []
        stages: dict[Any, int] = {}
        for matrix_name in order:
            layer, matrix = known[matrix_name]
            per, rest = divmod(counts[matrix_name], inferences)
            if rest:
                raise ValueError(
                    f"layer {matrix_name!r} met {counts[matrix_name]} vectors for {inferences} "
                    "inferences: the first axis of sample must count inferences, and each must use "
                    "the layer equally often, which experts that the input chooses are not"
                )
            place = (id(layer), layer.stage(matrix.name))
            stages.setdefault(place, len(stages))
            found.append(
                Layer(
                    matrix_name,
                    matrix.shape,
                    mvms=per,
                    kind=layer.kind,
                    stage=stages[place],
                    sum_name=_sum_name(matrix_name, layer, matrix),
                    blocks=matrix.blocks,
                )
            )
        return Network(
            name or type(model).__name__,
            tuple(found),
            "inference",
            digital=digital_layers(model),
            other=tuple(other),
        )

    def warn_of_other_outputs(self) -> None:
        """Warn if a forward does not compute what the cores would."""
        layers = {
            name: layer for path, layer in self.layers.items() for name, _ in _named(path, layer)
        }
        digital = [name for name, layer in layers.items() if layer.digital]
        noisy = [
            name
            for name, layer in layers.items()
            if layer.weight_noise is not None and not layer.digital
        ]
        for names, how in ((digital, "in floating point (digital)"), (noisy, "with weight_noise")):
            if names:
                warn_caller(
                    f"{len(names)} of {len(layers)} matrices compute {how} in place of devices, "
                    f"the first of them {names[0]!r}: the costs are not those of these outputs"
                )
        if any(each.training and _differs_in_training(each) for each in self.model.modules()):
            warn_caller(
                "the model is in training mode, in which dropout and batch normalisation compute "
                "otherwise: call model.eval()"
            )


def _named(path: str, layer: AnalogLayer) -> list[tuple[str, AnalogMatrix]]:
    path = path or type(layer).__name__
    alone = len(layer.matrices) == 1
    return [(path if alone else f"{path}.{m.name}", m) for m in layer.matrices]


def _sum_name(name: str, layer: AnalogLayer, matrix: AnalogMatrix) -> str:
    """Return a name for the sum of a matrix; two cells of one stage must not be taken for one."""
    if layer.kind != "recurrent":
        return ""
    members = next(total.matrices for total in layer.sums if matrix in total.matrices)
    return name.removesuffix(matrix.name) + " + ".join(member.name for member in members)


@contextmanager
def _watched(
    layers: dict[str, AnalogLayer], counts: dict[str, int], order: list[str]
) -> Iterator[None]:
    """Fill in the vectors that matrices meet, and their names in the order of use."""

    def watch(path: str, layer: AnalogLayer) -> Iterator[Any]:
        named = _named(path, layer)

        # Before the forward: a layer on cores inside of another works after its matrices.
        def note(*_: Any) -> None:
            order.extend(name for name, _ in named if name not in order)

        def count(layer: Any, inputs: Any, by_name: Any, output: Any) -> None:
            vectors = layer.counts(inputs, by_name, output)
            for name, matrix in named:
                counts[name] = counts.get(name, 0) + vectors[matrix.name]

        yield layer.register_forward_pre_hook(note)
        yield layer.register_forward_hook(count, with_kwargs=True)

    paths = {id(layer): path for path, layer in layers.items()}

    def outside(layer: AnalogLayer, parameter: str, vectors: int) -> None:
        for name, matrix in _named(paths[id(layer)], layer):
            if matrix.name.partition(":")[0] == parameter:
                counts[name] = counts.get(name, 0) + vectors
                order.extend([] if name in order else [name])

    handles = [handle for path, layer in layers.items() for handle in watch(path, layer)]
    before, CALL.outside = CALL.outside, outside
    try:
        yield
    finally:
        CALL.outside = before
        for handle in handles:
            handle.remove()


def _differs_in_training(module: nn.Module) -> bool:
    shares = (getattr(module, name, None) for name in ("p", "dropout"))  # of dropped values
    drops = any(isinstance(share, Real) and float(share) > 0 for share in shares)
    return drops or getattr(module, "running_mean", None) is not None
