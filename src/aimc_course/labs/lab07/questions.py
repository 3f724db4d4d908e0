"""Questions of lab 7, as students may know them; `aimc_answers.lab07` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab07 import given

LAB = lab(
    "07-train-for-the-hardware",
    "Train for the hardware",
    Question("Wrong weights", 2),
    Question("Spread of the outputs", 2),
    Question("Clipping", 1),
    Question("What clipping gains", 1),
    Question("How many draws", 2),
    Question("Errors of two inputs", 2),
    Question("Normalised accuracy", 1),
    Question("Direct mapping on your chips", 2),
    Question("A network trained for the hardware", 4),
    Question("A difference in pairs", 2),
    shared=("q9",),
    predictions={"p1": "", "p2": "%", "p3": "points", "p4": "points"},
    given={"matrix": given.matrix, "inputs": given.inputs, "chips": given.chips},
)
