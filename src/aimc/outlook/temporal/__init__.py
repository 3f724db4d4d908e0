"""What accumulation computes by itself: correlations, spiking neurons, plastic synapses.

>>> import numpy as np
>>> from aimc.outlook.temporal import correlated_events
>>> correlated_events(10, 4, 100, np.random.default_rng(1)).shape
(100, 10)
"""

from aimc.outlook.temporal.correlation import (
    CorrelationRun,
    correlated_events,
    detect_correlation,
)
from aimc.outlook.temporal.neuron import PhaseChangeNeurons, intervals
from aimc.outlook.temporal.plasticity import PlasticSynapses

__all__ = [
    "CorrelationRun",
    "PhaseChangeNeurons",
    "PlasticSynapses",
    "correlated_events",
    "detect_correlation",
    "intervals",
]
