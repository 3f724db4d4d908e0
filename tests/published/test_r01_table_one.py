"""R01: Table I of the 64-core chip, from constants, placement and schedule."""

import numpy as np
import pytest

from aimc.chip.hermes import (
    LAYER,
    LSTM,
    READ_MODES,
    activity,
    fit_energies,
    hermes_constants,
    table_one_group,
)
from aimc.chip.table_one import PEAK, USE_CASES, Entry, table_one
from aimc.layers.workload import caption_lstm, resnet9_cifar10
from aimc.published import fact

ENTRIES = table_one()
DIGITS = {"throughput": 1e12, "efficiency": 1e12, "density": 1e18, "energy": 1e-6, "latency": 1e-9}


def _rounds_to(entry: Entry) -> bool:
    """Return whether the model, rounded as the paper rounds, is the printed number."""
    unit = DIGITS[entry.quantity]
    printed = f"{entry.published / unit:.10g}"
    places = len(printed.partition(".")[2])
    if entry.quantity == "density":
        places = 2  # printed as 0.40 and 1.50
    return abs(entry.model.value - entry.published) / unit <= 0.5 * 10.0**-places * (1 + 1e-9)


def test_all_thirty_numbers_are_there() -> None:
    assert len(ENTRIES) == 3 * 2 * 5
    assert {e.model.read_mode for e in ENTRIES} == set(READ_MODES)
    assert {e.use_case for e in ENTRIES} == set(USE_CASES)


@pytest.mark.parametrize(
    "entry", ENTRIES, ids=lambda e: f"{e.use_case}, {e.model.read_mode}, {e.quantity}"
)
def test_within_one_percent_or_the_last_printed_digit(entry: Entry) -> None:
    assert abs(entry.difference) <= 0.01 or _rounds_to(entry), entry.as_row()


def test_energies_of_layer_and_lstm_hold_within_five_percent_when_predicted() -> None:
    """Constants taken from the layer alone predict the LSTM."""
    assert max(abs(e) for e in fit_energies()["left_out"]) < 0.05
    assert max(abs(e) for e in fit_energies()["errors"]) < 0.01
    assert fit_energies()["worst_unscaled"] > 0.03  # why standing power grows with activity


def test_core_counts_and_utilisation() -> None:
    for use_case, identifier in ((LAYER, "A042"), (LSTM, "A047")):
        group = table_one_group(use_case)
        cores, percent = fact(identifier).numbers
        assert group.cores == cores
        assert round(100 * group.utilisation()) == percent


def test_latencies_are_the_parts_that_the_text_names() -> None:
    chip = hermes_constants()
    layer = table_one_group(LAYER)
    outside = chip.latency(layer, "4-phase") - chip.read_time("4-phase")
    assert 1e9 * outside == pytest.approx(fact("A052").number, abs=0.51)
    # values one by one, seven hops
    assert outside == pytest.approx((224 + 7 * chip.hop_clocks) / chip.clock)


def test_five_choices_of_whole_clocks_fit_and_the_simplest_is_taken() -> None:
    """Filling of the local unit, hop, global unit: four latencies leave a family of choices."""
    chip, clock = hermes_constants(), 1e-3 * fact("A015").number  # clocks per ns
    fill, hop, gdpu = np.meshgrid(*[np.arange(200)] * 3, indexing="ij")
    fits = np.ones(fill.shape, bool)
    for use_case, key in ((LAYER, "A044"), (LSTM, "A049")):
        group = table_one_group(use_case)
        clocks = group.outputs + fill + group.hops * hop + group.gdpu * gdpu
        for read, printed in zip(("A029", "A030"), fact(key).numbers, strict=True):
            fits &= np.abs(fact(read).number + clocks / clock - printed) <= 0.5 + 1e-9
    fitting = [tuple(row) for row in np.argwhere(fits).tolist()]
    assert fitting == [(0, 25, 12), (7, 24, 9), (14, 23, 6), (21, 22, 3), (28, 21, 0)]
    assert (0, chip.hop_clocks, chip.gdpu_clocks) == fitting[0]


def test_activity_is_the_same_in_both_read_modes() -> None:
    """Four efficiencies, two factors: each use case needs only one."""
    for use_case in (LAYER, LSTM):
        errors = [
            e.difference for e in ENTRIES if e.use_case == use_case and e.quantity == "efficiency"
        ]
        assert len(errors) == 2
        assert max(abs(x) for x in errors) < 0.01
    assert activity(LAYER).value > 1.15 > activity(LSTM).value > 0.95


def test_the_columns_are_layers_of_the_published_networks() -> None:
    assert table_one_group(LAYER).layers[0] in resnet9_cifar10().layers
    assert set(table_one_group(LSTM).layers) < set(caption_lstm().layers)


def test_table_numbers_of_layers_count_mvms_only() -> None:
    scopes = {(e.use_case == PEAK, e.quantity): e.model.scope for e in ENTRIES}
    assert scopes[False, "throughput"] == scopes[False, "efficiency"] == "mvm"
    assert scopes[False, "energy"] == scopes[False, "latency"] == "layer"
    assert scopes[True, "energy"] == "mvm"
