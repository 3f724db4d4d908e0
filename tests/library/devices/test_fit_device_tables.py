"""Tables of every form give the same device, and one that cannot be right says what is wrong."""

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest

from aimc.devices import fit_device, pcm_2019
from aimc.devices.fitting.screening import FEWEST_DEVICES, FEWEST_LEVELS, group, screen
from aimc.devices.fitting.table import Measurements, read_table
from aimc.devices.ideal import IdealDevice

TIMES = np.array([1.0, 600.0, 86400.0])
LEVELS, EACH = 12, 40


def wide(rng: int = 1) -> dict[str, np.ndarray]:
    device = pcm_2019()
    target = np.repeat(np.linspace(0, 1, LEVELS) * device.g_max, EACH)
    state = device.program(target, rng)
    reads = np.stack([state.read(float(t), 10 + k) for k, t in enumerate(TIMES)], axis=1)
    return {"target": target * 1e6, "time": TIMES, "conductance": reads * 1e6}


def long(rng: int = 1) -> dict[str, np.ndarray]:
    table = wide(rng)
    n, k = table["conductance"].shape
    return {
        "device": np.repeat(np.arange(n), k),
        "target": np.repeat(table["target"], k),
        "time": np.tile(table["time"], n),
        "conductance": table["conductance"].ravel(),
    }


class Frame:
    """What a data frame offers: names of columns, and columns by name."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        self._columns = columns
        self.columns = list(columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]


def structured(columns: dict[str, np.ndarray]) -> np.ndarray:
    array = np.zeros(len(columns["time"]), dtype=[(name, "f8") for name in columns])
    for name, values in columns.items():
        array[name] = values
    return array


def as_csv(path: Path, columns: dict[str, np.ndarray], first: str = "") -> Path:
    with path.open("w", newline="") as file:
        file.write(first)
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def test_all_forms_hold_the_same(tmp_path: Path) -> None:
    expected = read_table(wide(), "uS")
    rows = long()
    order = np.random.default_rng(1).permutation(len(rows["time"]))
    shuffled = {k: v[order] for k, v in rows.items()}
    other = {"g_set": rows["target"], "g": rows["conductance"], "t": rows["time"]}
    names = {"target": "g_set", "conductance": "g", "time": "t"}
    for table, columns in (
        (rows, None),
        (shuffled, None),
        (structured(rows), None),
        (Frame(rows), None),
        (as_csv(tmp_path / "reads.csv", rows, "# a comment\n"), None),
        (str(tmp_path / "reads.csv"), None),
        (other | {"device": rows["device"]}, names),
    ):
        got = read_table(table, "uS", columns)
        np.testing.assert_allclose(got.target, expected.target, rtol=1e-12)
        np.testing.assert_allclose(got.conductance, expected.conductance, rtol=1e-12)
        np.testing.assert_array_equal(got.time, TIMES)


def test_times_in_any_order_are_sorted() -> None:
    table = wide()
    mixed = table | {"time": TIMES[::-1], "conductance": table["conductance"][:, ::-1]}
    np.testing.assert_array_equal(
        read_table(mixed, "uS").conductance, read_table(table, "uS").conductance
    )


@pytest.mark.parametrize(
    ("unit", "meant"), [("S", "'uS'"), ("mS", "'uS'"), ("nS", "'uS'")], ids=str
)
def test_another_unit_is_noticed(unit: str, meant: str) -> None:
    with pytest.raises(
        ValueError, match=rf"unit='{unit}' is not plausible.*does the table.*{meant}"
    ):
        fit_device(wide(), unit=unit)


def test_units_give_the_same_device() -> None:
    table = wide()
    siemens = table | {name: table[name] * 1e-6 for name in ("target", "conductance")}
    one, two = (read_table(*pair) for pair in ((table, "µS"), (siemens, "S")))
    np.testing.assert_allclose(one.conductance, two.conductance, rtol=1e-12)
    with pytest.raises(ValueError, match=r"unit='uS' is not plausible.*unit='S'"):
        read_table(siemens, "uS")
    with pytest.raises(ValueError, match="must be in one unit"):
        read_table(table | {"conductance": siemens["conductance"]}, "uS")
    with pytest.raises(ValueError, match=r"unit='microsiemens' is not allowed: choose one of 'S'"):
        read_table(table, "microsiemens")


def without(name: str) -> dict[str, np.ndarray]:
    return {k: v for k, v in long().items() if k != name}


def changed(**columns: object) -> dict[str, object]:
    return long() | columns


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (3.0, "table must be a dict of arrays, a structured array, a data frame or the path"),
        ("nowhere.csv", "there is no such file"),
        (without("target"), "table has no column 'target': it has 'device', 'time', 'conductance'"),
        (without("device"), "no column 'device'.*which reads belong to one device"),
        (changed(time=long()["time"][:-1]), "columns differ in length"),
        (
            changed(target=np.where(long()["target"] > 20, np.nan, 1)),
            "column 'target' has .* no fin",
        ),
        (changed(time=-long()["time"]), "time must be in seconds since programming, got -86400 s"),
        (changed(device=np.zeros(LEVELS * EACH * 3)), "device 0.0 has more than one target"),
        (changed(time=np.zeros(LEVELS * EACH * 3)), "more than one read at t=0 s"),
        (changed(target=-long()["target"]), "targets must not be negative"),
        (changed(conductance=["high"] * (LEVELS * EACH * 3)), "'conductance' must hold numbers"),
        (
            wide() | {"conductance": wide()["conductance"].T},
            "one row per device and one column per",
        ),
        (wide() | {"time": np.array([1.0, 1.0, 5.0])}, "a time stands there twice"),
        (changed(conductance=np.full(LEVELS * EACH * 3, np.nan)), "'conductance' has no read of"),
        (
            changed(conductance=np.where(long()["target"] > 10, np.nan, 1)),
            "no read of devices above half the largest target",
        ),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table: object, message: str) -> None:
    kind = TypeError if isinstance(table, float) else ValueError
    with pytest.raises(kind, match=message):
        fit_device(table, unit="uS")


def test_a_row_with_a_field_too_few_is_named(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "reads.csv", long())
    path.write_text(path.read_text() + "480,25.0,1.0\n")
    with pytest.raises(
        ValueError, match=r"row 1441 of .*reads.csv' has 3 entries, the header has 4"
    ):
        read_table(path, "uS")


def test_gaps_are_told_or_left_out(tmp_path: Path) -> None:
    table = wide()
    table["conductance"][[3, 50], 1] = np.nan
    with pytest.raises(ValueError, match=r"gaps: 2 of 480 devices lack reads \(devices 3, 50\)"):
        fit_device(table, unit="uS")
    rows = {k: v[1:] for k, v in long().items()}  # the first read of the first device is missing
    path = as_csv(tmp_path / "reads.csv", rows)
    path.write_text(path.read_text() + f"500,{rows['target'][-1]},1.0,\n")  # an empty field
    kept, notes = screen(read_table(path, "uS"), 25e-6, 20.0, "drop", "raise")
    assert len(kept.target) == 479
    assert "2 of 481 devices lack reads" in notes[0]


def test_outliers_are_told_left_out_or_kept() -> None:
    table = wide()
    table["conductance"][300] = 0.0  # a device that is stuck at RESET
    table["conductance"][100, 2] = 80.0  # a wild read
    measured = read_table(table, "uS")
    with pytest.raises(ValueError, match=r"outliers: 2 of 480 .*\(devices 100, 300\).*'drop'"):
        fit_device(table, unit="uS")
    kept, notes = screen(measured, 25e-6, 20.0, "raise", "drop")
    assert len(kept.target) == 478
    assert "2 of 480" in notes[0]
    assert len(screen(measured, 25e-6, 20.0, "raise", "keep")[0].target) == 480
    with pytest.raises(ValueError, match="gaps='ignore' is not allowed"):
        fit_device(table, unit="uS", gaps="ignore")
    with pytest.raises(ValueError, match="outliers='ignore' is not allowed"):
        fit_device(table, unit="uS", outliers="ignore")


def test_tables_without_outliers_have_none() -> None:
    for seed in range(20):
        measured = read_table(wide(seed), "uS")
        assert len(screen(measured, 25e-6, 20.0, "raise", "raise")[0].target) == 480


def test_too_much_to_leave_out_is_an_error() -> None:
    table = wide()
    table["conductance"][:150, 0] = np.nan
    with pytest.raises(ValueError, match="only 330 of 480 devices are left"):
        fit_device(table, unit="uS", gaps="drop")


def test_an_offset_of_the_instrument_is_told() -> None:
    table = wide()
    table["conductance"] -= 3.0
    with pytest.raises(ValueError, match="is negative; subtract the offset of the instrument"):
        fit_device(table, unit="uS")


def few(
    devices: int = EACH, levels: int = LEVELS, times: tuple[float, ...] = (1.0, 600.0, 9e4)
) -> dict[str, np.ndarray]:
    target = np.repeat(np.linspace(1, 25, levels), devices)
    return {
        "target": target,
        "time": np.array(times),
        "conductance": np.repeat(target[:, None], len(times), axis=1),
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (few(times=(1.0, 600.0)), "too few points: 2 read times"),
        (few(times=(1.0, 2.0, 3.0)), "too close for drift.*Is time in seconds"),
        (few(levels=FEWEST_LEVELS - 1), "too few points: 7 levels of target"),
        (few(devices=FEWEST_DEVICES - 1), "too few points: 29 devices at 1 µS"),
    ],
)
def test_too_few_points_are_told(table: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_device(table, unit="uS")


def test_targets_that_all_differ_are_taken_in_slices() -> None:
    target = np.random.default_rng(0).uniform(0, 25e-6, 2000)
    level = group(target)
    assert np.bincount(level).min() >= FEWEST_DEVICES
    for k in range(level.max()):
        assert target[level == k].max() <= target[level == k + 1].min()
    with pytest.raises(ValueError, match="too few points"):
        group(target[:200])


def test_a_formula_with_more_numbers_than_levels_is_told() -> None:
    from aimc.devices import pcm_hermes

    with pytest.raises(ValueError, match=r"drift_mean_fit.below has 4 numbers and 2 levels"):
        fit_device(wide(), unit="uS", formulas_of=pcm_hermes(1))


def test_other_bad_arguments_are_named() -> None:
    with pytest.raises(TypeError, match="formulas_of must be a StatisticalPCM, got IdealDevice"):
        fit_device(wide(), unit="uS", formulas_of=IdealDevice())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"g_max=1e-05 is not allowed.*2.5e-05"):
        fit_device(wide(), unit="uS", g_max=1e-5)
    with pytest.raises(ValueError, match="samples=3 is not allowed"):
        fit_device(wide(), unit="uS", samples=3)
    with pytest.raises(ValueError, match=r"t_0=0 is not allowed"):
        fit_device(wide(), unit="uS", t_0=0)


def test_a_small_table_is_fitted_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        device = fit_device(wide(), unit="uS", t_0=5.0, t_read=1e-6, name="mine", sources=("a",))
    assert (device.name, device.t_0, device.t_read, device.sources) == ("mine", 5.0, 1e-6, ("a",))
    measured = Measurements(np.arange(2), np.ones(2), TIMES, np.ones((2, 3)))
    assert len(measured.only(np.array([True, False])).device) == 1


@pytest.mark.parametrize("drift", [0.0, 0.05])
def test_a_table_of_means_is_refused(drift: float) -> None:
    time = np.array([50.0, 500.0, 5e3, 5e4])
    target = np.repeat(np.linspace(1, 25, 12), 40)
    means = target[:, None] * (time / 20) ** -drift
    with pytest.raises(ValueError, match="devices at target 1 µS read the same"):
        fit_device({"target": target, "time": time, "conductance": means}, unit="uS")
