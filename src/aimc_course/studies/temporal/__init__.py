"""What accumulation computes by itself: correlations, spiking neurons, plastic synapses.

Devices whose crystallisation sums up what happened. `correlation` finds the correlated ones among
many event streams; `neuron` integrates, fires and is RESET; `plasticity` changes pairs of devices
by the delays of spikes. `weak_pulses` is the current that all three apply.

>>> import numpy as np
>>> from aimc_course.studies.temporal import correlated_events
>>> correlated_events(10, 4, 100, np.random.default_rng(1)).shape
(100, 10)
"""

from aimc_course.studies.temporal.correlation import (
    CorrelationRun,
    correlated_events,
    detect_correlation,
)
from aimc_course.studies.temporal.neuron import PhaseChangeNeurons, intervals
from aimc_course.studies.temporal.plasticity import PlasticSynapses

__all__ = [
    "CorrelationRun",
    "PhaseChangeNeurons",
    "PlasticSynapses",
    "correlated_events",
    "detect_correlation",
    "intervals",
]
