"""One shape of a decoder: its weights are those of its block, and its cache that of its keys."""

import pytest

from aimc.layers import DecoderShape, attention_block, transformer


def test_attention_products_are_not_static() -> None:
    block = attention_block(width=64, context=100)
    assert block.weights == 12 * 64 * 64
    dynamic = [layer for layer in block.layers if not layer.static]
    assert sum(layer.macs for layer in dynamic) == 2 * 100 * 64
    longer = attention_block(width=64, context=200)
    assert longer.weights == block.weights
    assert longer.macs == block.macs + 2 * 100 * 64


@pytest.mark.parametrize(
    "shape",
    [
        DecoderShape(width=64, blocks=3, heads=4),
        DecoderShape("shared", 64, 2, 8, 96, 50, key_heads=2),
        DecoderShape("gated", 64, 2, 8, 96, 50, gated=True),
    ],
)
def test_weights_are_those_of_the_matrices(shape: DecoderShape) -> None:
    assert shape.block(7).weights == shape.block_weights
    assert shape.network(7).weights == shape.weights - shape.output_weights
    narrow = {x.name: x.shape[0] for x in shape.block(7).layers}
    assert narrow["key projection"] == narrow["value projection"] == shape.key_width
    keys, values = (x for x in shape.block(100).layers if not x.static)
    assert keys.weights == values.weights == shape.key_width * 100
    assert keys.macs == values.macs == shape.width * 100
    assert (keys.inputs, keys.outputs) == (shape.width, shape.heads * 100)
    assert (values.inputs, values.outputs) == (keys.outputs, keys.inputs)
    assert shape.cache_bytes(100, bits=16) == 2 * 2 * shape.blocks * shape.key_width * 100


def test_blocks_follow_each_other() -> None:
    network, block = transformer(3, 64, 10), attention_block(64, 10)
    assert network.weights == 3 * block.weights
    assert len(network.stages()) == 3 * len(block.stages())


@pytest.mark.parametrize(
    "wrong",
    [{"heads": 7}, {"blocks": 0}, {"width": -1}, {"key_heads": 3}, {"inner": -1}, {"key_heads": 9}],
)
def test_shapes_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DecoderShape(**{"width": 512, "heads": 8, **wrong})  # type: ignore[arg-type]
