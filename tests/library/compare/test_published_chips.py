"""The comparison of published chips, and the arithmetic behind a headline number."""

import re

import pytest

from aimc.compare.published_chips import figure_of_merit, published_chips, tops, tops_per_watt
from aimc.published import Fact, chip_rows, fact


def by_name():
    return {chip.name: chip for chip in published_chips()}


# How a fact words each number, where it is not the fact's own: found in its quantity or context.
WORDS = {
    "node_nm": "{:g} nm ",
    "area_mm2": "{:g} mm²",
    "input_bits": "{:g}-bit inputs",
    "weight_bits": "{:g}-bit weights",
    "cifar10_percent": "CIFAR-10 {:g}%",
}


def printed(field: str, value: float, row: Fact) -> bool:
    """Return whether a fact prints a number of a row of the table of chips."""
    if len(row.numbers) == 1:
        return value == row.number
    if field.startswith("peak"):
        return value == row.numbers[("peak_tops", "peak_tops_per_watt").index(field)]
    if field == "weights":
        said = [f"{value / n:g} {unit} weights" for n, unit in ((1e3, "k"), (1e6, "M"))]
    else:
        said = [WORDS[field].format(value)]
    words = f"{row.quantity}; {row.context}"
    return any(re.search(rf"(?<![\d.]){re.escape(phrase)}", words) for phrase in said)


@pytest.mark.parametrize("row", chip_rows(), ids=lambda row: row["name"])
def test_every_number_of_a_row_is_that_of_its_fact(row):
    about = {"name", "memory", "fact", "facts"}
    for field in set(row) - about:
        source = fact(row.get("facts", {}).get(field, row["fact"]))
        assert printed(field, row[field], source), (field, row[field], source.id)
    main = fact(row["fact"])
    if "facts" not in row:
        assert ("weight_bits" in row) != ("analog weights" in main.context)
        assert ("cifar10_percent" in row) == ("CIFAR-10" in main.context)


def test_a_number_that_no_fact_prints_is_found():
    khwa = fact("A102")
    assert printed("area_mm2", 18, khwa)
    assert not printed("area_mm2", 8, khwa)
    assert not printed("weight_bits", 4, khwa)
    assert not printed("weights", 400e6, khwa)


def test_chips_are_in_si_units():
    hermes = by_name()["HERMES, 4-phase"]
    assert hermes.node == pytest.approx(14e-9)
    assert hermes.area == pytest.approx(144e-6)
    assert hermes.area_per_weight == pytest.approx(34.3e-12, rel=1e-3)


def test_published_accuracy_stands_with_the_four_phase_mode_only():
    assert by_name()["HERMES, 1-phase"].cifar10 is None
    assert by_name()["HERMES, 4-phase"].cifar10 == fact("A080").number


def test_analog_weights_have_no_one_bit_efficiency():
    for chip in published_chips():
        assert (chip.one_bit_tops_per_watt is None) == (chip.weight_bits is None)


def test_one_bit_efficiency_brings_the_sram_chip_back_to_the_field():
    chips = by_name()
    printed = chips["Jia 2022"].peak_tops_per_watt / chips["Khwa 2022"].peak_tops_per_watt
    one_bit = chips["Jia 2022"].one_bit_tops_per_watt / chips["Khwa 2022"].one_bit_tops_per_watt
    assert printed > 5
    assert one_bit < 2


@pytest.mark.parametrize(
    ("seconds", "joules", "printed_tops", "printed_efficiency"),
    [("A029", "A037", "A031", "A033"), ("A030", "A038", "A032", "A034")],
)
def test_headline_follows_from_array_time_and_energy(
    seconds, joules, printed_tops, printed_efficiency
):
    macs = fact("A002").number * 256 * 256
    throughput = tops(macs, fact(seconds).number * 1e-9)
    efficiency = tops_per_watt(macs, fact(joules).number * 1e-6)
    assert throughput == pytest.approx(fact(printed_tops).number, rel=0.005)
    assert efficiency == pytest.approx(fact(printed_efficiency).number, rel=0.005)


def test_densities_of_arrays_and_of_the_die():
    arrays = fact("A002").number * fact("A006").number
    for throughput, printed, die in (("A031", "A035", 0.44), ("A032", "A036", 0.11)):
        assert fact(throughput).number / arrays == pytest.approx(fact(printed).number, rel=0.01)
        per_die = fact(throughput).number / fact("A004").number
        assert per_die == pytest.approx(die, abs=0.005)


def test_whole_layer_is_far_below_the_peak():
    for k, peak in enumerate(("A033", "A034")):
        whole = tops_per_watt(2016 * 224, fact("A043").numbers[k] * 1e-6)
        assert whole < fact("A046").numbers[k] / 2
        assert whole < fact(peak).number / 4
    # The chapter's prediction says "above sixteen" between the abstract and the layer.
    assert 16 < fact("A033").number / whole < 17


def test_figure_of_merit_of_the_reference_tile():
    rate = tops(256 * 256, 100e-9)
    assert figure_of_merit(rate, rate, 8, 8) == pytest.approx(fact("D017").number, abs=0.05)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="seconds"):
        tops(1.0, 0.0)
    with pytest.raises(ValueError, match="joules"):
        tops_per_watt(1.0, -1.0)
    with pytest.raises(ValueError, match="input_bits"):
        figure_of_merit(1.0, 1.0, 0, 8)
