r"""How far each layer of a model on devices is from floating point, for the inputs that it meets.

The error of a layer is :math:`\lVert \hat y - y\rVert_2 / \lVert y - b\rVert_2` with its outputs
:math:`\hat y` on the devices and :math:`y` in floating point, both for the inputs that it meets in
floating point, so that errors of earlier layers do not count; :math:`b` is the bias, which is
digital. For dense and convolutional layers it is the normalised MVM error
:cite:p:`legallo2023hermes`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from aimc.nn import AnalogLayer, analog_layers
from aimc.nn.batch import run
from aimc.recovery.evaluation.measures import in_floating_point

__all__ = ["layer_errors", "root_mean_square"]


def layer_errors(model: nn.Module, x: torch.Tensor) -> dict[str, float]:
    """Return the relative error of each layer on devices, by name.

    Parameters
    ----------
    model : torch.nn.Module
        A programmed model, at the time it was set to.
    x : tensor, shape (n, ...)
        Inputs of the model. Layers that it uses several times count with their first use.

    Raises
    ------
    ValueError
        If no layer computes with devices.
    """
    met: dict[str, tuple[Any, Any, torch.Tensor]] = {}
    layers = {path: one for path, one in analog_layers(model).items() if not one.digital}
    if not layers:
        raise ValueError("all analog layers compute in floating point: there is no error to see")
    hooks = [
        layer.register_forward_hook(_noter(path, met), with_kwargs=True)
        for path, layer in layers.items()
    ]
    training = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with torch.no_grad(), in_floating_point(model):
            run(model, x)
    finally:
        for hook in hooks:
            hook.remove()
        for module, was in training.items():
            module.training = was
    errors = {}
    with torch.no_grad():
        for path, (inputs, named, exact) in met.items():
            got = _first(layers[path](*inputs, **named))
            size = torch.linalg.vector_norm((exact - _bias(layers[path], exact)).double())
            errors[path] = float(torch.linalg.vector_norm((got - exact).double()) / size)
    return errors


def root_mean_square(errors: dict[str, float]) -> float:
    """Return one number for all layers, each counting alike."""
    return (sum(each**2 for each in errors.values()) / len(errors)) ** 0.5


def _noter(path: str, met: dict[str, tuple[Any, Any, torch.Tensor]]) -> Any:
    def note(layer: AnalogLayer, inputs: Any, named: Any, output: Any) -> None:
        met.setdefault(path, (inputs, named, _first(output)))

    return note


def _first(output: Any) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output


def _bias(layer: Any, output: torch.Tensor) -> torch.Tensor | float:
    if layer.kind == "recurrent" or not isinstance(getattr(layer, "bias", None), torch.Tensor):
        return 0.0
    if isinstance(layer, nn.modules.conv._ConvNd):
        return layer.bias.reshape(-1, *[1] * (output.ndim - 2))
    return layer.bias if output.shape[-1] == len(layer.bias) else 0.0
