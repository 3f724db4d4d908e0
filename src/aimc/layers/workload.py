"""What networks ask of a chip: which matrices, and how often each meets a vector.

A layer is a matrix of shape ``(out, in)`` and a number of matrix-vector multiplications (MVMs) per
inference. For a dense or recurrent layer that is one, for a convolution one per output position.

Three of the networks ran on the 64-core chip with shapes that its paper prints
:cite:p:`legallo2023hermes`; the sizes of ResNet-9's feature maps are not printed there and follow
the usual ResNet-9 (pooling after the 2nd, 5th, 6th and 8th convolution).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aimc.layers.im2col import as_feature_maps, conv_as_matrix, im2col, output_size
from aimc.published import fact
from aimc.validation import check_choice, check_integer, check_number

__all__ = [
    "DecoderShape",
    "Layer",
    "Network",
    "as_feature_maps",
    "attention_block",
    "caption_lstm",
    "conv_as_matrix",
    "convolution",
    "demo_mlp",
    "im2col",
    "output_size",
    "ptb_char_lstm",
    "resnet9_cifar10",
    "transformer",
]

KINDS = ("dense", "convolution", "recurrent", "attention")


@dataclass(frozen=True, slots=True)
class Layer:
    """One matrix of a network and how it is used."""

    name: str
    """Unique within the network."""
    shape: tuple[int, int]
    """(out, in), as everywhere."""
    mvms: int = 1
    """Matrix-vector multiplications per inference."""
    kind: str = "dense"
    """``"dense"``, ``"convolution"``, ``"recurrent"`` or ``"attention"``."""
    stage: int = 0
    """Place in the order of work; layers of one stage need nothing from each other."""
    static: bool = True
    """Whether the matrix is known before the inference. What is not cannot stay in a crossbar."""
    distinct_inputs: int | None = None
    """Different input values per inference; ``None`` means that each MVM brings new ones."""
    biases: int = 0
    """Offsets added to the outputs; the digital side holds them."""
    sum_name: str = ""
    """Name of the sum that the outputs are added to, with those of other layers of the stage that
    name it; ``""``: the rule of `aimc.layers.sums`."""
    blocks: int = 1
    """Equal blocks on the diagonal of the matrix, such as groups of a convolution, all on one
    core; cells outside them hold no weight."""

    def __post_init__(self) -> None:
        if len(self.shape) != 2:
            raise ValueError(f"shape must be (out, in), got {self.shape!r}")
        check_choice("kind", self.kind, KINDS)
        shape = tuple(check_integer(f"shape[{k}]", self.shape[k], low=1) for k in range(2))
        # Kept as Python integers, which do not overflow: NumPy's default ones have 32 bits in a
        # browser, too few for the weights of a large layer.
        object.__setattr__(self, "shape", shape)
        for field, low in (
            ("mvms", 1),
            ("stage", 0),
            ("biases", 0),
            ("distinct_inputs", 1),
            ("blocks", 1),
        ):
            value = getattr(self, field)
            if value is not None or field != "distinct_inputs":
                object.__setattr__(self, field, check_integer(field, value, low=low))
        if any(length % self.blocks for length in shape):
            raise ValueError(
                f"blocks={self.blocks} is not allowed: it must divide both sides of shape {shape}"
            )

    @property
    def weights(self) -> int:
        """Entries of the matrix that hold a weight."""
        return self.shape[0] * self.shape[1] // self.blocks

    @property
    def macs(self) -> int:
        """Multiply-accumulates per inference."""
        return self.weights * self.mvms

    @property
    def inputs(self) -> int:
        """Input values that have to be fetched per inference, each once."""
        return self.mvms * self.shape[1] if self.distinct_inputs is None else self.distinct_inputs

    @property
    def outputs(self) -> int:
        """Output values per inference."""
        return self.mvms * self.shape[0]


@dataclass(frozen=True, slots=True)
class Network:
    """Layers in the order of work."""

    name: str
    """Name for tables and figures."""
    layers: tuple[Layer, ...]
    """All matrices, static or not."""
    per: str = "inference"
    """What one inference is, an image, a character, a word, a token."""
    sources: tuple[str, ...] = ()
    """Bibliography keys."""
    digital: tuple[str, ...] = ()
    """Layers with weights that are not among `layers`, since they stay digital."""
    other: tuple[str, ...] = ()
    """What else an inference computes outside the cores, by kind."""

    def __post_init__(self) -> None:
        names = [layer.name for layer in self.layers]
        if not names:
            raise ValueError("layers is empty: a network needs at least one layer")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"layers must have different names, got {twice[0]!r} more than once")
        totals: dict[str, Layer] = {}
        for layer in self.layers if any(layer.sum_name for layer in self.layers) else ():
            other = totals.setdefault(layer.sum_name, layer)
            if layer.sum_name and _added(layer) != _added(other):
                raise ValueError(
                    f"sum_name={layer.sum_name!r}: layers {other.name!r} and {layer.name!r} need "
                    "the same kind, stage, outputs and mvms to be added"
                )

    @property
    def static(self) -> tuple[Layer, ...]:
        """The layers whose matrices are known before the inference."""
        return tuple(layer for layer in self.layers if layer.static)

    @property
    def weights(self) -> int:
        """Entries of all static matrices."""
        return sum(layer.weights for layer in self.static)

    @property
    def biases(self) -> int:
        """Offsets of all layers."""
        return sum(layer.biases for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates per inference, static and not."""
        return sum(layer.macs for layer in self.layers)

    def stages(self) -> tuple[tuple[Layer, ...], ...]:
        """Return the layers grouped by stage, in the order of work."""
        order = sorted({layer.stage for layer in self.layers})
        return tuple(tuple(x for x in self.layers if x.stage == stage) for stage in order)


def _added(layer: Layer) -> object:
    return layer.kind, layer.stage, layer.shape[0], layer.mvms


def convolution(
    name: str,
    channels: int,
    filters: int,
    image: tuple[int, int],
    *,
    kernel: int = 3,
    stride: int = 1,
    padding: int = 1,
    stage: int = 0,
) -> Layer:
    """Return a convolution as the matrix that a crossbar sees.

    Parameters
    ----------
    name : str
        Name of the layer.
    channels, filters : int
        Input and output channels.
    image : (int, int)
        Height and width of the input.
    kernel, stride, padding : int
        Of the convolution, alike in both directions.
    stage : int
        Place in the order of work.
    """
    check_integer("channels", channels, low=1)
    positions = 1
    for size in image:
        positions *= output_size(size, kernel, stride, padding)
    return Layer(
        name,
        (filters, channels * kernel * kernel),
        mvms=positions,
        kind="convolution",
        stage=stage,
        distinct_inputs=channels * image[0] * image[1],
    )


def resnet9_cifar10() -> Network:
    """Return the ResNet-9 that ran on the 64-core chip (A076-A078) :cite:p:`legallo2023hermes`.

    Eight 3 x 3 convolutions and a dense layer; one inference is one 32 x 32 image.
    """
    filters = [int(n) for n in fact("A077").numbers]
    sides = (32, 32, 16, 16, 16, 8, 4, 4)
    channels = [3, *filters[:-1]]
    layers = [
        convolution(f"conv{k + 1}", channels[k], filters[k], (side, side), stage=k)
        for k, side in enumerate(sides)
    ]
    dense = Layer("dense", (10, filters[-1]), stage=len(sides), biases=10)
    return Network("ResNet-9, CIFAR-10", (*layers, dense), "image", ("legallo2023hermes",))


def _lstm(
    name: str, embedding: int, hidden: int, vocabulary: int, per: str, sources: Iterable[str]
) -> Network:
    # Four gates share one matrix per input; offsets are counted once, where they are added.
    layers = (
        Layer("input gates", (4 * hidden, embedding), kind="recurrent", biases=4 * hidden),
        Layer("hidden gates", (4 * hidden, hidden), kind="recurrent"),
        Layer("output", (vocabulary, hidden), stage=1, biases=vocabulary),
    )
    return Network(name, layers, per, tuple(sources))


def ptb_char_lstm() -> Network:
    """Return the character LSTM that ran on the 64-core chip (A085, A086).

    Characters are embedded in 128 numbers, the hidden state has 504, and 50 characters can follow
    :cite:p:`legallo2023hermes`. One inference is one time step.
    """
    return _lstm("LSTM, Penn Treebank", 128, 504, 50, "character", ("legallo2023hermes",))


def caption_lstm() -> Network:
    """Return the image-caption LSTM that filled the 64-core chip (A092, A096).

    Embedding and hidden state have 504 numbers, the vocabulary 4,064 words
    :cite:p:`legallo2023hermes`. One inference is one time step.
    """
    return _lstm("LSTM, image captions", 504, 504, 4064, "word", ("legallo2023hermes",))


def demo_mlp() -> Network:
    """Return the small perceptron of this book's demo: 784 pixels, 256 hidden units, 10 classes."""
    layers = (
        Layer("hidden", (256, 784), biases=256),
        Layer("output", (10, 256), stage=1, biases=10),
    )
    return Network("MLP, Fashion-MNIST", layers, "image")


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """Sizes of a decoder-only transformer :cite:p:`vaswani2017attention`.

    Embeddings are looked up, not multiplied, and are no part of its weights.

    Examples
    --------
    >>> shape = DecoderShape(width=512, blocks=2, heads=8)
    >>> shape.weights == 2 * 12 * 512**2
    True
    """

    name: str = "decoder"
    """For titles."""
    width: int = 768
    """Numbers per token between the blocks."""
    blocks: int = 12
    """Blocks in a row."""
    heads: int = 12
    """Heads of the queries."""
    inner: int = 0
    """Width of the feed-forward part; 0: four times `width`."""
    vocabulary: int = 0
    """Tokens among which the output layer chooses; 0: the output layer is not considered."""
    key_heads: int | None = None
    """Heads of keys and values, fewer if several queries share them; ``None``: as many as
    `heads`."""
    gated: bool = False
    """Whether the feed-forward part has a third matrix, whose outputs multiply those of the
    first."""
    source: str = "assumed"
    """Where the sizes come from."""

    def __post_init__(self) -> None:
        check_integer("inner", self.inner, low=0)
        object.__setattr__(self, "inner", self.inner or 4 * self.width)
        for name in ("width", "blocks", "heads"):
            check_integer(name, getattr(self, name), low=1)
        check_integer("vocabulary", self.vocabulary, low=0)
        if self.key_heads is not None:
            check_integer("key_heads", self.key_heads, low=1, high=self.heads)
        if self.width % self.heads or self.heads % (self.key_heads or self.heads):
            raise ValueError(
                f"heads={self.heads} is not allowed: it must divide width={self.width}, and "
                f"key_heads={self.key_heads} must divide it"
            )

    @property
    def key_width(self) -> int:
        """Numbers of a key, or of a value, per token and block."""
        return self.width * (self.key_heads or self.heads) // self.heads

    @property
    def block_weights(self) -> int:
        """Entries of the matrices of one block, all static."""
        attention = 2 * self.width * self.width + 2 * self.width * self.key_width
        return attention + (3 if self.gated else 2) * self.width * self.inner

    @property
    def output_weights(self) -> int:
        """Entries of the output layer."""
        return self.width * self.vocabulary

    @property
    def weights(self) -> int:
        """Entries of all matrices that stand still, the output layer included."""
        return self.blocks * self.block_weights + self.output_weights

    def cache_bytes(self, context: float, bits: int = 8) -> float:
        """Return the size of keys and values of all blocks for one context, B."""
        check_number("context", context, low=0.0)
        return 2 * self.blocks * self.key_width * context * bits / 8

    def block(self, context: int) -> Network:
        """Return one block as it processes one more token.

        Projections and feed-forward matrices are static. Keys and values are data: the products
        with them are listed, but marked as not static. They are one block for each of their heads,
        which as many queries meet as share it.

        Parameters
        ----------
        context : int
            Tokens attended to, the new one included.
        """
        check_integer("context", context, low=1)
        square, narrow = (self.width, self.width), (self.key_width, self.width)
        key_heads = self.key_heads or self.heads
        scores = Layer(
            "scores",
            (key_heads * context, self.key_width),
            mvms=self.heads // key_heads,
            kind="attention",
            stage=1,
            static=False,
            blocks=key_heads,
        )
        values = scores.shape[::-1]
        first = ("feed-forward 1", "feed-forward gate") if self.gated else ("feed-forward 1",)
        layers = (
            Layer("query projection", square, kind="attention"),
            *(Layer(f"{name} projection", narrow, kind="attention") for name in ("key", "value")),
            scores,
            replace(scores, name="mixing of values", shape=values, stage=2),
            Layer("output projection", square, kind="attention", stage=3),
            *(Layer(name, (self.inner, self.width), stage=4) for name in first),
            Layer("feed-forward 2", (self.width, self.inner), stage=5),
        )
        return Network(
            f"transformer block, width {self.width}", layers, "token", ("vaswani2017attention",)
        )

    def network(self, context: int) -> Network:
        """Return all blocks in a row as they process one more token.

        Parameters
        ----------
        context : int
            Tokens attended to, the new one included.
        """
        one = self.block(context)
        steps = 1 + max(layer.stage for layer in one.layers)
        layers = tuple(
            replace(layer, name=f"block {k + 1}, {layer.name}", stage=layer.stage + steps * k)
            for k in range(self.blocks)
            for layer in one.layers
        )
        name = f"transformer, {self.blocks} blocks of width {self.width}"
        return Network(name, layers, "token", one.sources)


def attention_block(width: int = 512, context: int = 256, expansion: int = 4) -> Network:
    """Return one transformer block as it processes one more token, see `DecoderShape.block`.

    Parameters
    ----------
    width : int
        Numbers per token.
    context : int
        Tokens attended to, the new one included.
    expansion : int
        Width of the feed-forward layer over that of a token.
    """
    check_integer("expansion", expansion, low=1)
    return DecoderShape(width=width, heads=1, inner=expansion * width).block(context)


def transformer(
    blocks: int = 35, width: int = 4096, context: int = 2048, expansion: int = 4
) -> Network:
    """Return transformer blocks in a row as they process one more token.

    35 blocks of width 4,096 hold 7 billion static weights; a round size of an exercise, not that
    of a product.

    Parameters
    ----------
    blocks : int
        How many blocks.
    width, context, expansion : int
        As in `attention_block`.
    """
    check_integer("expansion", expansion, low=1)
    shape = DecoderShape(width=width, blocks=blocks, heads=1, inner=expansion * width)
    return shape.network(context)
