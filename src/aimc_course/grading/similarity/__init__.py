"""How much code the notebooks of a class have in common, and what of it is worth a question.

Nothing is run or parsed. Stands above `grading.notebook`; the `gradebook` shows what is found.
`tokens`: code as words that renaming, comments and formatting leave alone. `documents`: a
notebook as overlapping runs of such words, without those that the lab hands out. `comparison`:
all pairs of a class, weighed by how rare a run is, and what honest pairs share. `passages`: the
lines that two notebooks share. `literals`: numbers typed where others compute.

>>> from aimc_course.grading.similarity.tokens import tokens
>>> [t.word for t in tokens(["total = price * 3  # euros"])]
['v', '=', 'v', '*', 'n']
"""
