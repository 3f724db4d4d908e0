"""The demo prints what the README says, quickly and reproducibly."""

import re
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from aimc import datasets
from aimc.networks import mlp

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture(scope="module")
def result() -> mlp.DemoResult:
    return mlp.run(progress=False)


def test_digital_accuracy_is_the_checkpoints(result: mlp.DemoResult) -> None:
    assert result.digital == pytest.approx(datasets.load_checkpoint().test_accuracy)
    assert result.images == 2000
    assert result.cores == 5


def test_analog_accuracy_stays_near_and_drift_costs(result: mlp.DemoResult) -> None:
    for interval in result.compensated:
        assert interval.n == 10
        assert result.digital - 0.02 < interval.mean < result.digital + 0.01
    assert result.uncompensated[2].high < result.compensated[2].low
    assert result.uncompensated[0] == result.compensated[0]


def test_readme_shows_this_output(result: mlp.DemoResult) -> None:
    text = README.read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert block is not None, "README.md has no ```text block with the demo's output"
    number = re.compile(r"\d+\.\d+")
    shown, printed = block.group(1).strip(), result.table()
    assert number.sub("#", shown).split() == number.sub("#", printed).split()
    # another BLAS may round a logit differently and turn a decision or two around
    got, told = ([float(n) for n in number.findall(text)] for text in (printed, shown))
    assert got == pytest.approx(told, abs=0.06)


def test_command_line_saves_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figure.png"
    mlp.main(["--chips", "2", "--figure", str(target)])
    assert target.stat().st_size > 5000
    assert "2 simulated chips" in capsys.readouterr().out


def test_same_serial_same_accuracy() -> None:
    one, two = (mlp.run(chips=2, serial=5, progress=False) for _ in range(2))
    assert one == two


@pytest.mark.portable
def test_ranges_cover_the_data() -> None:
    images = datasets.as_inputs(datasets.load().x_train[:500])
    ranges = mlp.hidden_ranges(datasets.load_checkpoint(), images)
    assert len(ranges) == 2
    assert ranges[0] == pytest.approx(1.0)
    assert 1.0 < ranges[1] < 8.0
    assert np.all(np.isfinite(ranges))


@pytest.mark.portable
def test_a_browser_is_asked_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(mlp.tqdm, "monitor", None)
    monkeypatch.setattr(mlp.tqdm, "monitor_interval", 10)
    monkeypatch.setattr(mlp, "analog_layers", lambda *arguments: 1 / 0)  # after the bar was made
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ZeroDivisionError):
            mlp.run(chips=2, progress=False)
