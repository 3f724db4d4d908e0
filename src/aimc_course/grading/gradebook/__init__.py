"""The gradebook: submissions come in, marks are kept, feedback and grades go out.

Stands above `grading`, which knows nothing of it. In: `archives` finds notebooks without unpacking
anything, `exported` reads the names that Canvas and Moodle give, `gradescope_export` what
Gradescope wrote beside them; `classlist` and `intake` say whose they are, `times` when they came,
`dates` what a date in words means. Kept: `store`, one SQLite file; `runs` fills it, and goes on
after it was killed, `trials` grades again without changing a mark. By hand: `hand_marks` holds
what people gave, `leases` who has which answer open, `rubric` the lines they mark by, `by_hand`
joins them to the marks; `asked` reads what students ask for again, `requests` keeps it. Out:
`rules`, a teacher's file, `late` and `outcomes` make grades of marks, `punctuality` says what the
rules did, `totals` adds up labs; `feedback` hands the student's `own_notebook` back on one of its
`feedback_pages`; `grade_files`, `uploads`, `publish` and `class_report`, of `item_analysis` and
`similar_code`, write; `canvas` sends points when `sending` is told to. `gradebook` ties it together
for `grading_commands`, `kept_commands` keeps them, `file_systems` looks at the disk, `texts` makes
strangers' text harmless, and `templates` fills all pages, those of `marking` included.

>>> from aimc_course.grading.gradebook.exported import parse
>>> parse(("lovelaceada_LATE_17_4711_lab.ipynb",)).number
'17'
"""
