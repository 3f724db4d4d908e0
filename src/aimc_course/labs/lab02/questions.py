"""Questions of lab 2, as students may know them; `aimc_answers.lab02` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab02 import given

LAB = lab(
    "02-precision-and-error-budget",
    "Precision and the error budget",
    Question("The normalised MVM error", 2),
    Question("A symmetric mid-tread quantiser", 4),
    Question("The 3-bit and the 4-bit line", 3),
    Question("From an error to equivalent bits", 3),
    Question("Four sources, one at a time", 1),
    Question("Do the parts make the whole?", 1),
    Question("Linear and residual error", 3),
    Question("Enough test vectors", 1),
    Question("Errors of averaging, and their slope", 1),
    Question("The best range of a 6-bit ADC", 1),
    Question("One day later: best factor and drift compensation", 1),
    Question("The bias of drift compensation", 1),
    Question("Ten chips over time", 4),
    shared=("q5", "q8", "q9", "q10", "q11", "q12"),
    predictions={"p1": "bits", "p2": "%", "p3": "%"},
    given={"test": given.test},
)
