"""Layers as matrices: a convolution by im2col is the convolution; shapes add up."""

import numpy as np
import pytest

from aimc.layers.workload import (
    Layer,
    Network,
    as_feature_maps,
    conv_as_matrix,
    convolution,
    demo_mlp,
    im2col,
    output_size,
    ptb_char_lstm,
    resnet9_cifar10,
)


def _case(seed: int, kernel: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3, 9, 7)), rng.normal(size=(5, 3, *kernel))


@pytest.mark.torch
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 4)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_im2col_is_torch_convolution(kernel: tuple[int, int], stride: int, padding: int) -> None:
    torch = pytest.importorskip("torch")
    images, kernels = _case(1, kernel)
    exact = torch.nn.functional.conv2d(
        torch.from_numpy(images), torch.from_numpy(kernels), stride=stride, padding=padding
    ).numpy()
    patches = im2col(images, kernel, stride, padding)
    outputs = patches @ conv_as_matrix(kernels).T
    found = as_feature_maps(outputs, *exact.shape[2:])
    np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-12)


@pytest.mark.torch
def test_im2col_on_torch_gives_the_same_and_passes_gradients() -> None:
    torch = pytest.importorskip("torch")
    images, _ = _case(2, (3, 3))
    tensor = torch.from_numpy(images).requires_grad_()
    patches = im2col(tensor, 3, stride=2, padding=1)
    np.testing.assert_array_equal(patches.detach().numpy(), im2col(images, 3, 2, 1))
    patches.sum().backward()
    assert tensor.grad is not None
    # the centre pixel of a patch grid of stride 2 is seen by at most four patches
    assert tensor.grad.min() >= 1
    assert tensor.grad.max() <= 4


def test_im2col_without_torch_against_the_definition() -> None:
    images, kernels = _case(3, (3, 2))
    outputs = im2col(images, (3, 2)) @ conv_as_matrix(kernels).T
    patch = images[1, :, 4:7, 2:4]
    position = 4 * (7 - 2 + 1) + 2
    assert outputs[1, position, 3] == pytest.approx((patch * kernels[3]).sum(), rel=1e-12)


def test_output_size_refuses_kernels_that_do_not_fit() -> None:
    assert output_size(32, 3, 1, 1) == 32
    with pytest.raises(ValueError, match="kernel=5"):
        output_size(4, 5)
    with pytest.raises(ValueError, match="images must have 4 axes"):
        im2col(np.zeros((3, 9, 7)), 3)
    with pytest.raises(ValueError, match="height \\* width = 12"):
        as_feature_maps(np.ones((1, 10, 2)), 3, 4)


def test_resnet9_has_the_published_matrices() -> None:
    network = resnet9_cifar10()
    shapes = [layer.shape[::-1] for layer in network.layers]
    assert shapes == [
        (27, 56),
        (504, 112),
        (1008, 112),
        (1008, 112),
        (1008, 224),
        (2016, 224),
        (2016, 224),
        (2016, 224),
        (224, 10),
    ]
    assert [layer.mvms for layer in network.layers] == [1024, 1024, 256, 256, 256, 64, 16, 16, 1]


def test_a_convolution_reads_each_pixel_once_and_works_once_per_position() -> None:
    layer = convolution("c", 16, 8, (10, 12), kernel=5, stride=2, padding=2)
    assert layer.shape == (8, 16 * 25)
    assert layer.mvms == 5 * 6
    assert layer.inputs == 16 * 10 * 12
    assert layer.outputs == 8 * 30
    assert layer.macs == 8 * 16 * 25 * 30


def test_recurrent_gates_work_together() -> None:
    gates, output = ptb_char_lstm().stages()
    assert [layer.name for layer in gates] == ["input gates", "hidden gates"]
    assert [layer.name for layer in output] == ["output"]


def test_demo_mlp() -> None:
    assert demo_mlp().weights == 784 * 256 + 256 * 10
    assert demo_mlp().macs == demo_mlp().weights


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shape": (0, 3)}, "shape"),
        ({"shape": (3, 3, 3)}, "shape must be"),
        ({"shape": (2, 2), "mvms": 0}, "mvms=0"),
        ({"shape": (2, 2), "kind": "pooling"}, "kind='pooling'"),
        ({"shape": (2, 2), "biases": -1}, "biases=-1"),
    ],
)
def test_layers_refuse_nonsense(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layer("layer", **arguments)


def test_networks_refuse_nonsense() -> None:
    with pytest.raises(ValueError, match="layers is empty"):
        Network("nothing", ())
    with pytest.raises(ValueError, match="'a' more than once"):
        Network("twice", (Layer("a", (2, 2)), Layer("a", (2, 2))))


def test_sizes_given_as_32_bit_integers_do_not_overflow() -> None:
    # In a browser NumPy's default integer has 32 bits, so `np.arange(...)` gives such sizes.
    many = np.int32(70_000)
    layer = Layer("wide", (many, many), mvms=many, biases=many, distinct_inputs=many)
    assert layer.weights == 70_000**2
    assert layer.macs == 70_000**3
    assert layer.outputs == 70_000**2
    network = Network("two", (layer, Layer("too", (many, many))))
    assert network.weights == 2 * 70_000**2
    values = (*layer.shape, layer.mvms, layer.biases, layer.inputs)
    assert {type(value) for value in values} == {int}
