"""Colour pictures, pixel by pixel."""

from io import BytesIO

import numpy as np
import pytest

from aimc.plots import Pixels


def test_every_pixel_is_shown_and_nothing_else():
    from matplotlib.image import imread

    values = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    shown = imread(BytesIO(Pixels(values, scale=2)._repr_png_()))[..., :3]
    np.testing.assert_allclose(shown, values.repeat(2, axis=0).repeat(2, axis=1))


def test_bad_pictures_are_refused():
    with pytest.raises(ValueError, match="shape"):
        Pixels(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="between 0 and 1"):
        Pixels(np.full((1, 1, 3), 1.5))
    with pytest.raises(ValueError, match="scale"):
        Pixels(np.zeros((1, 1, 3)), scale=0)
