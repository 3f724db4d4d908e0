"""Batches of named tensors and records of outputs, as models of Hugging Face have them."""

from collections import UserDict
from dataclasses import dataclass

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
batch_of = pytest.importorskip("aimc.nn.batch")
pytestmark = pytest.mark.torch

nn = torch.nn
IDEAL = aimc.presets.ideal
QUIET = {"progress": False, "chips": [1], "times": [0.0], "compensation": "none"}


@dataclass
class Output:
    """What a model returns."""

    logits: torch.Tensor
    loss: torch.Tensor | None = None


class Classifier(nn.Module):
    """Takes two inputs by name; the mask says which words count."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.head = nn.Embedding(12, 8), nn.Linear(8, 3)

    def forward(self, input_ids, attention_mask):
        seen = self.table(input_ids) * attention_mask[..., None]
        return Output(self.head(seen.sum(1)))


class Writer(nn.Module):
    """Predicts each next token, and says so as models of Hugging Face do."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(12, 12, bias=False)

    def can_generate(self) -> bool:
        return True

    def forward(self, input_ids, attention_mask=None):
        return Output(self.head(nn.functional.one_hot(input_ids, 12).float()))


def batches(count: int = 3):
    torch.manual_seed(0)
    ids = torch.randint(0, 12, (count, 6, 5))
    return [
        UserDict(input_ids=x, attention_mask=torch.ones_like(x), labels=x[:, 0] % 3) for x in ids
    ]


def inputs(given):
    return [{k: v for k, v in batch.items() if k != "labels"} for batch in given]


@pytest.mark.parametrize("one", [True, False])
def test_calibration_takes_inputs_by_name(one: bool) -> None:
    given = inputs(batches())
    model = analog.convert(Classifier(), aimc.presets.hermes)
    found = analog.calibrate(model, UserDict(given[0]) if one else given)
    assert found.keys() == {"head.weight"}
    with pytest.raises(ValueError, match=r"'input_ids'\] must hold examples"):
        analog.calibrate(model, {name: value[:0] for name, value in given[0].items()})


def test_a_model_learns_and_is_measured_with_labels_by_name() -> None:
    given = batches(8)
    model = analog.convert(Classifier(), aimc.presets.rasch2023)
    analog.calibrate(model, given)
    before = aimc.evaluate(model, given, measure="loss", **QUIET)
    history = aimc.train(model, given, "rasch2023", epochs=20, progress=False)
    assert history.loss[-1] < history.loss[0]
    after = aimc.evaluate(model, given, measure="loss", **QUIET)
    assert after.mean(0.0) < before.mean(0.0)
    assert after.floating_point < before.floating_point
    assert aimc.evaluate(model, given, **QUIET).mean(0.0) > 0.4
    with pytest.raises(TypeError, match="batch 0 must hold labels"):
        aimc.evaluate(model, inputs(given), **QUIET)


def test_a_model_that_writes_is_asked_for_the_next_token() -> None:
    follows = torch.arange(12).roll(-1)
    writer = Writer()
    with torch.no_grad():
        writer.head.weight.copy_(9.0 * nn.functional.one_hot(follows, 12).t())
    ids = (torch.arange(7) + torch.arange(4)[:, None]) % 12
    mask = torch.ones_like(ids)
    mask[0, 3:] = 0
    ids[0, 3:] = 11  # padding follows no rule
    model = analog.convert(writer, IDEAL)
    measured = {
        name: aimc.evaluate(
            model, [{"input_ids": ids, "attention_mask": mask}], measure=name, **QUIET
        )
        for name in ("token accuracy", "perplexity")
    }
    assert measured["token accuracy"].mean(0.0) == 1.0
    assert measured["perplexity"].mean(0.0) == pytest.approx(1 + 11 * 2.718281828**-9, rel=1e-3)
    masked = aimc.evaluate(model, [{"input_ids": ids}], measure="token accuracy", **QUIET)
    assert masked.mean(0.0) < 1.0
    nothing = {"input_ids": ids, "labels": torch.full_like(ids, batch_of.IGNORED)}
    with pytest.raises(ValueError, match="no label that counts"):
        aimc.evaluate(model, [nothing], **QUIET)


# --- with the models themselves ------------------------------------------------------------------

SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "vocab_size": 96, "max_position_embeddings": 64, "pad_token_id": 0, "eos_token_id": None,
    "bos_token_id": 1, "num_key_value_heads": 2,
}  # fmt: skip


def hugging_face(kind: str, task: str = "AutoModelForCausalLM", **sizes):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    transformers.logging.set_verbosity_error()
    torch.manual_seed(0)
    chosen = transformers.CONFIG_MAPPING[kind](**(sizes or SIZES))
    return getattr(transformers, task).from_config(chosen).eval()


@pytest.mark.parametrize("kind", ["gpt2", "llama", "mamba", "mixtral"])
def test_text_is_written_with_a_cache(kind: str) -> None:
    digital = hugging_face(kind)
    model = analog.convert(digital, IDEAL)
    analog.program(model)
    prompt = torch.randint(3, 90, (2, 5))
    chosen = {"max_new_tokens": 6, "do_sample": False, "use_cache": True}
    mask = torch.ones_like(prompt)
    wanted = digital.generate(prompt, attention_mask=mask, **chosen)
    assert wanted.shape == (2, 11)
    assert torch.equal(model.generate(prompt, attention_mask=mask, **chosen), wanted)


@pytest.mark.parametrize("kind", ["gpt2", "mixtral"])
def test_a_decoder_is_calibrated_trained_and_measured(kind: str) -> None:
    digital = hugging_face(kind)
    transformers = pytest.importorskip("transformers")
    ids = torch.randint(3, 90, (4, 12))
    given = [transformers.BatchEncoding({"input_ids": ids, "attention_mask": torch.ones_like(ids)})]
    model = analog.convert(digital, aimc.presets.rasch2023)
    assert analog.calibrate(model, given)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    history = aimc.train(model, given, "rasch2023", epochs=3, progress=False)
    assert history.loss[-1] < history.loss[0]
    assert not all(map(torch.equal, model.parameters(), before))
    report = aimc.evaluate(model, given, measure="perplexity", **QUIET)
    assert 1.0 < report.mean(0.0) < 200.0
    with torch.no_grad():
        exact = float(digital(**given[0], labels=ids).loss)
    ideal = analog.convert(digital, IDEAL)
    found = aimc.evaluate(ideal, given, measure="loss", **QUIET)
    assert found.mean(0.0) == pytest.approx(exact, rel=1e-5)


def test_an_encoder_with_a_decoder_is_given_its_labels() -> None:
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 1, "num_heads": 4}
    digital = hugging_face(
        "t5", "AutoModelForSeq2SeqLM", **sizes, vocab_size=96, decoder_start_token_id=0
    )
    ids, labels = torch.randint(3, 90, (2, 7)), torch.randint(3, 90, (2, 4))
    given = [{"input_ids": ids, "labels": labels}]
    found = aimc.evaluate(analog.convert(digital, IDEAL), given, measure="loss", **QUIET)
    with torch.no_grad():
        exact = float(digital(input_ids=ids, labels=labels).loss)
    assert found.mean(0.0) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_programmed_model_can_be_moved(dtype) -> None:
    digital = hugging_face("llama")
    model = analog.convert(digital, IDEAL)
    analog.program(model)
    moved = model.to(dtype)
    ids = torch.randint(3, 90, (2, 5))
    with torch.no_grad():
        found, wanted = moved(input_ids=ids).logits, digital.to(dtype)(input_ids=ids).logits
    assert found.dtype == dtype
    close = 1e-5 if dtype == torch.float64 else 3e-2
    torch.testing.assert_close(found, wanted, rtol=close, atol=close)


def test_a_text_counts_alike_whichever_side_it_is_padded_on() -> None:
    torch.manual_seed(3)
    model = analog.convert(Writer(), IDEAL)
    texts = [torch.randint(1, 12, (length,)) for length in (6, 4, 2)]

    def padded(left: bool):
        ids = torch.zeros(3, 6, dtype=torch.long)
        for row, text in zip(ids, texts, strict=True):
            row[6 - len(text) :] = text if left else row[6 - len(text) :]
            row[: len(text)] = row[: len(text)] if left else text
        return {"input_ids": ids, "attention_mask": (ids > 0).long()}

    alone = [{"input_ids": text[None]} for text in texts]
    found = [
        aimc.evaluate(model, test, measure="perplexity", **QUIET).floating_point
        for test in (alone, [padded(False)], [padded(True)])
    ]
    assert found == pytest.approx([found[0]] * 3)
    _, labels = batch_of.inputs_and_labels(model, padded(True), "x")
    assert (labels != batch_of.IGNORED).sum(1).tolist() == [5, 3, 1]


def test_layers_and_flaws_are_told_apart_on_inputs_by_name() -> None:
    evaluation = pytest.importorskip("aimc.recovery.evaluation")
    torch.manual_seed(3)
    model = analog.convert(Writer(), aimc.presets.hermes)
    ids = torch.randint(0, 12, (4, 6))
    test = [{"input_ids": ids, "attention_mask": torch.ones_like(ids)}]
    options = {"chips": 2, "measure": "loss", "progress": False}
    whole = aimc.evaluate(model, test, times="1 d", **options)
    layers = evaluation.sensitivity(model, test, t="1 d", **options)
    assert layers.everything == pytest.approx(whole.values[:, 0, 0])
    budget = evaluation.error_budget(model, test, t="1 d", flaws=["drift"], **options)
    assert budget.floating_point == whole.floating_point
