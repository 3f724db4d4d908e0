"""Answers of the course's labs: what is right, how it is judged, how open questions are marked.

A distribution of its own, beside the course and above its labs. A notebook needs it to check
answers, and a grader to give marks; a sandbox, where students' code runs, never holds it. Nothing
in it is secret, since the course is public: what counts is an answer that is right for the
student's own serial number and for inputs that it has not seen.

A folder for each lab: ``answers.py`` (references), ``judges.py`` (how each question of the lab's
table in `aimc_course.labs` is judged, and its usual slips) and ``rubric.toml`` (open questions,
with sample answers; `rubrics` reads it). `checks`: kinds of questions and judges. `catalogue`:
finds labs with their judges. Judges that labs share, or that are too long for one, have modules of
their own: `copies`, `learning`, `loops`, `pairs`, `right_angles`, `solvers`.

>>> from aimc_answers.catalogue import find
>>> find("lab-1")["q9"].title
'How many cores a layer takes'
"""
