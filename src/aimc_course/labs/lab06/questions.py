"""Questions of lab 6, as students may know them; `aimc_answers.lab06` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab06 import given

LAB = lab(
    "06-where-do-the-nanojoules-go",
    "Where do the nanojoules go?",
    Question("Energy of one read of one core", 1),
    Question("Throughput and efficiency at peak", 2),
    Question("Density that belongs to your die and to the accuracies", 1),
    Question("Three parts of the energy of a layer", 2),
    Question("Energy split of your layer", 1),
    Question("Amdahl's law for energy", 2),
    Question("Half the energy of a read, or half the latency", 1),
    Question("Efficiency of your reads alone", 2),
    Question("Three factors from the peak to your image", 3),
    Question("Reuse at which a digital machine breaks even", 2),
    Question("An image alone, and in a stream", 1),
    Question("The cheapest image for your customer", 3),
    shared=("q1", "q7", "q12"),
    predictions={"p1": "nJ", "p2": "%", "p3": "", "p4": "reads", "p5": "cores"},
    given={"network": given.network, "order": given.order},
)
