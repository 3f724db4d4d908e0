"""Questions of lab 12, as students may know them; `aimc_answers.lab12` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab12 import given

LAB = lab(
    "12-kernels-for-free",
    "Kernels for free",
    Question("The RBF kernel", 2),
    Question("Features of that kernel", 2),
    Question("Error of the kernel with 64 directions", 2),
    Question("Directions for a wanted error", 1),
    Question("Error of the chip's products", 1),
    Question("Errors of the kernel on the chip", 1),
    Question("A ridge", 2),
    Question("Accuracies on the chip", 2),
    Question("Accuracies after learning from the chip", 1),
    Question("Orthogonal directions", 2),
    Question("Error of the kernel with 64 orthogonal directions", 1),
    Question("What linear attention keeps of a text", 2),
    Question("Errors of linear attention", 1),
    Question("Directions for attention", 1),
    shared=("q5", "q8", "q9", "q11"),
    predictions={"p1": "%", "p2": "", "p3": "points"},
    given={"images": given.images, "directions": given.directions, "tokens": given.tokens},
)
