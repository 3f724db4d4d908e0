"""The labs, one after the other.

A folder for each lab, found by its name `labNN` and loaded when the lab is started: ``given.py``
(what students get) and ``questions.py`` (what each question asks for, and its points). All of it is
for students to read, and stands in the sandbox that runs their code; judges, answers and rubrics
are a package of their own, `aimc_answers`. Begin a lab with `python -m aimc_course new-lab
"Title"`. `devices/` holds what students program and read themselves. ``catalogue.py`` finds the
labs. Points that parts of an answer earn are named in the text. Three wrong answers or more to each
question stand with their marks in `tests/course/wrong_answers`. A question that accepts what is
right for another student is named in `lab(..., shared=(...))` and marked in the text: *Shared*.

>>> from aimc_course.labs.catalogue import folders
>>> folders()["lab-1"]
'lab01'
"""
