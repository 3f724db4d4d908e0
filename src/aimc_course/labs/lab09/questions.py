"""Questions of lab 9, as students may know them; `aimc_answers.lab09` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab09 import given

LAB = lab(
    "09-solve-ax-b-with-a-4-bit-machine",
    "Solve Ax=b to 1e-15 with a 4-bit machine",
    Question("The relative residual", 2),
    Question("MVM error of one core", 1),
    Question("MVM errors of means of cores", 2),
    Question("Slope of averaging", 1),
    Question("Sixteen reads of one core", 1),
    Question("Cores for a wanted error", 1),
    Question("Significances of slices", 2),
    Question("Weights as slices", 3),
    Question("MVM errors in base 1 to 4", 1),
    Question("Iterative refinement", 3),
    Question("A product that fills the range", 2),
    Question("A system on a machine", 3),
    Question("Steps for a wanted residual", 1),
    Question("A machine one year old", 2),
    Question("What the refinement saves", 1),
    shared=("q2", "q4", "q5"),
    predictions={"p1": "%", "p2": "", "p3": "steps"},
    given={"system": given.system, "vectors": given.vectors},
)
