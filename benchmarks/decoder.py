"""A decoder of a hundred million weights: one training step with noise, and compiled forwards.

Ratios to plain torch in the same rounds, one thread, weights and products in bfloat16. The decoder
has the shape of Llama, 12 blocks of width 768, with random weights; cores have 8-bit converters and
output noise, weights meet Gaussian noise of 2 % of the largest of each output, drawn on outputs.
AdamW makes the step. See `ratios` for how it is measured. ``--compile`` also measures forwards of a
smaller decoder, in evaluation, with `torch.compile` and without; it needs a C++ compiler.

    python benchmarks/decoder.py [--rounds 3] [--sequences 4] [--context 256] [--compile]
"""

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from ratios import Contestants, ratio, seconds
from training import WEIGHT_NOISE, core
from transformers import LlamaConfig, LlamaForCausalLM

import aimc
import aimc.nn
from aimc.recovery.training import GaussianNoise, Recipe, noisy_training

VOCABULARY = 8192


def decoder(width: int, blocks: int) -> Any:
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=width,
        intermediate_size=width * 8 // 3,
        num_hidden_layers=blocks,
        num_attention_heads=width // 64,
        use_cache=False,
    )
    return LlamaForCausalLM(shape).to(torch.bfloat16)


def analog(model: Any) -> Any:
    return aimc.nn.convert(model, partial(core, precision="bfloat16"), weight_range="output")


def stepper(model: Any, ids: torch.Tensor) -> Callable[[], object]:
    optimiser = torch.optim.AdamW(model.train().parameters(), 1e-4)

    def step() -> None:
        model(input_ids=ids, labels=ids).loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    return step


def training(ids: torch.Tensor) -> Contestants:
    made = {}
    for label, again in {"": False, ", activations again": True}.items():
        plain = decoder(768, 12)
        noisy = analog(plain)
        recipe = Recipe(noise=GaussianNoise(WEIGHT_NOISE, "output", "outputs"))
        noisy_training(noisy, recipe, rng=torch.default_generator)
        for name, model in {"torch": plain, "aimc": noisy}.items():
            if again:
                model.gradient_checkpointing_enable({"use_reentrant": False})
            made[name + label] = stepper(model, ids)
    return made


def forwards(ids: torch.Tensor) -> Contestants:
    plain = decoder(256, 1).eval()
    programmed = aimc.nn.program(analog(plain).eval())

    def runner(model: Any) -> Callable[[], object]:
        return lambda: [model(input_ids=ids) for _ in range(5)]

    models = {"torch": plain, "aimc": programmed}
    made = {name: runner(model) for name, model in models.items()}
    for name, model in models.items():
        made[f"{name}, compiled"] = runner(torch.compile(model, fullgraph=True))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sequences", type=int, default=4)
    parser.add_argument("--context", type=int, default=256, help="tokens of a sequence")
    parser.add_argument("--compile", action="store_true", help="compiled forwards alone")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", aimc.RangeWarning)
    rng = torch.Generator().manual_seed(1)
    ids = torch.randint(VOCABULARY, (options.sequences, options.context), generator=rng)
    if options.compile:
        with torch.no_grad():
            times = seconds(forwards(ids), options.rounds, time.thread_time)
        pairs = [(name, "torch") for name in times]
        pairs += [("aimc, compiled", "aimc"), ("aimc, compiled", "torch, compiled")]
    else:
        times = seconds(training(ids), options.rounds, time.thread_time)
        more = ", activations again"
        pairs = [("aimc", "torch"), ("aimc" + more, "torch" + more)]
    for name, reference in pairs:
        print(f"{name:<32}{ratio(times, name, reference):6.2f} times {reference}")


if __name__ == "__main__":
    main()
