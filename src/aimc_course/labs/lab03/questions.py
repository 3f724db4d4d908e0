"""Questions of lab 3, as students may know them; `aimc_answers.lab03` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab03 import given

LAB = lab(
    "03-characterise-your-devices",
    "Characterise your own devices",
    Question("The law of drift", 1),
    Question("The stuck devices", 2),
    Question("A spread and its interval", 2),
    Question("The spread at eight targets", 2),
    Question("A plain fit of the exponent", 2),
    Question("How often the plain interval holds the truth", 1),
    Question("What averaging a hundred reads gains", 1),
    Question("The strength Q of the read noise", 2),
    Question("Your lot against the published programming error", 2),
    Question("A fit for reads that are not independent", 3),
    Question("Does it keep its word?", 1),
    Question("The median exponent of eight states", 2),
    Question("How much the devices themselves differ", 2),
    Question("A plan within the budget", 1),
    shared=("q14",),
    predictions={"p1": "%", "p2": "µS", "p3": "of 100", "p4": ""},
    given={"practice": given.practice},
)
