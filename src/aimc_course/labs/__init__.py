"""The labs, one after the other.

A folder for each lab, found by its name `labNN` and loaded when the lab is started:
`questions.py` (draws, judges, slips), `given.py` (what students get), `answers.py` (references,
which an environment may lack: neither of the others imports it), `rubric.toml` (open questions,
with sample answers; `rubrics.py` reads it; left out of a sandbox). Begin one with `python -m
aimc_course new-lab "Title"`. What labs share, or what is too long for one, has a module of its
own: `devices/`, `copies.py`, `solvers.py`, `right_angles.py`, `pairs.py`. `catalogue.py` finds
the labs. `parts=` and `classes` give points for parts of an answer, and the text says so. Three
wrong answers or more to each question stand with their marks in `tests/course/wrong_answers`. A
question that accepts what is right for another student is named in `lab(..., shared=(...))` and
marked in the text: *Shared*.

>>> from aimc_course.labs.catalogue import folders
>>> folders()["lab-1"]
'lab01'
"""
