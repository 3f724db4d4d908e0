"""Tests that share a visit, a kernel or a fixture run in one process, one after the other."""

from __future__ import annotations

import pytest

PAGE = "some page"


@pytest.mark.xdist_group(PAGE)
@pytest.mark.parametrize("number", range(4))
def test_a_group_is_part_of_the_name_by_which_tests_are_handed_out(
    request: pytest.FixtureRequest, number: int
) -> None:
    # pytest-xdist writes it there, and does so in vain if pytest keeps the name elsewhere.
    if hasattr(request.config, "workerinput"):
        assert request.node.nodeid.endswith(f"@{PAGE}")
