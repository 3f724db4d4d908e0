"""What of a decoder runs on cores: counts against independent ones, and how they grow."""

import pytest

from aimc.chip.hermes import hermes_constants
from aimc_course.studies.language_models import (
    Shape,
    decode,
    energy,
    phi3_mini,
    prefill,
    seven_billion,
    tiny,
)
from aimc_course.studies.roadmap import H100, Roadmap, decoder_7b, today, token

PHI, TINY = phi3_mini(), tiny()


def test_weights_of_the_published_shape_are_those_of_its_name() -> None:
    # 3.8 billion parameters with the table of the vocabulary, which is looked up
    assert PHI.weights + PHI.output_weights == pytest.approx(3.82e9, rel=2e-3)


def test_shape_of_the_chapter_is_that_of_its_network() -> None:
    blocks = 3 * (192 * 64 + 64 * 64 + 256 * 64 + 64 * 256)
    assert TINY.weights == blocks + 50 * 64


def test_decoding_equals_a_count_head_by_head() -> None:
    context, size = 100, PHI.width // PHI.heads
    scores = 2 * PHI.heads * size * context
    mixing = 2 * PHI.heads * size * context
    work = decode(PHI, context)
    assert work.attention == PHI.blocks * (scores + mixing)
    assert work.on_cores == 2 * PHI.weights


def test_cores_do_less_and_less_of_the_work_as_the_text_grows() -> None:
    shares = [decode(PHI, n).share for n in (1, 1024, 4096, 32768, 131072)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.99
    assert shares[-1] < 0.2
    # half of the multiply-accumulates where 2 n d l is P
    half = PHI.weights // (2 * PHI.width * PHI.blocks)
    work = decode(PHI, half)
    assert work.attention == pytest.approx(work.on_cores, rel=1e-4)


def test_prefill_is_the_mean_of_decoding_without_its_scores_of_words() -> None:
    tokens = 8
    mean = sum(decode(TINY, n + 1).attention for n in range(tokens)) / tokens
    work = prefill(TINY, tokens)
    assert work.attention == pytest.approx(mean)
    assert work.on_cores < decode(TINY, tokens).on_cores
    assert prefill(TINY, 1).total == decode(TINY, 1).total


def test_energy_follows_from_the_price_list() -> None:
    chip, prices = hermes_constants(), today()
    found, dear = energy(PHI, 1000, price=0.0), energy(PHI, 1000, price=1.0)
    reads = PHI.weights * chip.mvm_energy[1] / 65536
    assert reads < found.cores < reads / 0.97
    cheapest = 1000 * 2 * 3072 * 32 * 8 * 0.75 * 3.92e-12
    assert found.fetching == pytest.approx(cheapest)
    assert dear.fetching == pytest.approx(2 * cheapest)
    assert dear.weights == pytest.approx(PHI.weights * 8 * prices["memory_energy"].high)
    assert found.arithmetic == pytest.approx(1000 * 2 * 3072 * 32 * 0.2e-12)
    assert found.total == found.work + found.waiting + found.arithmetic + found.fetching
    assert energy(PHI, 1000, idle_share=0.01).waiting < 0.05 * found.waiting


def test_the_token_of_this_part_is_one_token() -> None:
    """Chapters price the same token: shape here, workload there, and each of its parts."""
    shape, priced = seven_billion(), decoder_7b(2048)
    assert shape.weights == pytest.approx(priced.weights, rel=0.01)
    mine = token(shape, 2048)
    assert (mine.cached, mine.stages, mine.width) == (priced.cached, priced.stages, priced.width)
    parts = Roadmap(priced, H100, 1, today()).middle().analog.parts
    found = energy(shape, 2048)
    assert found.work == pytest.approx(
        float(sum(parts[k][0] for k in ("cells", "converters", "digital units"))), rel=0.01
    )
    assert found.waiting == pytest.approx(float(parts["standing"][0]), rel=0.01)


def test_fewer_heads_for_keys_fetch_less_and_multiply_as_much() -> None:
    shared = Shape("shared", 3072, 32, 32, 8192, 32064, key_heads=8, gated=True)
    one, other = energy(shared, 4096), energy(PHI, 4096)
    assert one.fetching == other.fetching / 4
    assert one.arithmetic == other.arithmetic
    assert shared.weights < PHI.weights


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="heads=5"):
        Shape("x", 64, 1, 5, 64, 10)
    with pytest.raises(ValueError, match="key_heads"):
        Shape("x", 64, 1, 4, 64, 10, key_heads=8)
    with pytest.raises(ValueError, match="context"):
        decode(TINY, 0)
    with pytest.raises(ValueError, match="price"):
        energy(TINY, 10, price=2.0)
    with pytest.raises(ValueError, match="idle_share"):
        energy(TINY, 10, idle_share=-0.1)
