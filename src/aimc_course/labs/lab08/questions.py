"""Questions of lab 8, as students may know them; `aimc_answers.lab08` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab08 import given

LAB = lab(
    "08-keep-a-chip-alive",
    "Keep a chip alive for a year",
    Question("What is left since a calibration", 1),
    Question("Left alone for a year", 1),
    Question("A factor from summed currents", 1),
    Question("A factor from products", 2),
    Question("How far the sum is off", 1),
    Question("The factor of a core", 1),
    Question("Five factors, and the accuracy with them", 1),
    Question("The momentum of AdaBS", 1),
    Question("One step of AdaBS", 2),
    Question("Accuracy with new statistics", 1),
    Question("The exponent of your chip", 3),
    Question("When the next one is due", 1),
    Question("How many calibrations", 2),
    Question("A plan for the year", 4),
    Question("The energy of the year's calibrations", 2),
    shared=("q2", "q5", "q10"),
    predictions={"p1": "%", "p2": "points", "p3": "calibrations"},
    given={
        "currents": given.currents,
        "vectors": given.vectors,
        "log": given.log,
        "repeats": given.repeats,
    },
)
