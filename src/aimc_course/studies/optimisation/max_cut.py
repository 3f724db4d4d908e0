r"""Graphs, and the cut that crosses most of their edges.

A cut gives every node one of two sides, :math:`s_i = \pm 1`. It crosses the edges whose ends lie on
different sides, and to find the cut that crosses most of them is NP-hard.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_integer, check_number

__all__ = ["check_adjacency", "cut_size", "largest_cut", "random_graph", "ring"]

EXHAUSTIVE = 24  # nodes, whose eight million cuts take a quarter of a minute


def check_adjacency(name: str, adjacency: np.ndarray) -> None:
    """Raise a ValueError that names the argument unless it is symmetric with a zero diagonal."""
    check_array(name, adjacency, ndim=2, last=len(adjacency))
    if not np.array_equal(adjacency, adjacency.T) or np.any(np.diag(adjacency)):
        raise ValueError(f"{name} must be symmetric with zeros on its diagonal")


def random_graph(nodes: int, density: float, rng: np.random.Generator) -> np.ndarray:
    """Return a graph in which each pair of nodes is joined with probability ``density``.

    Parameters
    ----------
    nodes : int
        Number of nodes, at least 2.
    density : float
        Probability of an edge, 0 to 1.
    rng : numpy.random.Generator
        Source of the edges.

    Returns
    -------
    array of shape (nodes, nodes)
        Symmetric, 1 for an edge and 0 for none.
    """
    check_integer("nodes", nodes, low=2)
    check_number("density", density, low=0.0, high=1.0)
    upper = np.triu(rng.random((nodes, nodes)) < density, 1)
    return (upper | upper.T).astype(float)


def ring(nodes: int) -> np.ndarray:
    """Return a graph in which each node is joined with the next, shape (nodes, nodes)."""
    check_integer("nodes", nodes, low=3)
    step = np.roll(np.eye(nodes), 1, axis=1)
    return step + step.T


def cut_size(adjacency: np.ndarray, sides: np.ndarray) -> np.ndarray:
    r"""Return the edges that a cut crosses, :math:`\tfrac14\sum_{ij} J_{ij}(1 - s_i s_j)`.

    Parameters
    ----------
    adjacency : array of shape (nodes, nodes)
        Graph J; edges may have weights.
    sides : array of shape (..., nodes)
        Cuts, entries +1 and -1.
    """
    check_adjacency("adjacency", adjacency)
    check_array("sides", sides, last=len(adjacency))
    same = np.sum((sides @ adjacency) * sides, axis=-1)
    return np.asarray((adjacency.sum() - same) / 4)


def largest_cut(adjacency: np.ndarray) -> float:
    """Return the size of the largest cut, found by trying all of them.

    Raises
    ------
    ValueError
        If the graph has more than 24 nodes.
    """
    check_adjacency("adjacency", adjacency)
    nodes = check_integer("nodes", len(adjacency), low=2, high=EXHAUSTIVE)
    best = 0.0
    # The last node stays on its side: a cut and its mirror image cross the same edges.
    places = np.arange(nodes - 1)
    for first in range(0, 2 ** (nodes - 1), 2**16):
        codes = np.arange(first, min(first + 2**16, 2 ** (nodes - 1)))
        sides = np.ones((len(codes), nodes))
        sides[:, :-1] -= 2.0 * (codes[:, None] >> places & 1)
        best = max(best, float(cut_size(adjacency, sides).max()))
    return best
