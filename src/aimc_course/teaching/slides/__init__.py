"""Slides: a deck for each part, made from what its chapters draw, compute, ask and conclude.

Decks are made for reveal.js. ``partN.toml`` is the plan: which of a chapter's figures, equations,
questions and conclusions a slide shows, by label or first words, and what the speaker says. All
else comes from the chapters. `names`: what a chapter offers. `plan`: plans, compared with the
book. `sources`: what Sphinx reads. `building`: Sphinx, with ``book/_ext/decks.py``. `charts`:
charts as SVG. `printing`: PDF. A new part needs its plan only.

>>> from aimc_course.teaching.slides.plan import parts_with_plan
>>> {1, 2, 3, 4} <= set(parts_with_plan())
True
"""
