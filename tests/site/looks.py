"""What is looked at on an open page. Each look returns plain data; tests judge it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

EQUATIONS = ".bd-article div.math"

TOO_WIDE = """(selector) => [...document.querySelectorAll(selector)]
  .filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.closest('[id]')?.id}: ${box.scrollWidth} px in ${box.clientWidth}: `
    + box.textContent.trim().slice(0, 60))"""

# What begins left of its box cannot be scrolled to.
CUT = """(boxes) => [...document.querySelectorAll(boxes)].flatMap((box) => {
  const edge = box.getBoundingClientRect().left - box.scrollLeft - 1;
  return [...box.children].filter((part) => part.getBoundingClientRect().left < edge)
    .map(() => `${box.id} begins beyond its edge`);
})"""

# Of what is wider than a phone: what does not scroll, or does not say so, or not by keyboard.
SILENT = """(selector) => [...document.querySelectorAll(selector)]
  .filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth + 1)
  .filter((box) => !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)
    || !box.dataset.more?.includes('right') || box.tabIndex !== 0)
  .map((box) => box.closest('[id]')?.id)"""

# Of hundreds of entries of the API page, of links to them in the margin, and of rows of the table
# of claims, axe looks at the first ones: the others are made in the same way. What it leaves out
# it still counts, for a minute, so the others are taken away.
FURTHER = "dl.py ~ dl.py, tr:nth-child(n + 30), .bd-sidebar-secondary li li:nth-child(n + 10)"
THIN_OUT = "(further) => document.querySelectorAll(further).forEach((part) => part.remove())"
# The colours of code are one style sheet's, and hundreds of words of it take axe longest.
WITHOUT_CODE = {"exclude": [["pre"]]}
# The rules that a theme can break. Of letters in drawings axe cannot tell what they stand on: it
# comes to no verdict, and takes a third of its time for that.
COLOURS = ("color-contrast", "link-in-text-block")

FIGURES = """() => {
  const faults = [];
  for (const svg of document.querySelectorAll('.aimc-figure svg.aimc-chart')) {
    const title = svg.getAttribute('aria-label');
    const box = svg.getBoundingClientRect();
    const column = svg.closest('.aimc-figure').getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) faults.push(`${title}: off the page`);
    const wide = box.left < column.left - 1 || box.right > column.right + 1;
    if (wide) faults.push(`${title}: wider than its column`);
    const scaled = Math.abs(box.width - svg.viewBox.baseVal.width) > 1;
    if (scaled) faults.push(`${title}: scaled`);
    for (const text of svg.querySelectorAll('text')) {
      const b = text.getBoundingClientRect();
      const name = `${title}: '${text.textContent}'`;
      const across = b.left < box.left - 1 || b.right > box.right + 1;
      if (across || b.top < box.top - 1 || b.bottom > box.bottom + 1) {
        faults.push(`${name} sticks out`);
      }
      const size = parseFloat(getComputedStyle(text).fontSize);
      if (size < 11) faults.push(`${name} is small`);
    }
    const names = [...svg.querySelectorAll("text.aimc-name")];
    const boxes = names.map((t) => t.getBoundingClientRect());
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
      const beside = a.right <= b.left + 1 || b.right <= a.left + 1;
      if (beside || a.bottom <= b.top + 5 || b.bottom <= a.top + 5) return;
      const both = `${names[i].textContent} and ${names[i + 1 + j].textContent}`;
      faults.push(`${title}: ${both} overlap`);
    }));
    if (svg.querySelector('.aimc-axis-x .aimc-tick text[transform]')) continue;
    const ticks = [...svg.querySelectorAll('.aimc-axis-x .aimc-tick text')]
      .map((t) => t.getBoundingClientRect()).sort((a, b) => a.left - b.left);
    if (ticks.some((b, i) => i && b.left < ticks[i - 1].right - 1)) {
      faults.push(`${title}: numbers of the x axis overlap`);
    }
  }
  return faults;
}"""

CHARTS = """() => [...document.querySelectorAll('.aimc-figure svg.aimc-chart')].map((svg) => {
  const { axes } = svg.aimcChart;
  const texts = [...svg.querySelectorAll('.aimc-legend text')];
  const lines = (t) => [...t.querySelectorAll(':scope > tspan[x]')].map((s) => s.textContent);
  const words = (t) => lines(t).join(' ') || t.textContent;
  return {
    x: axes.x.domain, y: axes.y.domain, kinds: [axes.x.kind, axes.y.kind],
    legend: texts.map(words),
  };
})"""

# Pictures behind the charts are loaded late; their ratio is told before, so that nothing jumps.
PICTURES = """() => {
  const pictures = [...document.querySelectorAll('.aimc-figure img')];
  return Promise.all(pictures.map(async (img) => {
    const whole = new Image();
    whole.src = img.src;
    await whole.decode();
    return [img.alt, img.width / img.height, whole.naturalWidth / whole.naturalHeight];
  }));
}"""


def images(page: Any) -> list[tuple[str, str]]:
    """Return description and address of each picture of the text."""
    return page.eval_on_selector_all(
        "article img, .bd-article img, main img",
        "all => all.map(i => [i.getAttribute('alt') || '', i.getAttribute('src') || ''])",
    )


def needed_width(page: Any) -> int:
    """Return the width in px below which the whole page would scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth")


def caption_ends(page: Any) -> list[float]:
    """Return where the captions of tables end, in px from the left edge."""
    return page.evaluate(
        "[...document.querySelectorAll('caption')].map(c => c.getBoundingClientRect().right)"
    )


def letter_sizes(drawings: Any) -> list[float]:
    """Return the sizes, in px on the screen, of the letters of SVG drawings."""
    return drawings.locator("text").evaluate_all(
        """all => all.map((t) => parseFloat(getComputedStyle(t).fontSize)
             * t.ownerSVGElement.getBoundingClientRect().width
             / t.ownerSVGElement.viewBox.baseVal.width)"""
    )


def axe(
    page: Any, parts: dict[str, Any] | str | None = None, *, colours: bool = False
) -> list[str]:
    """Return the serious accessibility faults of a page or of parts, or those of colours alone."""
    from axe_playwright_python.sync_playwright import Axe

    whole = {"include": [[parts]]} if isinstance(parts, str) else parts or {}
    undrawn = whole | {"exclude": [*whole.get("exclude", []), ["svg"]]}
    runs = [(undrawn, {"runOnly": {"type": "rule", "values": list(COLOURS)}})]
    if not colours:
        runs.append((whole, {"rules": {name: {"enabled": False} for name in COLOURS}}))
    found = []
    for context, options in runs:
        options["resultTypes"] = ["violations"]
        found += Axe().run(page, context=context or None, options=options).response["violations"]
    return [
        f"{v['id']}: {n['target']} {n.get('failureSummary', '')}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"]
    ]


def white_shares(page: Any) -> dict[str, float]:
    """Return, by the name of each chart, the share of its area that is white."""
    import numpy as np
    from PIL import Image

    shares = {}
    for chart in page.locator(".aimc-figure svg.aimc-chart").all():
        image = Image.open(BytesIO(chart.screenshot())).convert("RGB")
        pixels = np.asarray(image).reshape(-1, 3)
        shares[chart.get_attribute("aria-label")] = float((pixels > 250).all(axis=1).mean())
    return shares


def grounds(page: Any) -> list[str]:
    """Return the backgrounds, if they have any, of pictures that cells have put out."""
    return page.eval_on_selector_all(
        ".cell_output img, .cell_output svg",
        """all => all.map(i => getComputedStyle(i).backgroundColor)
          .filter(c => !['rgba(0, 0, 0, 0)', 'transparent'].includes(c))""",
    )


def answer_by_keyboard(page: Any, form: Any) -> list[str]:
    """Answer a question without a mouse; return what does not go as it should."""
    faults = []

    def judge(good: bool, what: str) -> None:
        if not good:
            faults.append(f"{form.get_attribute('id')}: {what}")

    rights = form.evaluate(
        "f => [...f.querySelectorAll('li')].map(i => i.dataset.right === 'true')"
    )
    inputs = form.locator("input")
    judge(form.locator("details").is_hidden(), "the answers are seen before the question is tried")
    inputs.first.focus()
    if inputs.first.get_attribute("type") == "radio":
        page.keyboard.press("Space")
        for _ in range(rights.index(True)):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    else:
        for right in rights:
            if right:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
    focused = form.locator("button").evaluate("b => b === document.activeElement")
    judge(focused, "the keyboard does not lead from the choices to the button")
    page.keyboard.press("Enter")
    expected = "noted" if form.get_attribute("data-kind") == "predict" else "right"
    said = form.get_attribute("data-state")
    judge(said == expected, f"a right answer is judged as {said!r}")
    judge(bool(form.locator("[role=status]").inner_text().strip()), "nothing is said about it")
    judge(form.locator("details").is_visible(), "the answers stay hidden")
    return faults
