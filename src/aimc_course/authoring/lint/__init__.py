"""The rules of chapters and labs as code: what is found, where, and how it is mended.

`aimc-course lint` checks them; each rule has its name, what it finds and how to mend it. `markup`
and `pages` read the book without a build, `lab_source` the notebooks with the lines of their
files, `shelf` what pages share. Rules: `chapter_frame`, `chapter_questions`, `figures`,
`references`, `numbers`, `lab_frame`, `lab_tasks`. `check` runs them, `debts` lets pass what older
chapters owe, `prose` counts words. A line is excused by `<!-- lint: rule: reason -->` on it.

>>> from aimc_course.authoring.lint.markup import roles
>>> roles("eq", "By {eq}`eq-drift-law`, and by {eq}`the other <eq-drift-mean>`.")
['eq-drift-law', 'eq-drift-mean']
"""
