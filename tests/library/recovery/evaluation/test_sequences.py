"""Models of sequences: one label per token, layers with two matrices, and a table in front."""

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
pytestmark = pytest.mark.torch

nn = torch.nn
QUIET = {"chips": 2, "progress": False}


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(12, 16)
        self.lstm = nn.LSTM(16, 20, batch_first=True)
        self.out = nn.Linear(20, 12)

    def forward(self, x):
        return self.out(self.lstm(self.table(x))[0])


@pytest.fixture(scope="module")
def tagger():
    torch.manual_seed(0)
    net = Tagger().eval()
    tokens = torch.randint(0, 12, (30, 8), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        labels = net(tokens).argmax(dim=-1)
    model = analog.convert(net, aimc.presets.hermes, skip=["table"])
    analog.calibrate(model, tokens)
    return model, tokens, labels


def test_each_token_has_its_label(tagger):
    model, tokens, labels = tagger
    report = evaluation.evaluate(model, (tokens, labels), times=["1 h"], **QUIET)
    assert report.floating_point == 1.0
    assert report.chance == pytest.approx(1 / 12)
    assert 0.4 < report.mean("1 h") < 1.0


def test_a_table_that_nobody_asked_to_leave_out_is_noted():
    net = Tagger().eval()
    model = analog.convert(net, aimc.presets.hermes)
    x = torch.randint(0, 12, (4, 8))
    analog.calibrate(model, x)
    report = evaluation.evaluate(model, (x, x), times=[60], **QUIET)
    assert any("table (Embedding)" in note for note in report.notes)


def test_recurrent_layers_have_an_error_and_a_budget(tagger):
    model, tokens, labels = tagger
    budget = evaluation.error_budget(model, (tokens, labels), flaws=["drift"], **QUIET)
    assert budget.errors["no flaw"].max() < 1e-5
    assert 0.03 < budget.errors["all flaws"].mean() < 0.4
    found = evaluation.sensitivity(model, (tokens, labels), **QUIET)
    assert found.layers == ("lstm", "out")
    assert found.weights == (80 * 36, 12 * 20)
