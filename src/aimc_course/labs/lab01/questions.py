"""Questions of lab 1, as students may know them; `aimc_answers.lab01` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab01 import given

LAB = lab(
    "01-build-a-crossbar",
    "Build a crossbar",
    Question("Bit-line currents of your own 4x4 crossbar", 2),
    Question("All input vectors in one line", 2),
    Question("From signed weights to two conductances", 3),
    Question("And back to weights", 2),
    Question("MVM error of your own chip", 1),
    Question("Mean of two one-device cores", 1),
    Question("Largest bit-line current of the positive layer", 2),
    Question("A voltage and a scale that repair it", 2),
    Question("How many cores a layer takes", 2),
    Question("First layer of a network on several cores", 3),
    shared=("q5", "q6"),
    predictions={"p1": "µA", "p2": "%", "p3": ""},
    given={"crossbar": given.crossbar, "layer": given.layer, "positive": given.positive},
)
