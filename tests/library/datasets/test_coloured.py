import numpy as np
import pytest

from aimc import datasets
from aimc.datasets.coloured import CONTRAST, coloured, colours


@pytest.fixture(scope="module")
def grey() -> np.ndarray:
    return datasets.load().x_test[:40]


def test_an_image_has_its_colours_alone_or_among_others(grey: np.ndarray) -> None:
    everything = coloured(grey, "test")
    assert everything.shape == (40, 3, 32, 32)
    assert everything.dtype == np.float32
    np.testing.assert_array_equal(coloured(grey[17:19], "test", [17, 18]), everything[17:19])


def test_colours_are_the_same_on_every_machine() -> None:
    expected = [[0.605, 0.912, 0.388], [0.520, 0.053, 0.659], [0.959, 0.307, 0.199]]
    np.testing.assert_allclose(colours("test", 0), expected, atol=5e-4)


def test_images_are_the_grey_ones_between_two_colours(grey: np.ndarray) -> None:
    painted = coloured(grey, "test")
    assert painted.min() >= -1
    assert painted.max() <= 1
    garment, top, bottom = 2 * colours("test", 5) - 1
    np.testing.assert_allclose(painted[5, :, 0, 0], top, atol=1e-6)
    np.testing.assert_allclose(painted[5, :, -1, 0], bottom, atol=1e-6)
    row, column = np.argwhere(grey[5] == grey[5].max())[0]
    share = grey[5].max() / 255
    background = top + (bottom - top) * (row + 2) / 31
    expected = background + (garment - background) * share
    np.testing.assert_allclose(painted[5, :, row + 2, column + 2], expected, atol=1e-5)


def test_garments_stand_out_and_are_lighter_or_darker() -> None:
    palettes = np.array([colours("train", k) for k in range(400)])
    contrast = np.abs(palettes[:, 1:] - palettes[:, :1]).mean(axis=2)
    assert contrast.min() >= CONTRAST - 1e-6
    lighter = (palettes[:, 0] - palettes[:, 1:].mean(axis=1)).mean(axis=1) > 0
    assert 0.4 < lighter.mean() < 0.6


def test_training_and_test_images_have_other_colours(grey: np.ndarray) -> None:
    assert np.abs(coloured(grey, "train") - coloured(grey, "test")).max() > 0.5


@pytest.mark.parametrize(
    ("images", "split", "indices", "error", "match"),
    [
        (np.zeros((1, 28, 28)), "test", None, TypeError, "images.*uint8.*float64"),
        (np.zeros((28, 28), np.uint8), "test", None, ValueError, r"images.*\(n, 28, 28\)"),
        (np.zeros((2, 28, 28), np.uint8), "test", [1], ValueError, "indices.*2 images, got 1"),
        (np.zeros((1, 28, 28), np.uint8), "validation", None, ValueError, "split='validation'"),
    ],
)
def test_bad_input(
    images: np.ndarray, split: str, indices: list[int] | None, error: type, match: str
) -> None:
    with pytest.raises(error, match=match):
        coloured(images, split, indices)
