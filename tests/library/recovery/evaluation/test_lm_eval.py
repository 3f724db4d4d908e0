"""EleutherAI's harness takes a model on a chip as any other of Hugging Face, as the book says."""

import math
import re
from functools import partial
from pathlib import Path

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
for extra, name in (("models", "transformers"), ("lm-eval", "lm_eval"), ("lm-eval", "accelerate")):
    pytest.importorskip(name, reason=f"{name} is not installed: pip install 'aimc[{extra}]'")
pytestmark = pytest.mark.torch

PAGE = Path(__file__).parents[4] / "book" / "api" / "evaluation.md"
END = 0


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_EVALUATE_OFFLINE"):
        monkeypatch.setenv(name, "1")


@pytest.fixture(scope="module")
def corpus():
    return aimc.datasets.load_text()


@pytest.fixture(scope="module")
def tokenizer(corpus):
    """One token for each character of the course's text."""
    import transformers
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    known = {"<end>": END, **{letter: k + 1 for k, letter in enumerate(corpus.vocabulary)}}
    letters = Tokenizer(models.WordLevel(known, unk_token="<end>"))
    letters.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    letters.decoder = decoders.Fuse()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=letters, eos_token="<end>", pad_token="<end>"
    )


@pytest.fixture(scope="module")
def decoder(corpus):
    """A tiny Llama that has learned which letter follows which."""
    import transformers

    torch.manual_seed(0)
    sizes = transformers.LlamaConfig(
        vocab_size=len(corpus.vocabulary) + 1, hidden_size=32, intermediate_size=48,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=128, bos_token_id=END, eos_token_id=END, pad_token_id=END,
    )  # fmt: skip
    net = transformers.LlamaForCausalLM(sizes)
    codes = torch.from_numpy(corpus.train[: 60 * 16 * 48].astype("int64")).view(60, 16, 48) + 1
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3)
    for batch in codes:
        optimiser.zero_grad()
        net(input_ids=batch, labels=batch).loss.backward()
        optimiser.step()
    return net.eval()


@pytest.fixture(scope="module")
def documents(corpus):
    text = corpus.text(corpus.held_out)
    return [text[start : start + 60] for start in range(0, 240, 60)]


def recipe(**given):
    """Run what the page shows, and return its names."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = [block for block in blocks if "import lm_eval" in block]
    exec(compile(code, "evaluation.md", "exec"), given)
    return given


def test_the_recipe_of_the_page_runs_on_chips_that_age(decoder, tokenizer, documents):
    model = analog.convert(decoder, "hermes", devices=1)
    analog.calibrate(model, tokenizer(documents, return_tensors="pt", padding=True)["input_ids"])
    found = recipe(analog=model, tokenizer=tokenizer, documents=documents)
    report = found["report"]
    assert report.values.shape == (3, 2, 1)
    assert report.floating_point == pytest.approx(by_hand(tokenizer, decoder, documents), rel=1e-4)
    assert 1.0 < report.floating_point < 20.0
    assert len(set(report.values.ravel())) == 6
    same = aimc.evaluate(
        model, documents, measure=partial(by_hand, tokenizer), chips=3, times=["1 s", "1 d"]
    )
    assert report.values == pytest.approx(same.values, rel=0.02)  # other reads, other fast noise


def test_ideal_cores_answer_choose_and_write_as_the_digital_model(decoder, tokenizer, documents):
    import datasets
    import lm_eval
    from lm_eval.api.task import ConfigurableTask
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    own_tasks = TaskManager(include_defaults=False)
    rows = [{"text": text[:20], "ways": [text[20:24], "zqxj"], "right": 0} for text in documents]
    common = {
        "custom_dataset": lambda **_: {"test": datasets.Dataset.from_list(rows)},
        "test_split": "test",
        "doc_to_text": "{{text}}",
    }
    choice = {
        "task": "choice", "output_type": "multiple_choice", "doc_to_choice": "{{ways}}",
        "doc_to_target": "right", "metric_list": [{"metric": "acc"}],
    }  # fmt: skip
    writing = {
        "task": "writing", "output_type": "generate_until", "doc_to_target": "{{ways[0]}}",
        "generation_kwargs": {"until": ["."], "max_gen_toks": 6},
        "metric_list": [{"metric": "exact_match"}],
    }  # fmt: skip

    def answers(model):
        harness = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=2)
        tasks = [ConfigurableTask(config={**common, **own}) for own in (choice, writing)]
        found = lm_eval.simple_evaluate(harness, tasks=tasks, task_manager=own_tasks)
        written = [sample["resps"] for sample in found["samples"]["writing"]]
        return found["results"]["choice"]["acc,none"], written

    wanted = answers(decoder)
    assert wanted[0] == 1.0
    assert answers(aimc.program(analog.convert(decoder, "ideal"))) == wanted


def by_hand(tokenizer, model, documents):
    """Return the perplexity per byte: every letter from those before it, the first from an end."""
    total = 0.0
    for text in documents:
        tokens = torch.tensor([[END, *tokenizer(text)["input_ids"]]])
        with torch.no_grad():
            scores = model(input_ids=tokens[:, :-1]).logits[0].double()
        total += float(torch.nn.functional.cross_entropy(scores, tokens[0, 1:], reduction="sum"))
    return math.exp(total / sum(len(text.encode()) for text in documents))
