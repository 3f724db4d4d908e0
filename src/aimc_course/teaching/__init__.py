r"""What a teacher takes along: a bank of questions, exams, and the book's drawings.

Knows no marks; reads the chapters, with the standard library alone, and the rubrics of labs.
`book`: where the chapters are. `items`: their questions, with the objective and difficulty of
``questions.toml``. `inline`: text of a question in other languages. `moodle`, `qti`, `sheets`: the
bank in three formats, and papers. `draw`: which questions an exam takes. `figures`: all drawings.
`rubric_sheets`: how open questions are marked. `slides/`: a deck for each part. `commands`: what
`python -m aimc_course bank`, `exam`, `figures` and `slides` do.

>>> from aimc_course.teaching.inline import to_html
>>> to_html("falls as $K^{-1/2}$, *not* as 1/K")
'falls as \\(K^{-1/2}\\), <em>not</em> as 1/K'
"""
