"""Word error rates: known pairs, and recognisers that are placed, collapsed or asked to write."""

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
measures = pytest.importorskip("aimc.recovery.evaluation.measures")
pytestmark = pytest.mark.torch

nn = torch.nn
QUIET = {"progress": False, "chips": [1], "times": [0.0], "compensation": "none"}
BLANK, PAD = 0, measures.IGNORED


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("", "", 0),
        ("", "a b", 2),  # put in
        ("a b", "", 2),  # left out
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "the bat sat", 1),
        ("the cat sat", "cat sat down", 2),
        ("a b c d", "b c d a", 2),  # as short as possible: not four replaced
        ("what a bright day", "what a day", 1),
        ("how are you today john", "how you today jones", 2),
        (" ".join("kitten"), " ".join("sitting"), 3),
        (" ".join("intention"), " ".join("execution"), 5),
        (" ".join("saturday"), " ".join("sunday"), 3),
    ],
)
def test_known_pairs(said, heard, errors):
    assert measures.word_errors(said.split(), heard.split()) == errors
    assert measures.word_errors(heard.split(), said.split()) == errors


class Hears(nn.Module):
    """Repeats the classes that it is shown, and writes a text that it is told."""

    def __init__(self, classes=8, writes=None):
        super().__init__()
        self.head, self.writes = nn.Linear(classes, classes, bias=False), writes
        with torch.no_grad():
            self.head.weight.copy_(torch.eye(classes))

    def forward(self, x):
        return self.head(nn.functional.one_hot(x, self.head.in_features).float())

    def generate(self, x, *, max_new_tokens):
        return self.writes[: len(x), :max_new_tokens]


def converted(**options):
    return analog.convert(Hears(**options), aimc.presets.ideal)


def found(model, x, labels, measure="word error", **options):
    batches = [(torch.tensor(x), torch.tensor(labels))]
    report = evaluation.evaluate(model, batches, measure=measure, **{**QUIET, **options})
    assert report.measure == "word error rate"
    assert report.chance is None
    assert report.floating_point == pytest.approx(report.mean(0.0))
    return report.floating_point


def test_each_token_is_a_word_and_what_does_not_count_is_left_out():
    model = converted()
    assert found(model, [[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]) == 0.0
    # one word replaced, and one that only moved by a place: one left out, one put in
    assert found(model, [[1, 2, 7], [4, 5, 6]], [[1, 2, 3], [5, 6, 4]]) == pytest.approx(3 / 6)
    assert found(model, [[1, 2, 7]], [[1, 2, PAD]]) == 0.0


def test_blanks_and_repetitions_are_left_out():
    measure = evaluation.WordError(blank=BLANK)
    heard = [[1, 1, 0, 1, 2, 2, 0, 0], [0, 3, 0, 0, 4, 5, 5, 0]]
    labels = [[1, 1, 2, PAD], [3, 4, 5, 6]]
    assert found(converted(), heard, labels, measure) == pytest.approx(1 / 7)


def test_letters_become_words():
    letters = " abcdefg"
    measure = evaluation.WordError(decode=lambda tokens: "".join(letters[k] for k in tokens))
    said = [[letters.index(letter) for letter in "a bad cab"]]
    heard = [[letters.index(letter) for letter in "a bed cab"]]
    assert found(converted(), heard, said, measure) == pytest.approx(1 / 3)


def test_a_text_that_the_model_writes_may_be_longer_than_the_label():
    writes = torch.tensor([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]])
    measure = evaluation.WordError(generate={"max_new_tokens": 5})
    labels = [[1, 2], [1, 9]]
    assert found(converted(writes=writes), [[0], [0]], labels, measure) == pytest.approx(7 / 4)


def test_what_cannot_be_measured_is_said():
    model = converted()
    with pytest.raises(ValueError, match="no word in its labels"):
        found(model, [[1]], [[PAD]])
    with pytest.raises(ValueError, match="do not fit labels"):
        found(model, [[1, 2, 3]], [[1, 2]])
    linear = analog.convert(nn.Linear(3, 3), aimc.presets.ideal)
    measure = evaluation.WordError(generate={})
    with pytest.raises(TypeError, match="Linear has no generate"):
        evaluation.evaluate(linear, (torch.ones(2, 3), torch.ones(2)), measure=measure, **QUIET)


def test_devices_that_drift_hear_worse_and_a_walk_hears_the_same(tmp_path):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Embedding(8, 12), nn.Linear(12, 30), nn.ReLU(), nn.Linear(30, 8))
    x = torch.randint(0, 8, (20, 9))
    with torch.no_grad():
        labels = net(x).argmax(dim=-1)
    model = analog.convert(net, aimc.presets.hermes, skip=["0"], devices=1)
    analog.calibrate(model, x)
    options = {"chips": 2, "times": ["1 s", "1 y"], "progress": False, "compensation": "none"}
    whole = evaluation.evaluate(model, (x, labels), measure="word error", **options)
    assert whole.floating_point == 0.0
    assert 0.0 < whole.mean("1 y") < 1.0
    offload = analog.Offload(tmp_path / "walk")
    walked = evaluation.evaluate(
        model, (x, labels), measure="word error", offload=offload, **options
    )
    assert walked.values.tolist() == whole.values.tolist()
    measure = evaluation.WordError(generate={})
    with pytest.raises(ValueError, match="not allowed with offload"):
        evaluation.evaluate(model, (x, labels), measure=measure, offload=offload, **options)


def test_a_recogniser_of_speech_and_one_that_writes():
    """Wav2Vec2 gives a letter or nothing for each frame; Whisper writes until it is done."""
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    families = pytest.importorskip("model_families")
    torch.manual_seed(0)
    sizes = {
        **families.SPEECH,
        "vocab_size": 8,
        "pad_token_id": BLANK,
        "num_conv_pos_embeddings": 4,
    }
    speech = transformers.AutoModelForCTC.from_config(
        transformers.CONFIG_MAPPING["wav2vec2"](**sizes)
    ).eval()
    sound = torch.randn(2, 400)
    with torch.no_grad():
        best = [each.unique_consecutive() for each in speech(sound).logits.argmax(dim=-1)]
    texts = [each[each != BLANK] for each in best]
    labels = nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=PAD)
    model = analog.convert(speech, aimc.presets.ideal, skip=["wav2vec2.encoder.pos_conv_embed"])
    measure = evaluation.WordError(blank=BLANK)
    given = [{"input_values": sound, "labels": labels}]
    assert evaluation.evaluate(model, given, measure=measure, **QUIET).mean(0.0) == 0.0

    whisper, inputs = families.make("transformers", "whisper")
    features = inputs["input_features"]
    options = {"max_new_tokens": 4, "do_sample": False}
    wanted = whisper.generate(features, **options)
    model = analog.convert(whisper, aimc.presets.ideal)
    given = [{"input_features": features, "labels": wanted}]
    measure = evaluation.WordError(generate=options)
    assert evaluation.evaluate(model, given, measure=measure, **QUIET).mean(0.0) == 0.0


class Continues(Hears):
    """Writes on behind its inputs, as decoders of Hugging Face do."""

    def can_generate(self):
        return True

    def forward(self, input_ids):
        return super().forward(input_ids)

    def generate(self, input_ids, *, max_new_tokens):
        return torch.cat([input_ids, self.writes[: len(input_ids), :max_new_tokens]], dim=1)


def test_what_a_model_writes_on_begins_behind_its_inputs():
    writes = torch.tensor([[1, 2, 3], [4, 5, 6]])
    model = analog.convert(Continues(writes=writes), aimc.presets.ideal)
    measure = evaluation.WordError(generate={"max_new_tokens": 3})

    def error(**batch):
        report = evaluation.evaluate(model, [batch], measure=measure, **QUIET)
        return report.floating_point

    prompt = torch.tensor([[7, 7], [7, 1]])
    assert error(input_ids=prompt, labels=writes) == 0.0
    assert error(input_ids=prompt, labels=torch.tensor([[1, 2, PAD], [4, 5, 7]])) == 2 / 5
    whole = torch.cat([prompt, writes], dim=1)
    shown = torch.where(torch.arange(5) < 2, PAD, whole)
    with pytest.raises(ValueError, match="batch 0 shows the model in input_ids what it is to"):
        error(input_ids=whole, labels=shown)
    with pytest.raises(TypeError, match="batch 0 must hold labels"):
        error(input_ids=prompt)
