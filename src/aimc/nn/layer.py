"""What all analog layers share: where their weights are, and what a forward multiplies with."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.compiler import is_dynamo_compiling

from aimc.backend import Patches, like
from aimc.cores import Core, Gain, Noises
from aimc.nn import compiled_call
from aimc.nn.detached_copy import DetachedCopies
from aimc.nn.gathered_warnings import CALL, StaleWeightsWarning, give_out, model_computes
from aimc.nn.matrix import AnalogMatrix, AnalogSum, NoisyWeights, Read, Setup, WeightNoise
from aimc.nn.stand_in import Factor, StandIn
from aimc.validation import UnprogrammedError, check_integer, warn_caller

__all__ = [
    "AnalogLayer",
    "ConstantDevicesWarning",
    "NotConvertibleError",
    "StaleWeightsWarning",
    "WeightNoise",
]

Observer: TypeAlias = Callable[[int, Sequence[torch.Tensor]], None]
"""Told the number of a sum and the inputs that its matrices meet."""

Inputs: TypeAlias = torch.Tensor | Patches
"""Vectors of shape (..., in)."""

Stamp: TypeAlias = tuple[int, int, int] | None
"""Identity, count of changes and address of a parameter."""

Seen: TypeAlias = tuple[Stamp, np.ndarray | None, bytes]
"""A stamp, a view of a few numbers of the parameter, and what these were."""
INTEGERS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}  # by their bytes
SEEN = 16  # numbers that are looked at, about


class ConstantDevicesWarning(UserWarning):
    """A gradient came to a layer whose devices are constants to it: no weight would be trained."""


class NotConvertibleError(ValueError):
    """A layer cannot be put on cores; the message says which one and what to do."""


class AnalogLayer(nn.Module):
    """Base of the analog layers; each is also a subclass of its torch counterpart.

    The parameters are ordinary torch parameters with the names of the digital layer, so state
    dictionaries load in both directions and any optimiser works. Ranges and device state belong
    to the chip: they are not part of the state dictionary.

    A forward multiplies with one of three things:

    - by default, with the devices: `program` comes first, and changes of the parameters reach the
      devices only when they are programmed again. To gradients the devices are constants, which
      then reach the biases and what lies in front of the layer but not the weights, unless they
      were programmed with ``gradients=True``;
    - with ``layer.weight_noise`` set, with ``weight_noise(W)``, through the same converters:
      gradients reach the parameters, no device is programmed (for training);
    - with ``layer.digital = True``, with W in floating point, as the digital layer does.

    Checkpoints of activations (`torch.utils.checkpoint`) compute forwards again: reads of devices
    then meet other read noise than at first, and gradients are those of this other read.

    The bias is digital in all three: the last core of each chain adds it, before it sends the sum.

    To `torch.compile` a layer is one operation, which computes as without it whatever the layer
    holds by then: ``torch.compile(model, fullgraph=True)`` has no break and draws the same numbers.
    What lies between analog layers is compiled, and they themselves take as long as without. Only
    recurrent layers break a graph, as those of torch do. Copies of a model, and blocks of the same
    make that are compiled one by one, share a graph.

    A forward warns if the parameters have changed since they were programmed, and a backward pass
    in training mode if no gradient reaches the weights. What is written past torch's count of
    changes, as through ``parameter.data`` or by a fused optimiser, is found where it changes a few
    numbers that a forward looks at, which takes a parameter on the CPU, or where the parameters
    themselves were multiplied with since.
    """

    digital: bool = False
    """Whether the layer computes as its digital counterpart."""
    weight_noise: WeightNoise | None = None
    """What turns the weights into what devices might hold; ``None`` reads the devices."""
    path: str = ""
    """Name of the layer in its model, for messages."""
    kind: str = "dense"
    """What `aimc.layers.Layer` calls the layer."""
    beside: tuple[str, ...] = ()
    """What it computes digitally that would else pass unseen, in words."""
    matrices: tuple[AnalogMatrix, ...] = ()
    """The weight matrices, each with its cores."""
    sums: tuple[AnalogSum, ...] = ()
    """Those of them that add up."""
    compiled_number: torch.Tensor
    """Number by which graphs of `torch.compile` are told of the layer."""
    compiled_kind: str = ""
    """What these graphs know of it; see `aimc.nn.compiled_call`."""
    _stamps: dict[str, Seen]
    _gradients: bool = False  # whether they pass the devices
    observer: Observer | None = None
    """Shown what the matrices of a sum meet, while a calibration watches."""
    # what layers of one kind may differ in, see compiled_call
    _STATE: ClassVar[tuple[str, ...]] = (
        "digital",
        "weight_noise",
        "path",
        "compiled_kind",
        "observer",
        "_gradients",
    )

    @classmethod
    def take_over(
        cls, module: nn.Module, setup: Setup, first_core: int = 0, path: str = ""
    ) -> AnalogLayer:
        """Turn a digital layer into an analog one, and return it.

        It stays the same object with the same parameters and hooks, so that all that refers to it,
        a list of layers outside the tree of modules as well, refers to the analog layer now.

        Parameters
        ----------
        module : torch.nn.Module
            The digital layer; it changes its class.
        setup : Setup
            How the cores are made.
        first_core : int
            Number of the first core.
        path : str
            Name of the layer in its model, for messages.

        Raises
        ------
        NotConvertibleError
            If the layer has an option that no crossbar computes.
        """
        reason = cls.refusal(module)
        if reason:
            raise NotConvertibleError(f"{path or type(module).__name__}: {reason}")
        layer: Any = module
        layer.__class__ = cls
        layer.path = path
        layer._place(setup, first_core)
        return layer

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a digital layer cannot be converted, in words; empty if it can."""
        raise NotImplementedError

    @classmethod
    def parameters_of(cls, module: nn.Module) -> Sequence[str]:
        """Return the names of the parameters of a digital layer that hold its matrices."""
        return getattr(module, "_flat_weights_names", ("weight",))

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        """Return the names of the matrices, those that add up together.

        Their cores are numbered in this order. A name is that of the parameter that holds the
        weights; where only a part of it is meant, a colon and the part follow.
        """
        return (("weight",),)

    def blocks(self, name: str) -> int:
        """Return how many equal blocks a matrix consists of; zeros surround them."""
        return 1

    def stage(self, name: str) -> str:
        """Return which step of the layer a matrix works in; those of one step work together."""
        return ""

    def vectors(self, x: torch.Tensor, output: torch.Tensor) -> int:
        """Return how many vectors each matrix meets in a forward, from its input and output."""
        return x.numel() // x.shape[-1]

    def alternatives(self, number: int) -> Sequence[int]:
        """Return the sums whose ranges serve one that data never reach, as experts may be."""
        return ()

    def digital_matrices(self) -> Sequence[str]:
        """Return the names of its matrices that stayed digital."""
        return ()

    def counts(
        self, inputs: Sequence[Any], named: Mapping[str, Any], output: Any
    ) -> dict[str, int]:
        """Return how many vectors each matrix meets in a forward with these arguments."""
        x = inputs[0] if inputs else named.get("input", next(iter(named.values())))
        return dict.fromkeys((m.name for m in self.matrices), int(self.vectors(x, output)))

    def _place(self, setup: Setup, first_core: int) -> None:
        following = check_integer("first_core", first_core, low=0)
        sums: list[AnalogSum] = []
        for names in self._matrix_names():
            made: list[AnalogMatrix] = []
            for name in names:
                rows, columns = self.weight_matrix(name).shape
                made.append(
                    AnalogMatrix(name, (rows, columns), setup, following, self.blocks(name))
                )
                following += len(made[-1].cores)
            sums.append(AnalogSum(tuple(made)))
        self.sums, self._stamps = tuple(sums), {}
        self.matrices = tuple(matrix for each in sums for matrix in each.matrices)
        self.compiled_number, self.compiled_kind = compiled_call.register(self)

    def weight_matrix(self, name: str = "weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in).

        Parameters
        ----------
        name : str
            Name of the parameter, for layers with several matrices.
        """
        return getattr(self, name).flatten(1)

    def matrix_in_place(self, name: str = "weight") -> torch.Tensor:
        """Return a matrix as a view of its parameter, a constant of shape (..., out, in).

        What is written to it reaches the parameter. Groups of a convolution come one by one,
        without the zeros around them.
        """
        return self.weight_matrix(name).detach()

    def matrix(self, name: str = "weight") -> AnalogMatrix:
        """Return one of `matrices` by the name of its parameter."""
        for matrix in self.matrices:
            if matrix.name == name:
                return matrix
        names = [matrix.name for matrix in self.matrices]
        raise ValueError(f"name={name!r} is no matrix of this layer: choose one of {names}")

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores of the layer, in the order of their numbers."""
        return tuple(core for matrix in self.matrices for core in matrix.cores)

    @property
    def programmed(self) -> bool:
        """Whether the cores hold weights."""
        return all(matrix.programmed for matrix in self.matrices)

    def program(
        self, serial: int | None = None, gradients: bool = False, keep: bool | None = None
    ) -> Self:
        """Write the weights to the devices, and return the layer; see `aimc.nn.program`."""
        self._check_programmable()
        with torch.set_grad_enabled(gradients):
            for matrix in self.matrices:
                weights = self.weight_matrix(matrix.name)
                weights = weights if gradients else weights.detach()
                try:
                    matrix.program(weights, serial=serial, keep=keep)
                except ValueError as error:
                    which = f"parameter {matrix.name.partition(':')[0]!r}"
                    raise ValueError(f"layer {self._label!r}, {which}: {error}") from error
        self._stamps = {}
        for matrix in self.matrices:
            self._note(matrix.name, self._stamp(matrix.name))
        self._gradients = gradients
        return self

    def _check_programmable(self) -> None:
        """Refuse parameters that are elsewhere, or have changed their shape since."""
        for matrix in self.matrices:
            weights = self.weight_matrix(matrix.name)
            if weights.is_meta:
                raise ValueError(
                    f"layer {self._label!r}: its weights are not in memory (device 'meta'): load "
                    "them before they are programmed, or evaluate with offload"
                )
            if tuple(weights.shape) != matrix.shape:
                raise ValueError(
                    f"layer {self._label!r}: its weights have shape {tuple(weights.shape)}, and "
                    f"its cores were made for {matrix.shape}: convert the changed model anew"
                )

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> Self:
        """Go to a time after programming, and return the layer; see `aimc.nn.at`."""
        self._require_programmed()
        for matrix in self.matrices:
            matrix.go_to(t, gain, noise)
        return self

    def weights(self, noise: bool = False) -> Any:
        """Return the effective weights of the devices: shape (out, in), or several by name."""
        self._require_programmed()
        found = {matrix.name: matrix.weights(noise) for matrix in self.matrices}
        return found if len(found) > 1 else next(iter(found.values()))

    def product(self, bias: torch.Tensor | None = None, number: int = 0) -> Product:
        """Return the product of one forward with the matrices of a sum.

        Weight noise is drawn once here, so all vectors of a forward meet the same weights.

        Parameters
        ----------
        bias : tensor of shape (out,), optional
            What the last core of each chain adds.
        number : int
            Which of `sums`.
        """
        matrices = self.sums[number].matrices
        reads: list[Read] = []
        if torch.is_grad_enabled() and (self.digital or self.weight_noise is not None):
            self._stamps.clear()  # a fused optimiser, which may come next, counts no change
        if self.digital:
            pass
        elif self.weight_noise is not None:
            weights = [self.weight_matrix(matrix.name) for matrix in matrices]
            noisy = [self._noisy(*each) for each in zip(matrices, weights, strict=True)]
            # what is added to is kept in single precision until then
            alone = len(matrices) == 1 and matrices[0].grid[1] == 1 and noisy[0].last is None
            alone = alone and self.sums[number].output_bits is None
            reads = [
                matrix.reader_of(met, exact, narrow=alone, offset=bias if alone else None)
                for matrix, met, exact in zip(matrices, noisy, weights, strict=True)
            ]
            firsts = [each.first for each in noisy]
            firsts = firsts if any(firsts) else []
            return Product(self, self.sums[number], reads, bias, firsts, added=alone)
        else:
            for matrix in matrices:
                self._require_fresh(matrix)
            reads = [matrix.read for matrix in matrices]
        return Product(self, self.sums[number], reads, bias)

    def _noisy(self, matrix: AnalogMatrix, weights: torch.Tensor) -> NoisyWeights:
        """Return what `weight_noise` makes of the weights of a matrix."""
        noise: Any = self.weight_noise
        made_for = getattr(noise, "for_matrix", None)
        found: NoisyWeights = (
            NoisyWeights(noise(weights)) if made_for is None else made_for(matrix, weights)
        )
        return found

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Compute as a torch module does, and give out the warnings of all cores as one."""
        if is_dynamo_compiling():
            return compiled_call.call(self, inputs, named)
        outer, CALL.layer = CALL.layer, self
        try:
            output = super().__call__(*inputs, **named)
            if self.training and torch.is_grad_enabled() and self._devices_are_constants():
                self._watch_gradients(output)
            return output
        finally:
            CALL.layer = outer
            if outer is None and CALL.notes and CALL.model is None:
                give_out()

    def compile(self, *options: Any, **named: Any) -> None:
        """Do nothing: a layer is one operation, with nothing in it to compile."""

    def followed(self) -> list[torch.Tensor]:
        """Return the parameters that gradients of a forward reach."""
        reached = self.digital or self.weight_noise is not None or self._gradients
        matrices = () if reached else [each.name.partition(":")[0] for each in self.matrices]
        found = [each for name, each in self._parameters.items() if name not in matrices]
        for part in self.children():
            found += part.followed() if isinstance(part, AnalogLayer) else part.parameters()
        return [each for each in found if each is not None and each.requires_grad]

    def digital_forward(self, *inputs: Any, **named: Any) -> Any:
        """Return what the forward of the digital layer returns."""
        digital: Any = super()
        return digital.forward(*inputs, **named)

    def packed(self, output: Any) -> list[torch.Tensor]:
        """Return the tensors in what a forward returns."""
        return list(output) if isinstance(output, tuple | list) else [output]

    def unpacked(self, outputs: list[torch.Tensor]) -> Any:
        """Return what a forward returns, from the tensors in it."""
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def __getattr__(self, name: str) -> Any:
        """Return a parameter; in the forward of another module, what stands for its weights.

        So ``layer.weight @ x`` of a converted model is computed on the cores of the layer, which is
        not called.
        """
        found = super().__getattr__(name)
        if is_dynamo_compiling():
            weights = any(matrix.name.partition(":")[0] == name for matrix in self.matrices)
            return compiled_call.weights_elsewhere(self, name, found) if weights else found
        if (
            CALL.layer is None
            and isinstance(found, torch.Tensor)  # not a parameter in torch.func.functional_call
            and any(matrix.name.partition(":")[0] == name for matrix in self.matrices)
            and (CALL.standing_in or model_computes())
        ):
            return StandIn.of(found, self, name, found.requires_grad)
        return found

    @contextmanager
    def standing_in(self) -> Iterator[None]:
        """Return a context in which the layer runs code that is not its own.

        Products of this code with the weights are computed on the cores.
        """
        outer = CALL.layer, CALL.standing_in
        CALL.layer, CALL.standing_in = None, True
        try:
            yield
        finally:
            CALL.layer, CALL.standing_in = outer

    def multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """Return a product with the weights on cores; see `aimc.nn.stand_in.Multiplier`."""
        self._check_floating(x)
        outer, CALL.layer = CALL.layer, self
        try:
            if CALL.outside is not None and not CALL.standing_in:
                CALL.outside(self, factor.parameter, x.numel() // x.shape[-1])
            return self._multiply(factor, x, bias)
        finally:
            CALL.layer = outer

    def _multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        raise self.other_use(factor.parameter, "a product outside of the layer")

    def convolve(
        self, parameter: str, x: torch.Tensor, bias: torch.Tensor | None, **options: Any
    ) -> torch.Tensor:
        """Return a convolution with the weights on cores; see `aimc.nn.stand_in.Multiplier`."""
        outer, CALL.layer = CALL.layer, self
        try:
            y = self._convolved(parameter, x, bias, **options)
            if CALL.outside is not None and not CALL.standing_in:
                CALL.outside(self, parameter, int(self.vectors(x, y)))
            return y
        finally:
            CALL.layer = outer

    def _convolved(
        self, parameter: str, x: torch.Tensor, bias: torch.Tensor | None, **options: Any
    ) -> torch.Tensor:
        raise self.other_use(parameter, "a convolution outside of the layer")

    def other_use(self, parameter: str, function: str) -> NotConvertibleError:
        """Return the error of a forward that does more with weights than multiply with them."""
        return NotConvertibleError(
            f"layer {self._label!r}: its parameter {parameter!r} is used in {function}, which its "
            f"cores cannot compute; leave the layer digital with skip=({self._label!r},)"
        )

    def _devices_are_constants(self) -> bool:
        """Return whether a forward reads devices through which no gradient reaches the weights."""
        if self.digital or self.weight_noise is not None or not self.matrices:
            return False
        weights = [getattr(self, matrix.name.partition(":")[0]) for matrix in self.matrices]
        if not any(isinstance(w, nn.Parameter) and w.requires_grad for w in weights):
            return False
        state = self.cores[0].sample.g_programmed
        return not (isinstance(state, torch.Tensor) and state.requires_grad)

    def _watch_gradients(self, output: Any) -> None:
        """Warn when a gradient comes back to a layer in training that cannot pass it on."""

        def tell(gradient: torch.Tensor) -> None:
            warn_caller(
                f"layer {self._label!r}: the devices are constants, so this gradient reaches no "
                "weight of the layer, and a training would change nothing but biases: set "
                "layer.weight_noise or layer.digital = True for training, program with "
                "gradients=True, or call model.eval()",
                ConstantDevicesWarning,
            )

        first = output[0] if isinstance(output, tuple) else output
        if isinstance(first, torch.Tensor) and first.requires_grad:
            first.register_hook(tell)

    def exact(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return the exact product of inputs with other weights of the layer's shape.

        Parameters
        ----------
        x : tensor
            Inputs as `observe` is shown them.
        weights : tensor, shape (out, in)
            A matrix in place of the layer's own.

        Returns
        -------
        tensor, shape (n, out)
            One row for each vector that the crossbars would meet.
        """
        return nn.functional.linear(x, weights).reshape(-1, weights.shape[0])

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to a sum digitally, shape (out,), or ``None``."""
        bias: torch.Tensor | None = self.bias
        return bias

    def observe(self, *inputs: torch.Tensor, number: int = 0) -> None:
        """Show the inputs of the matrices of a sum to `aimc.nn.calibrate`, if it is watching."""
        if self.observer is not None:
            self.observer(number, inputs)

    def _check_floating(self, x: torch.Tensor) -> None:
        if not isinstance(x, torch.Tensor):
            raise TypeError(
                f"layer {self._label!r}: input must be a tensor, got {type(x).__name__}"
            )
        if not x.is_floating_point():
            raise TypeError(
                f"layer {self._label!r}: input must hold floating-point numbers, got {x.dtype}; "
                "convert it first, for example with input.float()"
            )

    @property
    def _label(self) -> str:
        return self.path or type(self).__name__

    def _require_programmed(self) -> None:
        if not self.programmed:
            raise UnprogrammedError(
                f"layer {self._label!r} holds no weights on its cores yet: call "
                "aimc.nn.program(model), or set layer.digital = True to compute in floating point"
            )

    def _stamp(self, name: str) -> Stamp:
        """Return what differs once a parameter is another tensor, was written to, or has moved."""
        parameter = name if ":" not in name else name.partition(":")[0]
        weights = self._parameters.get(parameter)
        if weights is None:  # computed from others, as by torch.nn.utils.parametrize
            weights = getattr(self, parameter)
        if type(weights) is not nn.Parameter and not isinstance(weights, nn.Parameter):
            return None  # lent for one forward: the next tensor may have the same address
        # Tensors made in inference mode keep no count of their changes.
        version = 0 if weights.is_inference() else weights._version
        return id(weights), version, weights.data_ptr()

    def _note(self, name: str, stamp: Stamp) -> None:
        """Take down what the devices of a matrix hold."""
        if stamp is None:
            self._stamps.pop(name, None)
            return
        few = _few(getattr(self, name.partition(":")[0]))
        self._stamps[name] = stamp, few, b"" if few is None else few.tobytes()

    def _require_fresh(self, matrix: AnalogMatrix) -> None:
        """Raise an error if a matrix holds nothing, and warn if it holds old weights."""
        stamp, seen = self._stamp(matrix.name), self._stamps.get(matrix.name)
        if seen is not None and stamp == seen[0] and _unchanged(*seen[1:]):
            return  # known since it was programmed
        if not matrix.programmed:
            self._require_programmed()
        # Copies, moves and conversions of a parameter leave its values as they are.
        if matrix.holds(self.weight_matrix(matrix.name)):
            self._note(matrix.name, stamp)
            return
        warn_caller(
            f"layer {self._label!r}: its devices hold old weights; call aimc.nn.program(model)",
            StaleWeightsWarning,
        )

    def extra_repr(self) -> str:
        """Return the options of the layer, and how many cores it takes."""
        state = "programmed" if self.programmed else "unprogrammed"
        digital = ", digital" if self.digital else ""
        options = super().extra_repr()
        before = f"{options}, " if options else ""
        return f"{before}cores={len(self.cores)} ({state}){digital}"

    def __deepcopy__(self, memo: dict[int, Any]) -> AnalogLayer:
        """Return a copy whose devices are constants, also where gradients pass the original's."""
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        with DetachedCopies():
            twin.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy takes over."""
        return {**super().__getstate__(), "_stamps": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.compiled_number, self.compiled_kind = compiled_call.register(self)


def _few(parameter: torch.Tensor) -> np.ndarray | None:
    """Return a view of a few numbers of a parameter; ``None`` where NumPy cannot look."""
    values = parameter.detach()
    if type(values) is not torch.Tensor or values.device.type != "cpu":
        return None
    if values.is_sparse or not values.is_contiguous() or values.element_size() not in INTEGERS:
        return None
    numbers = values.view(-1).view(INTEGERS[values.element_size()])
    return numbers[:: len(numbers) // SEEN | 1].numpy()


def _unchanged(few: np.ndarray | None, were: bytes) -> bool:
    return few is None or few.tobytes() == were


class Product:
    """The product of one forward: inputs of the matrices of a sum to outputs.

    Parameters
    ----------
    layer : AnalogLayer
        Whose product it is; it knows the exact weights.
    total : AnalogSum
        The matrices.
    reads : sequence of callable
        How each is read; none computes in floating point.
    bias : tensor or None
        What is added at the end of each chain.
    firsts : sequence of callable or None
        What the inputs of each matrix pass before they are sent.
    added : bool
        Whether the reads add the bias.
    """

    __slots__ = ("_added", "_bias", "_firsts", "_layer", "_reads", "_total", "_weights")

    def __init__(
        self,
        layer: AnalogLayer,
        total: AnalogSum,
        reads: Sequence[Read],
        bias: torch.Tensor | None,
        firsts: Sequence[Callable[[torch.Tensor], torch.Tensor] | None] = (),
        added: bool = False,
    ) -> None:
        self._firsts, self._added = firsts, added
        self._layer, self._total = layer, total
        self._reads, self._bias = reads, bias
        self._weights: list[torch.Tensor] = []

    def __call__(
        self, *inputs: Inputs, first: int = 0, sent: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return what the cores send, (..., out), for inputs (..., in) of each matrix.

        Parameters
        ----------
        *inputs : tensor or Patches
            Of all matrices of the sum, or of some that follow each other.
        first : int
            Number of the matrix that the first inputs are for.
        sent : tensor, optional
            What the matrices before it sent.
        """
        layer, total, given = self._layer, self._total, inputs[0]
        form = given.pixels if isinstance(given, Patches) else given
        sends = first + len(inputs) == len(total.inputs)  # the last core does
        if not self._reads or given.numel() == 0:  # no vector meets the cores
            y = self._digital(inputs, first, sent)
        else:
            if self._firsts:
                inputs = self._first_met(inputs, first)
            bits, bias = total.output_bits, self._bias
            if bits is not None and total.output_range is None:
                raise ValueError(
                    f"layer {layer._label!r}: output_bits={bits}: no range of outputs is known for "
                    f"{' + '.join(total.names)}; call aimc.nn.calibrate(model, batches) first"
                )
            try:
                y = total.forward(
                    self._reads,
                    inputs,
                    offset=0.0 if bias is None or self._added else bias,
                    bits=bits,
                    full_scale=total.output_range or 1.0,
                    first=first,
                    sent=sent,
                    form=form if sends else None,
                )
            except ValueError as error:
                raise ValueError(f"layer {layer._label!r}: {error}") from error
        return like(y, form) if sends else y

    def _first_met(self, inputs: tuple[Inputs, ...], first: int) -> tuple[Inputs, ...]:
        """Return inputs as they are sent."""
        for k, each in enumerate(self._firsts[first : first + len(inputs)]):
            if each is not None:
                vectors = _vectors(inputs)
                inputs = (*vectors[:k], each(vectors[k]), *vectors[k + 1 :])
        return inputs

    def _digital(
        self, inputs: Sequence[Inputs], first: int, sent: torch.Tensor | None
    ) -> torch.Tensor:
        """Return the same in floating point."""
        if not self._weights:
            self._weights = [self._layer.weight_matrix(name) for name in self._total.names]
        for k, x in enumerate(_vectors(inputs), first):
            y = nn.functional.linear(x, self._weights[k].to(x))
            sent = y if sent is None else sent + y
        assert sent is not None
        last = first + len(inputs) == len(self._weights)
        return sent + self._bias.to(sent) if last and self._bias is not None else sent


def _vectors(inputs: Sequence[Inputs]) -> list[torch.Tensor]:
    return [x.vectors() if isinstance(x, Patches) else x for x in inputs]
