"""The option that stores what the controls gave, for the page of claims."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", action="store_true", help="store the values of the controls")
