"""Controls of the chapter on hardware-aware training, from the stored year on ten chips."""

from controls import control

from aimc.networks.hardware_aware import one_year

TIMES = {"after an hour": "1 h", "after a year": "1 y"}


@control(
    page="4-accuracy/02-hardware-aware-training",
    claim="In the one training of each kind that was made, noise and clipping bring the larger "
    "part of what training for the hardware gains, and training for longer the rest.",
    without="a training that is as long, without noise and clipping",
    quantity="gain over direct mapping on each of ten chips, points",
    shows=lambda with_, without: (
        without.mean() > 0.5 and with_.mean() - without.mean() > 0.5 * with_.mean()
    ),
    weights=tuple(TIMES),
    seeds=tuple(range(10)),
)
def noise_and_clipping_bring_more_than_half(weights: str, seed: int, cause: bool) -> float:
    year, time = one_year(), TIMES[weights]
    trained = year.accuracy("aware" if cause else "longer", time)
    return float((trained - year.accuracy("direct", time))[seed])
