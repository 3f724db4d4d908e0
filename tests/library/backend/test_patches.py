"""Patches that are never cut out: the same numbers as those that are."""

import pytest

torch = pytest.importorskip("torch")

from aimc.backend import Patches  # noqa: E402

GEOMETRIES = {
    "plain": ((3, 2), (1, 1), (0, 0), (1, 1)),
    "strided": ((3, 3), (2, 1), (1, 2), (1, 1)),
    "dilated": ((2, 3), (1, 1), (2, 0), (2, 3)),
    "one axis": ((3,), (2,), (1,), (2,)),
}


def patches_of(geometry: tuple, dtype: object = torch.float64) -> Patches:
    size = (2, 4, 9, 8)[: 2 + len(geometry[0])]
    pixels = torch.randn(size, generator=torch.Generator().manual_seed(0), dtype=dtype)
    return Patches(pixels, *geometry)


@pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)
def test_products_are_those_of_the_vectors(geometry: tuple) -> None:
    patches = patches_of(geometry)
    whole = patches.shape[-1]
    for first, last in ((0, whole), (1, whole - 2), (whole // 2, whole // 2 + 1)):
        part, vectors = patches[..., first:last], patches.vectors()[..., first:last]
        assert part.shape == vectors.shape
        assert part.numel() == vectors.numel()
        torch.testing.assert_close(part.vectors(), vectors)
        matrix = torch.randn(last - first, 5, dtype=torch.float64)
        torch.testing.assert_close(part @ matrix, vectors @ matrix)
        torch.testing.assert_close(abs(part) @ matrix, abs(vectors) @ matrix)
        torch.testing.assert_close(part.power(), (vectors**2).sum(-1, keepdim=True))


def test_vectors_are_in_the_order_of_kernels() -> None:
    patches = patches_of(GEOMETRIES["dilated"])
    kernels = torch.randn(6, 4, 2, 3, dtype=torch.float64)
    maps = torch.nn.functional.conv2d(
        patches.pixels, kernels, None, stride=1, padding=(2, 0), dilation=(2, 3)
    )
    same = (patches.vectors() @ kernels.flatten(1).T).unflatten(1, patches.positions)
    torch.testing.assert_close(same.movedim(-1, 1), maps)


def test_gradients_reach_pixels_and_matrix() -> None:
    patches = patches_of(GEOMETRIES["strided"])
    pixels = patches.pixels.requires_grad_()
    matrix = torch.randn(36, 3, dtype=torch.float64, requires_grad=True)
    found = []
    for y in (patches @ matrix, patches.vectors() @ matrix):
        found.append(torch.autograd.grad((y**2).sum(), (pixels, matrix)))
    torch.testing.assert_close(*found)
    assert patches.requires_grad
    assert not patches.detach().requires_grad


def test_kernels_must_fit() -> None:
    with pytest.raises(ValueError, match=r"the kernel reaches over 9 pixels.* only 8"):
        Patches(torch.zeros(1, 1, 9, 8), (1, 5), (1, 1), (0, 0), (1, 2))
