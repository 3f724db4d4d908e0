"""The book's own questions, read once."""

from pathlib import Path

import pytest

from aimc_course.teaching.items import read_items

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def items():
    return read_items(ROOT)
