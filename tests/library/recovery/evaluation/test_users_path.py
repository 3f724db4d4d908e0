"""The path of a user: a model that is not ours, from `convert` to the report, in ten lines."""

import warnings

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
pytestmark = pytest.mark.torch

nn = torch.nn


class Theirs(nn.Module):
    """As one finds them: a residual block, batch normalisation, a grouped convolution, dropout."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=2), nn.BatchNorm2d(8))
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(8 * 16, 4))

    def forward(self, x):
        x = self.stem(x)
        x = nn.functional.max_pool2d(torch.relu(x + self.block(x)), 2)
        return self.head(x)


def bars(n, seed):
    """Images 8 x 8 with a bar in one of four places, and noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 4
    x = 0.5 * torch.randn(n, 1, 8, 8, generator=generator)
    for k in range(4):
        x[labels == k, 0, 2 * k : 2 * k + 1] += 0.8
    return x, labels


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    model, (x, y) = Theirs(), bars(400, 1)
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(30):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()
    return model  # still in training mode, as one forgets


@pytest.fixture(scope="module")
def path(trained):
    """The ten lines, with all warnings that they give."""
    train, test = bars(400, 1), bars(200, 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = analog.fold_batch_norm(trained)
        model = analog.convert(model, aimc.presets.hermes, devices=2)
        analog.calibrate(model, train[0])
        report = evaluation.evaluate(
            model, test, chips=5, times=["1 s", "1 h", "1 d", "1 y"], cost=Chip(), progress=False
        )
        uncompensated = evaluation.evaluate(
            model, test, chips=5, times=["1 s", "1 h", "1 d", "1 y"], compensation="none",
            progress=False,
        )  # fmt: skip
        difference = report.compare(uncompensated)
        text = f"{report}\n{difference}"
    return report, difference, text, caught


def test_the_report_answers_what_a_user_asks(path):
    report, difference, text, _ = path
    assert report.floating_point > 0.9
    assert report.interval("1 s").mean > 0.8
    assert report.a_star("1 h").n == 5
    assert report.energy.unit == "J"
    assert report.latency.unit == "s"
    for part in ("1 y", "A*", "energy per inference", "latency", "first - second"):
        assert part in text
    assert report.plot().axes
    assert len(difference.intervals) == 4


def test_no_warning_where_nothing_is_wrong(path):
    *_, caught = path
    assert [str(w.message) for w in caught] == []


def test_what_is_computed_beside_the_cores_is_said(path):
    """Residual sums and pooling are digital: the energy says that it leaves them out."""
    _, _, text, _ = path
    assert "not in this energy:" in text
    assert "residual connections" in text
    assert "max_pool2d" in text


def test_a_model_that_was_not_folded_works_as_well(trained):
    model = analog.convert(trained, aimc.presets.hermes, devices=2)
    analog.calibrate(model, bars(400, 1)[0])
    report = evaluation.evaluate(
        model, bars(200, 2), chips=2, times=["1 d"], compensation="adabs",
        batches=list(bars(400, 3)[0].split(100)), progress=False,
    )  # fmt: skip
    assert report.mean("1 d") > 0.8
    assert report.total("vectors", "compensation") > 0


def test_forgetting_to_calibrate_is_told_in_one_sentence_a_kind(trained):
    model = analog.convert(analog.fold_batch_norm(trained), aimc.presets.hermes)
    with pytest.warns(aimc.validation.RangeWarning, match=r"calibrate.*\(aimc.nn.calibrate\)"):
        report = evaluation.evaluate(model, bars(200, 2), chips=2, times=["1 d"], progress=False)
    assert len(report.notes) <= 2


def test_compensation_that_needs_data_says_so(trained):
    model = analog.convert(trained, aimc.presets.hermes)
    with pytest.raises(ValueError, match="batches"):
        evaluation.evaluate(
            model, bars(200, 2), chips=1, times=["1 d"], compensation="adabs", progress=False
        )
