"""What the cells of a notebook say of its lab and of its student."""

import pytest

from aimc_course.grading.notebook import lab_of, serial_of


@pytest.mark.parametrize(
    ("cells", "serial"),
    [
        (["SERIAL = 7\nlab = start('lab-2', SERIAL)"], 7),
        (["SERIAL = 7", "print(1)", "SERIAL = 7"], 7),
        (["(SERIAL) = 7", "SERIAL: int = 7"], 7),
        (["SERIAL = 1_000"], 1000),
        (["SERIAL = ٧"], None),
        (["SERIAL = 7", "SERIAL = 8"], None),
        (["SERIAL = 7\nSERIAL = 8"], None),
        (["serial = 7", "print('SERIAL = 8')"], None),
        ([], None),
    ],
)
def test_a_serial_number_counts_where_there_is_one(cells: list[str], serial: int | None) -> None:
    assert serial_of(cells) == serial


@pytest.mark.parametrize(
    ("cells", "lab"),
    [
        (["lab = start('lab-2', 7)"], "lab-2"),
        (['lab = start("lab-2", 7)', "start('02-precision-and-error-budget', 7)"], "lab-2"),
        (["start('lab-2', 7)", "start('lab-3', 7)"], None),
        (["start('lab-99', 7)"], None),
        (["start(name)"], None),
    ],
)
def test_a_lab_counts_where_there_is_one(cells: list[str], lab: str | None) -> None:
    assert lab_of(cells) == lab
