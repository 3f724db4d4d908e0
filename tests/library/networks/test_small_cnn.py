"""The small convolutional network: its two checkpoints, and the stored results about it."""

import numpy as np
import pytest
import torch

import aimc
import aimc.nn
from aimc import datasets
from aimc.networks.hardware_aware import one_year, training_results
from aimc.networks.small_cnn import TRAININGS, arrays_of, held_out_set, small_cnn, training_set
from aimc.published import fact
from aimc.recovery.evaluation import evaluate
from aimc.statistics import mean_interval

FULL = "aware, batch norm"


@pytest.mark.parametrize("training", TRAININGS)
def test_recorded_accuracy_is_right(training):
    kept = datasets.load_checkpoint(f"cnn-fashion-{training}")
    images, labels = held_out_set()
    with torch.no_grad():
        hits = (small_cnn(training)(images).argmax(dim=1) == labels).sum()
    assert int(hits) == pytest.approx(kept.info["test_correct"], abs=2)
    assert kept.test_accuracy > 0.88


@pytest.mark.parametrize("training", TRAININGS)
def test_folded_numbers_compute_what_the_model_computes(training):
    """Layer k of a checkpoint is gain * (W x) + bias, whatever becomes of it later."""
    kept, network = datasets.load_checkpoint(f"cnn-fashion-{training}"), small_cnn(training)
    images = held_out_set(3)[0]
    patches = torch.nn.functional.unfold(images, 3, padding=1).numpy()
    folded = kept.gains[0][:, None] * (kept.weights[0] @ patches) + kept.biases[0][:, None]
    with torch.no_grad():
        found = network[1](network[0](images)).flatten(2).numpy()
    np.testing.assert_allclose(folded, found, atol=2e-5)
    again = arrays_of(network)
    for k, weights in enumerate(kept.weights):
        np.testing.assert_array_equal(again[f"weight{k}"], weights)
        np.testing.assert_allclose(again[f"bias{k}"], kept.biases[k], atol=1e-6)


def test_training_for_the_hardware_cut_the_tails():
    plain, aware = (
        datasets.load_checkpoint(f"cnn-fashion-{t}").weights for t in ("plain", "aware")
    )
    tails = [[np.abs(w).max() / w.std() for w in weights] for weights in (plain, aware)]
    assert np.mean(tails[1]) < np.mean(tails[0])


def test_an_unknown_training_or_count_is_refused():
    with pytest.raises(ValueError, match="training"):
        small_cnn("noisy")
    with pytest.raises(ValueError, match="count"):
        held_out_set(2001)


def test_first_weights_follow_torchs_generator_and_data_are_images():
    networks = []
    for _ in range(2):
        torch.manual_seed(3)
        networks.append(small_cnn(None)[0].weight)
    torch.testing.assert_close(*networks)
    images, labels = training_set(5)
    assert images.shape == (5, 1, 28, 28)
    assert labels.dtype == torch.int64


def test_stored_results_belong_to_the_shipped_checkpoints():
    digests = datasets.CHECKPOINT_SHA256
    assert one_year().table["checkpoints"] == {
        f"cnn-fashion-{t}": digests[f"cnn-fashion-{t}"] for t in TRAININGS
    }
    assert training_results()["checkpoint"] == digests["cnn-fashion-plain"]


def test_the_full_chain_keeps_99_per_cent_an_hour_and_97_a_year():
    year = one_year()
    assert len(year.chips) == 10
    assert year.a_star(FULL, "1 h").mean() >= fact("C051").number == 99
    assert year.a_star(FULL, "1 y").mean() >= 97


@pytest.mark.parametrize("time", ["1 h", "1 d", "1 y"])
def test_direct_mapping_is_clearly_worse_chip_by_chip(time):
    year = one_year()
    gain = mean_interval(year.accuracy(FULL, time) - year.accuracy("direct", time))
    assert gain.low > 0
    same_repair = mean_interval(year.accuracy("aware", time) - year.accuracy("direct", time))
    assert same_repair.low > 0


def test_a_star_is_the_published_formula():
    year = one_year()
    error, exact = 100 - year.accuracy("direct", "1 y"), 100 - year.software
    expected = 100 * (1 - (error - exact) / (90 - exact))
    np.testing.assert_allclose(year.a_star("direct", "1 y"), expected)
    with pytest.raises(ValueError, match="name"):
        year.accuracy("magic", "1 y")
    with pytest.raises(ValueError, match="time"):
        year.accuracy("direct", "2 y")


def test_another_training_run_keeps_the_order_of_the_trainings_and_about_their_distance():
    year = one_year()
    gains = []
    for pick in (lambda way: year.accuracy(way, "1 y").mean(), of_another_run(year)):
        gains.append(pick(FULL) - pick("longer, batch norm"))
    assert min(gains) > 0.5
    assert abs(gains[1] - gains[0]) < 2.5


def of_another_run(year):
    """Return a function that gives the mean accuracy (%) after a year of the stored second run."""
    return lambda way: next(iter(year.table["seeds"][way].values()))[-1]


def test_four_test_vectors_do_as_well_as_the_sum_of_currents_on_these_devices():
    year = one_year()
    change = mean_interval(
        year.accuracy("aware, four vectors", "1 y") - year.accuracy("aware", "1 y")
    )
    assert change.low < 0 < change.high
    assert abs(change.mean) < 0.5


def test_new_statistics_need_no_factor_on_this_network_but_both_cannot_go():
    year = one_year()
    of_the_factor, of_both = (
        mean_interval(year.accuracy(FULL, "1 y") - year.accuracy(way, "1 y"))
        for way in ("aware, batch norm alone", "aware, left alone")
    )
    assert of_the_factor.low < 0 < of_the_factor.high < 0.5
    assert of_both.low > 30


@pytest.mark.parametrize("way", ["direct", "aware"])
def test_one_chip_measured_again_gives_the_stored_values(way):
    year = one_year()
    analog = aimc.nn.convert(
        small_cnn(year.way(way)["training"]), aimc.presets.rasch2023, weight_range="output"
    )
    aimc.nn.calibrate(analog, [training_set(500)[0]])
    found = evaluate(
        analog, held_out_set(year.table["images"]), chips=[100], times=year.times, progress=False
    )
    stored = [year.accuracy(way, t)[0] for t in year.times]
    np.testing.assert_allclose(100 * found.values[0].mean(axis=-1), stored, atol=1.5)


def test_noise_in_training_is_best_near_the_noise_at_inference():
    """R09, on our own network: the published shape."""
    stored = training_results()["noise"]
    accuracy = np.array(stored["accuracy"]).mean(axis=1)  # (training, inference)
    trained, met = np.array(stored["training"]), np.array(stored["inference"])
    best = trained[accuracy.argmax(axis=0)]
    assert np.all(np.diff(best[[0, 2, 4, 6]]) >= 0)
    assert best[-1] >= 0.1
    none, strong = accuracy[0], accuracy[trained.tolist().index(0.1)]
    assert np.all(strong[met >= 0.1] > none[met >= 0.1])


def stored_places(network, error):
    """Return the accuracies of all seeds without noise, with noise on weights, and on outputs."""
    rows = {r["place"]: r for r in training_results()["places"] if r["network"] == network}
    return [np.array(rows[place]["accuracy"][error]) for place in ("none", "weights", "outputs")]


def test_a_perceptron_does_not_notice_where_its_noise_was_drawn():
    none, weights, outputs = stored_places("perceptron", "0.2")
    assert mean_interval(weights - none).low > 0
    assert mean_interval(outputs - none).low > 0
    assert abs(outputs.mean() - weights.mean()) < 0.5 * (weights.mean() - none.mean())


def test_a_convolution_does():
    """Its positions share errors on a chip; noise on outputs gives each one of its own."""
    none, weights, outputs = stored_places("convolutional", "0")
    assert outputs.max() < min(none.min(), weights.min()) - 2
    none, weights, outputs = stored_places("convolutional", "0.2")
    assert min(weights.min(), outputs.min()) > none.max() + 10


def test_most_of_what_noise_on_outputs_costs_a_convolution_is_in_its_statistics():
    """Its lead under large errors is not: both stay with statistics from exact weights."""
    mean = {
        (row["place"], row["statistics"], error): np.mean(found)
        for row in training_results()["statistics"]
        for error, found in row["accuracy"].items()
    }
    lost, left = (
        mean["weights", kind, "0"] - mean["outputs", kind, "0"] for kind in ("kept", "retaken")
    )
    assert lost > 3
    assert left < lost / 2
    leads = [
        mean["outputs", kind, "0.2"] - mean["weights", kind, "0.2"] for kind in ("kept", "retaken")
    ]
    assert min(leads) > 3
