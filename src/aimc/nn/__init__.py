"""Floor 5: torch models on analog cores: convert, calibrate, program, run, let drift.

Layers are thin wraps around `cores`; no physics is computed here. `to_digital` is the way back,
`register` teaches `convert` a layer of one's own. `aihwkit` reads and writes the weights of
aihwkit and aihwkit-lightning, `save` and `load` keep a model in a safetensors file with recipe and
seeds. `Offload` is for models larger than memory.

>>> import torch, aimc, aimc.nn
>>> digital = torch.nn.Sequential(torch.nn.Linear(784, 256), torch.nn.ReLU(),
...                               torch.nn.Linear(256, 10))
>>> analog = aimc.nn.convert(digital, "hermes", serial=7, devices=2)
>>> len(aimc.nn.report(analog).cores)
5

This package needs torch; ``import aimc`` alone does not.
"""

from aimc.nn import aihwkit
from aimc.nn.attention import AnalogMultiheadAttention
from aimc.nn.batch_norm import fold_batch_norm
from aimc.nn.calibration import calibrate
from aimc.nn.checkpoint import load, save
from aimc.nn.conv_transpose import AnalogConvTranspose1d, AnalogConvTranspose2d
from aimc.nn.convert import LeftDigitalWarning, at, convert, program, set_time
from aimc.nn.convolution import AnalogConv1d, AnalogConv2d, AnalogConv3d
from aimc.nn.digital import to_digital
from aimc.nn.layer import (
    AnalogLayer,
    ConstantDevicesWarning,
    NotConvertibleError,
    StaleWeightsWarning,
)
from aimc.nn.linear import AnalogLinear
from aimc.nn.matrix import AnalogMatrix, Setup
from aimc.nn.model import AnalogModel
from aimc.nn.offload import Offload, without_weights
from aimc.nn.own_layers import AnalogDense, register
from aimc.nn.recurrent import AnalogGRU, AnalogLSTM
from aimc.nn.report import ConversionReport, analog_layers, report

__all__ = [
    "AnalogConv1d",
    "AnalogConv2d",
    "AnalogConv3d",
    "AnalogConvTranspose1d",
    "AnalogConvTranspose2d",
    "AnalogDense",
    "AnalogGRU",
    "AnalogLSTM",
    "AnalogLayer",
    "AnalogLinear",
    "AnalogMatrix",
    "AnalogModel",
    "AnalogMultiheadAttention",
    "ConstantDevicesWarning",
    "ConversionReport",
    "LeftDigitalWarning",
    "NotConvertibleError",
    "Offload",
    "Setup",
    "StaleWeightsWarning",
    "aihwkit",
    "analog_layers",
    "at",
    "calibrate",
    "convert",
    "fold_batch_norm",
    "load",
    "program",
    "register",
    "report",
    "save",
    "to_digital",
    "without_weights",
]


def __dir__() -> list[str]:
    return __all__
