"""Lab 2 as the course hands it out and publishes it, and a class of honest students."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import honest as people

from aimc_course.grading.similarity.documents import BaseCode


@pytest.fixture(scope="session")
def base_code():
    return BaseCode(people.STARTER, people.SOLUTION)


@pytest.fixture(scope="session")
def class_of():
    """Return a function that makes the code cells of so many honest students."""

    def made(count, seed=5):
        rng = np.random.default_rng(seed)
        return [people.honest(rng) for _ in range(count)]

    return made
