"""Questions of lab 11, as students may know them; `aimc_answers.lab11` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab11 import given

LAB = lab(
    "11-learn-in-memory",
    "Learn in memory",
    Question("The symmetry point", 1),
    Question("Pairs of pulses", 1),
    Question("The zero of an array", 2),
    Question("Chances of a pulse", 2),
    Question("Where a weight comes to rest", 2),
    Question("Plain descent on your devices", 2),
    Question("Release whole steps", 2),
    Question("Tiki-Taka by hand", 2),
    Question("Errors with a wrong zero", 2),
    Question("Errors with a chopper", 2),
    Question("A perceptron that learned in memory", 1),
    shared=("q11",),
    predictions={"p1": "", "p2": "", "p3": "", "p4": "%"},
    given={
        "targets": given.targets,
        "noise": given.noise,
        "data sheet": given.data_sheet,
        "signs": given.signs,
    },
)
