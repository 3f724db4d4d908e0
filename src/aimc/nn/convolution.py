"""Convolutions on analog cores, whatever their number of axes and groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from aimc.backend import Patches
from aimc.cores import Core, even_parts
from aimc.nn.layer import AnalogLayer, Product
from aimc.nn.matrix import Setup

__all__ = [
    "CONVOLVE",
    "AnalogConv1d",
    "AnalogConv2d",
    "AnalogConv3d",
    "AnalogConvolution",
    "Pack",
    "packs_of",
]

CHUNK = 1 << 22
"""Entries of the patches that are multiplied at once, cut out or not."""

CONVOLVE: tuple[Callable[..., torch.Tensor], ...] = (
    nn.functional.conv1d,
    nn.functional.conv2d,
    nn.functional.conv3d,
)
"""torch's own, by the number of axes less one."""

Sizes = int | tuple[int, ...]


class AnalogConvolution(AnalogLayer):
    """Base of the convolutions; each is also a subclass of its torch counterpart.

    The kernels of a group, flattened, are a matrix of shape (filters, channels x kernel entries);
    the patches of the input (im2col) are its input vectors, one per output position, as in
    `aimc.layers.im2col`. `Pack` says how groups stand on their cores.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels and filters.
    kernel_size, stride, padding, dilation, groups, bias, padding_mode
        As for the torch counterpart.
    preset : callable
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core.
    serial : int
        Serial number of the chip.
    first_core : int
        Number of the first core that the layer takes; layers of one chip take different ones.
    weight_range : {"core", "output"}
        Whether the largest weight of a core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of what the digital unit of each core sends; ``None`` is floating point.
    device, dtype
        Where and in which format torch makes the parameters, as for the torch counterpart.
    **options
        Further arguments of the preset.
    """

    kind = "convolution"
    axes: ClassVar[tuple[str, ...]] = ()
    """Names of the axes behind the channels."""

    groups: int
    in_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[int, ...]
    dilation: tuple[int, ...]
    padding_mode: str
    transposed: bool
    weight: torch.Tensor
    _packs: tuple[Pack, ...] = ()

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        preset: Callable[..., Core],
        serial: int = 0,
        first_core: int = 0,
        weight_range: str = "core",
        output_bits: int | None = None,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        **options: Any,
    ) -> None:
        digital: Any = super()
        digital.__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a convolution cannot be converted; empty: each can."""
        return ""

    def _place(self, setup: Setup, first_core: int) -> None:
        weight = self._parameters.get("weight")
        if weight is not None and not weight.is_contiguous():
            weight.data = weight.data.contiguous()  # so that its matrices are views, see `_blocks`
        core = setup.make_core(first_core)
        shape = tuple(self._blocks(0, 1).shape[1:])
        self._packs = packs_of(self.groups, (shape[0], shape[1]), core.rows, core.columns)
        super()._place(setup, first_core)

    def _blocks(self, first: int, last: int) -> torch.Tensor:
        """Return the matrices of some groups, shape (groups, out, in)."""
        return self.weight.unflatten(0, (self.groups, -1))[first:last].flatten(2)

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        return [(pack.name,) for pack in self._packs]

    def _pack(self, name: str) -> Pack:
        for pack in self._packs:
            if pack.name == name:
                return pack
        names = [pack.name for pack in self._packs]
        raise ValueError(f"name={name!r} is no matrix of this layer: choose one of {names}")

    def blocks(self, name: str) -> int:
        """Return how many groups stand on the diagonal of a matrix."""
        return len(self._pack(name))

    def matrix_in_place(self, name: str = "weight") -> torch.Tensor:
        """Return the matrices of the groups as a view of the parameter, (groups, out, in)."""
        pack = self._pack(name)
        return self._blocks(pack.first, pack.last).detach()

    def weight_matrix(self, name: str = "weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in).

        Parameters
        ----------
        name : str
            Name of one of `matrices`. ``"weight"`` always gives all groups, with zeros outside
            the blocks of the diagonal.
        """
        if name == "weight":
            return diagonal(self._blocks(0, self.groups))
        pack = self._pack(name)
        return diagonal(self._blocks(pack.first, pack.last))

    def vectors(self, x: torch.Tensor, output: torch.Tensor) -> int:
        """Return how many vectors each matrix meets in a forward: one per output position."""
        images = x.shape[0] if x.ndim == 2 + len(self.kernel_size) else 1
        return images * math.prod(output.shape[-len(self.kernel_size) :])

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to the outputs of a pack of groups digitally, or ``None``."""
        bias: torch.Tensor | None = self.bias
        return bias if bias is None else self._packs[number].of(bias, self.groups)

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 (the name in torch)
        """Convolve: (n, channels, ...) or (channels, ...) to (n, filters, ...) or without n.

        Raises
        ------
        TypeError
            If ``input`` is no tensor of floating-point numbers.
        ValueError
            If it has another number of axes or channels.
        """
        return self._through(input)

    def _through(self, x: torch.Tensor, *others: Any) -> torch.Tensor:
        """Run a forward, given what the digital layer would be given."""
        self._check_images(x)
        single = x.ndim == 1 + len(self.kernel_size)
        images = x[None] if single else x
        if self.observer is not None:
            for number, pack in enumerate(self._packs):
                self.observe(pack.of(images, self.groups, axis=1), number=number)
        if self.digital:
            return self._digital(x, *others)
        y = self._outputs(images, *others)
        return y[0] if single else y

    def _convolved(
        self, parameter: str, x: torch.Tensor, bias: torch.Tensor | None, **options: Any
    ) -> torch.Tensor:
        plain = self.padding_mode == "zeros" and not self.transposed
        if bias is not self.bias or options.get("groups", 1) != self.groups or not plain:
            raise self.other_use(parameter, "a convolution unlike that of the layer")
        axes = len(self.kernel_size)

        def each(name: str, default: int) -> tuple[int, ...]:
            sizes = options.get(name, default)
            return (sizes,) * axes if isinstance(sizes, int) else sizes

        own = self.stride, self.padding, self.dilation
        self.stride, self.padding = each("stride", 1), each("padding", 0)
        self.dilation = each("dilation", 1)
        try:
            return self._through(x)
        finally:
            self.stride, self.padding, self.dilation = own

    def _digital(self, x: torch.Tensor, *others: Any) -> torch.Tensor:
        """Return what the digital layer does, with the options of the moment."""
        digital: Any = super()
        found: torch.Tensor = digital.forward(x, *others)
        return found

    def _check_images(self, x: torch.Tensor) -> None:
        self._check_floating(x)
        axes = len(self.kernel_size)
        if x.ndim not in (1 + axes, 2 + axes) or x.shape[-1 - axes] != self.in_channels:
            raise ValueError(
                f"layer {self._label!r}: input must have shape (n, {self.in_channels}, "
                f"{', '.join(self.axes)}), or without n, got {tuple(x.shape)}"
            )

    def _outputs(self, images: torch.Tensor, *others: Any) -> torch.Tensor:
        """Return what the cores make of images (n, channels, ...)."""
        sides, bands = self._sides(), []
        plain = self.padding_mode == "zeros" and all(before == after for before, after in sides)
        padding = [before if plain else 0 for before, _ in sides]
        images = images if plain else self._padded(images)
        for number, pack in enumerate(self._packs):
            product = self.product(self.biases(number), number)
            part = pack.of(images, self.groups, axis=1)
            # Whole images, some at a time: one product per chunk and core. In training all are kept
            # for the way back, and parts of them would be copied on it.
            entries = math.prod(part.shape[2:]) * self.sums[number].matrices[0].shape[1]
            most = len(part) if self.weight_noise is not None else CHUNK // entries
            chunks = part.split(max(1, most)) if most < len(part) else (part,)
            maps = [self._convolve(chunk, padding, product) for chunk in chunks]
            bands.append(maps[0] if len(maps) == 1 else torch.cat(maps))
        return bands[0] if len(bands) == 1 else torch.cat(bands, dim=1)

    def _convolve(
        self, images: torch.Tensor, padding: Sequence[int], product: Product
    ) -> torch.Tensor:
        try:
            vectors = Patches(images, self.kernel_size, self.stride, padding, self.dilation)
        except ValueError as error:
            raise ValueError(f"layer {self._label!r}: {error}") from None
        return product(vectors).unflatten(1, vectors.positions).movedim(-1, 1)

    def exact(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return the convolution with other kernels, shape (positions of all images, out)."""
        groups = x.shape[1] * self.groups // self.in_channels
        blocks = of_diagonal(weights, groups)
        kernels = blocks.reshape(weights.shape[0], -1, *self.kernel_size)
        convolve = CONVOLVE[len(self.kernel_size) - 1]
        maps = convolve(self._padded(x), kernels, None, self.stride, 0, self.dilation, groups)
        return maps.movedim(1, -1).flatten(0, -2)

    def _sides(self) -> list[tuple[int, int]]:
        """Return the pixels that are added before and behind each axis."""
        if self.padding == "same":
            steps = zip(self.dilation, self.kernel_size, strict=True)
            totals = [dilation * (kernel - 1) for dilation, kernel in steps]
            return [(total // 2, total - total // 2) for total in totals]
        axes = [0] * len(self.kernel_size) if isinstance(self.padding, str) else self.padding
        return [(each, each) for each in axes]

    def _padded(self, images: torch.Tensor) -> torch.Tensor:
        # as torch.nn.functional.pad wants them: last axis first
        sides = [each for pair in reversed(self._sides()) for each in pair]
        if not any(sides):
            return images
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        return nn.functional.pad(images, sides, mode=mode)


class AnalogConv1d(AnalogConvolution, nn.Conv1d):
    """`torch.nn.Conv1d` whose kernels are on analog cores; parameters as in `AnalogConvolution`."""

    axes = ("length",)


class AnalogConv2d(AnalogConvolution, nn.Conv2d):
    """`torch.nn.Conv2d` whose kernels are on analog cores; parameters as in `AnalogConvolution`."""

    axes = ("height", "width")


class AnalogConv3d(AnalogConvolution, nn.Conv3d):
    """`torch.nn.Conv3d` whose kernels are on analog cores; parameters as in `AnalogConvolution`."""

    axes = ("depth", "height", "width")


@dataclass(frozen=True, slots=True)
class Pack:
    r"""Groups of a convolution on the diagonal of one core; or one group that takes several.

    A convolution in :math:`g` groups is :math:`g` small matrices, each with inputs and outputs
    of its own; a depthwise convolution has one filter per channel, a block of a single column.
    As many blocks as a core has rows and columns for stand on its diagonal, and one read serves
    them all. Cells off the diagonal lie between the inputs of one group and the outputs of
    another: they are never programmed and stay fully RESET. They count as waste, and their
    small conductance is neglected, as that of the unused cells around every other matrix is, so
    that blocks do not disturb each other.

    :math:`p` blocks on one core use :math:`1/p` of the rectangle that they span: most of a
    crossbar stays empty. That is the price of depthwise convolutions in analog memory.
    """

    name: str
    """Name of their matrix: ``"weight"``, or ``"weight:0-27"`` with the numbers of the groups."""
    first: int
    """First group."""
    last: int
    """The group after the last."""

    def __len__(self) -> int:
        """Return how many groups there are."""
        return self.last - self.first

    def of(self, values: torch.Tensor, groups: int, axis: int = 0) -> torch.Tensor:
        """Return what of an axis, which ``groups`` share in equal parts, belongs to these."""
        if len(self) == groups:
            return values
        each = values.shape[axis] // groups
        return values.narrow(axis, self.first * each, len(self) * each)


def packs_of(groups: int, shape: tuple[int, int], rows: int, columns: int) -> tuple[Pack, ...]:
    """Return the fewest packs, as equal as possible, of groups that stand on one core each.

    Parameters
    ----------
    groups : int
        Number of groups.
    shape : (int, int)
        (out, in) of the matrix of one group. If it does not fit a core it is a pack of its own.
    rows, columns : int
        Size of a core.
    """
    most = max(1, min(columns // shape[0], rows // shape[1]))
    parts = even_parts(groups, most)
    if len(parts) == 1:
        return (Pack("weight", 0, groups),)
    return tuple(Pack(f"weight:{_span(part)}", part.start, part.stop) for part in parts)


def _span(part: slice) -> str:
    first, last = part.start, part.stop - 1
    return str(first) if first == last else f"{first}-{last}"


def diagonal(blocks: torch.Tensor) -> torch.Tensor:
    """Return blocks (n, out, in) on the diagonal of a matrix (n out, n in) of zeros."""
    return blocks[0] if len(blocks) == 1 else torch.block_diag(*blocks)


def of_diagonal(matrix: torch.Tensor, count: int) -> torch.Tensor:
    """Return the blocks (count, out, in) on the diagonal of a matrix (count out, count in)."""
    if count == 1:
        return matrix[None]
    tiles = matrix.unflatten(0, (count, -1)).unflatten(2, (count, -1))
    return tiles.diagonal(dim1=0, dim2=2).movedim(-1, 0)
