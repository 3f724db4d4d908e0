"""A small course with one chapter that breaks no rule, to break it in one place at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  name: python3
---

(ch-thing)=
# A thing

Things are measured because nobody believes a thing that was never measured by anyone else.

## What you will be able to do

- **measure** a thing with its interval;
- **predict** another thing from it;
- **decide** between the two, and **defend** the choice.

## Prerequisites and time

You need a ruler and the chapter before. Reading takes about 30 minutes, and the exercises 20 more.

## Predict

```{predict} How long is it?
:name: predict-thing
- [x] Long :: Right.
- [ ] Short :: Look again.
```

## The thing itself

A {term}`thing` follows {eq}`eq-thing`, and {numref}`fig-thing` and {numref}`fig-other` show it; the
last one is {numref}`fig-third`. {cite:t}`someone2020thing` measured {fact}`A031`.

```{math}
:label: eq-thing
x = 1
```

```{figure} ../drawn/thing.svg
:name: fig-thing
:alt: A line that is longer than another line.
The line above is longer than the one below.
```

```{figure} ../drawn/thing.svg
:name: fig-other
:alt: A line that is longer than another line.
The line above is longer than the one below.
```

```{figure} ../drawn/thing.svg
:name: fig-third
:alt: A line that is longer than another line.
The line above is longer than the one below.
```

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  figure:
    name: fig-chart
    caption: |
      The length grows with time, and nothing else does.
  image:
    alt: A line that rises from the lower left to the upper right.
---
draw(chart)
```

{numref}`fig-chart` shows the growth.

## Published results, reproduced

It was reproduced.

## What it costs

Nothing.

## Common misconceptions

- **"It is short."** It is long.
- **"It is wide."** It is narrow.
- **"It is new."** It is old.

## Exercises

```{exercise}
:label: ex-1
Measure it.
```

```{solution} ex-1
:class: dropdown
One.
```

```{exercise}
:label: ex-2
Predict it.
```

```{solution} ex-2
:class: dropdown
Two.
```

```{exercise}
:label: ex-3
**Design** another.
```

```{solution} ex-3
:class: dropdown
Three.
```

## Quiz

```{quiz} One?
:name: quiz-1
- [x] Yes :: Right.
- [ ] No :: It is.
```

```{quiz} Two?
:name: quiz-2
- [x] Yes :: Right.
- [ ] No :: It is.
```

```{quiz} Three?
:name: quiz-3
- [x] Yes :: Right.
- [ ] No :: It is.
```

```{quiz} Four?
:name: quiz-4
- [x] Yes :: Right.
- [ ] No :: It is.
```

## Summary

- It is long, {eq}`eq-thing`.
- It is narrow.
- It is old.

## Further reading

- {cite:t}`someone2020thing`: how the thing was measured first.
- {cite:t}`someone2020thing`: why it was measured once more.
- {ref}`ch-thing`: the chapter that you have just read.
"""


NAMES = ("predict-thing", "quiz-1", "quiz-2", "quiz-3", "quiz-4")


class SmallCourse:
    """A folder that looks like the course, with one chapter."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.page = root / "book" / "1-concepts" / "01-thing.md"
        for folder in ("labs", "book/1-concepts", "book/drawings"):
            (root / folder).mkdir(parents=True)
        (root / "pyproject.toml").touch()
        (root / "book/drawings/thing.py").touch()
        (root / "book/references.bib").write_text("@article{someone2020thing,\n}\n")
        (root / "book/glossary.md").write_text("```{glossary}\nthing\n  What is measured.\n```\n")
        self.questions = root / "src/aimc_course/teaching/questions.toml"
        self.questions.parent.mkdir(parents=True)
        rows = "".join(f'{name} = [1, "easy"]\n' for name in NAMES)
        self.questions.write_text(f'["1-concepts/01-thing"]\n{rows}')
        self.write(CHAPTER)

    def write(self, text: str) -> None:
        self.page.write_text(text, encoding="utf-8")

    def change(self, old: str, new: str, count: int = 1) -> None:
        """Replace some text of the chapter that stands there."""
        assert old in CHAPTER
        self.write(CHAPTER.replace(old, new, count))


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)
