"""What of a converted model is on cores, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from aimc.cores import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.selection import (
    DigitalModule,
    digital_module,
    holders,
    is_convertible,
    matrices_left,
    strays,
)

__all__ = ["ConversionReport", "ConvertedMatrix", "analog_layers", "report"]


@dataclass(frozen=True, slots=True)
class ConvertedMatrix:
    """One weight matrix on cores."""

    layer: str
    """Name of the layer in its model."""
    kind: str
    """Name of the layer's class."""
    parameter: str
    """Name of the parameter that holds the weights."""
    shape: tuple[int, int]
    """(out, in)."""
    grid: tuple[int, int]
    """Cores along the outputs and along the inputs."""
    cores: tuple[Core, ...]
    """The cores, in the order of their numbers."""
    preset: str
    """Name of the system that the cores are of."""
    utilisation: float
    """Share of the unit cells of the cores that hold a weight, 0 to 1."""
    input_range: float | None
    """Magnitude of a full-scale input; ``None``: each vector's own."""
    output_bits: int | None
    """Resolution of what the digital unit of a core sends; ``None``: floating point."""
    programmed: bool
    """Whether the cores hold weights."""
    weights: int
    """Cells that hold a weight: fewer than the entries of a matrix of several groups."""


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """What of a converted model is on cores, and what is not. Made by `report`."""

    matrices: tuple[ConvertedMatrix, ...]
    """Weight matrices on cores, in the order in which the model names its layers."""
    digital: tuple[DigitalModule, ...]
    """Modules with parameters, and matrices of layers on cores, that compute in floating point."""
    beside: tuple[str, ...] = ()
    """What layers on cores compute digitally beside their matrices, such as products of
    activations, by layer."""

    @property
    def cores(self) -> tuple[Core, ...]:
        """All cores, in the order of `matrices`."""
        return tuple(core for matrix in self.matrices for core in matrix.cores)

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the cores."""
        return tuple(dict.fromkeys(key for core in self.cores for key in core.sources))

    @property
    def analog_share(self) -> float:
        """Share of the parameters that are on cores, 0 to 1."""
        analog = sum(matrix.weights for matrix in self.matrices)
        return analog / (analog + sum(module.parameters for module in self.digital))

    def as_rows(self) -> list[dict[str, object]]:
        """Return one row per matrix, for a table."""
        return [
            {
                "layer": matrix.layer,
                "parameter": matrix.parameter,
                "matrix (out x in)": f"{matrix.shape[0]} x {matrix.shape[1]}",
                "cores (out x in)": f"{matrix.grid[0]} x {matrix.grid[1]}",
                "cores": _span([core.index for core in matrix.cores]),
                "preset": matrix.preset,
                "utilisation": matrix.utilisation,
                "input range": matrix.input_range,
            }
            for matrix in self.matrices
        ]

    def __str__(self) -> str:
        """Return the report as a text table."""
        head = ("layer", "parameter", "out x in", "cores", "used", "input range", "preset")
        rows = [
            (
                str(row["layer"] or "(model)"),
                str(row["parameter"]),
                str(row["matrix (out x in)"]),
                str(row["cores"]),
                _share(matrix.utilisation),
                "per vector" if row["input range"] is None else f"{row['input range']:.4g}",
                str(row["preset"]),
            )
            for matrix, row in zip(self.matrices, self.as_rows(), strict=True)
        ]
        widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [head, *rows]
        ]
        lines.append(f"{len(self.cores)} cores hold {self.analog_share:.1%} of these parameters")
        for bits in sorted({m.output_bits for m in self.matrices if m.output_bits is not None}):
            cores = [core for m in self.matrices if m.output_bits == bits for core in m.cores]
            lines.append(f"{len(cores)} of them send numbers of {bits} bits")
        for module in self.digital:
            name = module.path or "(model)"
            lines.append(f"digital: {name} ({module.kind}), {module.reason}")
        lines += [f"digital: {work}" for work in self.beside]
        return "\n".join(lines)


def report(model: nn.Module) -> ConversionReport:
    """Return which layers of a converted model are on which cores, and what is digital.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`, or an analog layer.

    Raises
    ------
    ValueError
        If the model holds no analog layer, or two matrices are on the same core.
    """
    layers = analog_layers(model)
    matrices = [
        ConvertedMatrix(
            layer=path,
            kind=type(layer).__name__,
            parameter=matrix.name,
            shape=matrix.shape,
            grid=matrix.grid,
            cores=matrix.cores,
            preset=matrix.cores[0].name,
            utilisation=matrix.utilisation,
            input_range=matrix.input_range,
            output_bits=matrix.setup.output_bits,
            programmed=matrix.programmed,
            weights=matrix.size,
        )
        for path, layer in layers.items()
        for matrix in layer.matrices
    ]
    digital = [
        # what could be on cores and is not was left out on request
        digital_module(path, module, on_request=is_convertible(module))
        for path, module in holders(model)
        if path not in layers
    ]
    for path, layer in layers.items():
        digital += matrices_left(path, layer, layer.digital_matrices())
    digital += [stray for _, stray in strays(model)]
    beside = [
        f"{path or '(model)'} ({type(layer).__name__}), {' and '.join(layer.beside)}"
        for path, layer in layers.items()
        if layer.beside
    ]
    return ConversionReport(tuple(matrices), tuple(digital), tuple(beside))


def analog_layers(model: nn.Module) -> dict[str, AnalogLayer]:
    """Return the analog layers of a model by their names.

    Raises
    ------
    ValueError
        If there are none, or two of their matrices are on the same core.
    """
    layers = {
        path: module for path, module in model.named_modules() if isinstance(module, AnalogLayer)
    }
    if not layers:
        raise ValueError("model holds no analog layer: convert it with aimc.nn.convert first")
    check_cores(layers)
    return layers


def check_cores(layers: Mapping[str, AnalogLayer], serial: int | None = None) -> None:
    """Check that no two matrices are on one core, or would be if all were on one chip.

    Parameters
    ----------
    layers : mapping of str to AnalogLayer
        Analog layers by name.
    serial : int, optional
        Serial number of a chip for all of them; by default each core counts for its own chip.

    Raises
    ------
    ValueError
        If two matrices share a core; it names both.
    """
    taken: dict[tuple[int, int], str] = {}
    for path, layer in layers.items():
        for matrix in layer.matrices:
            name = f"{path}.{matrix.name}" if path else matrix.name
            for core in matrix.cores:
                place = core.serial if serial is None else serial, core.index
                if place in taken:
                    raise ValueError(
                        f"{taken[place]} and {name} are both on core {place[1]} of chip "
                        f"{place[0]}, whose devices hold one matrix: make their layers with "
                        "different first_core, or with different serial"
                    )
                taken[place] = name


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.05 else f"{share:.1%}"


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
