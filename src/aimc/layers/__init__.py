"""Floor 4: what a layer asks of a machine, without torch: shapes, vectors, convolutions.

Matrices and vectors per inference, and the one shape of a decoder (``workload.py``), convolutions
as matrices (``im2col.py``), and which layers add up (``sums.py``, the one rule that numerics,
schedule, cost and pictures read).

`aimc.layers.im2col` is a module; the function is ``aimc.layers.im2col.im2col``.

>>> from aimc.layers.sums import sums
>>> from aimc.layers.workload import ptb_char_lstm
>>> [len(layers) for layers in sums(ptb_char_lstm())]
[2, 1]
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.layers import im2col, workload
    from aimc.layers.im2col import conv_as_matrix
    from aimc.layers.workload import (
        DecoderShape,
        Layer,
        Network,
        attention_block,
        caption_lstm,
        convolution,
        demo_mlp,
        ptb_char_lstm,
        resnet9_cifar10,
        transformer,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.layers.im2col": ("conv_as_matrix",),
            "aimc.layers.workload": (
                "DecoderShape",
                "Layer",
                "Network",
                "attention_block",
                "caption_lstm",
                "convolution",
                "demo_mlp",
                "ptb_char_lstm",
                "resnet9_cifar10",
                "transformer",
            ),
        },
    )

__all__ = [
    "DecoderShape",
    "Layer",
    "Network",
    "attention_block",
    "caption_lstm",
    "conv_as_matrix",
    "convolution",
    "demo_mlp",
    "ptb_char_lstm",
    "resnet9_cifar10",
    "transformer",
]
