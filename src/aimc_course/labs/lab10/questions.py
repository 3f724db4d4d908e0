"""Questions of lab 10, as students may know them; `aimc_answers.lab10` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab10 import given

LAB = lab(
    "10-a-tiny-analog-transformer",
    "A tiny analog transformer",
    Question("Weights of a decoder", 2),
    Question("The share that cores do", 1),
    Question("Three lengths of text", 2),
    Question("Losses of the plain decoder", 5),
    Question("The largest weight of each output", 1),
    Question("Errors by clipping and by cells", 2),
    Question("What a limit wins without training", 3),
    Question("Errors on your core", 1),
    Question("Three trainings on five chips", 1),
    Question("Which difference is real", 3),
    Question("What bits do to a word", 1),
    shared=("q8",),
    predictions={"p1": "word pieces", "p2": "bits", "p3": "%", "p4": "bits"},
    given={
        "size": given.size,
        "pieces": given.pieces,
        "matrix": given.matrix,
        "chips": given.chips,
    },
)
