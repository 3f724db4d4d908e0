"""Open a deck, or print it, in a process of its own, since other tests may hold a browser open.

``python deck_visit.py ROOT look DECK`` prints what is wrong on its slides as JSON, and
``... print DECK`` the numbers of pages of both kinds of PDF.
"""

import json
import re
import sys
from pathlib import Path

from aimc_course.teaching.slides.printing import print_decks, served

ROOT = Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "scripts"))
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

FAULTS = """() => {
  const slide = Reveal.getCurrentSlide();
  const faults = [];
  const outer = slide.getBoundingClientRect();
  const within = (box, frame) => box.left >= frame.left - 1 && box.right <= frame.right + 1
    && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  const parts = slide.querySelectorAll("h1, h2, .aimc-body, .aimc-main, .aimc-side, p, li, td, "
    + "img, .katex-html, svg.aimc-drawing");
  for (const part of parts) {
    if (part.closest("aside")) continue;
    const box = part.getBoundingClientRect();
    if (box.width && !within(box, outer)) faults.push(`${part.tagName} leaves the slide`);
  }
  const body = slide.querySelector(".aimc-body");
  for (const part of body ? body.querySelectorAll(".aimc-side > *") : []) {
    const box = part.getBoundingClientRect();
    if (!within(box, body.getBoundingClientRect())) {
      faults.push(`${part.className || part.tagName} leaves its place`);
    }
  }
  if (!body?.textContent.trim() && !body?.querySelector("img")) faults.push("empty");
  for (const text of slide.querySelectorAll("svg text")) {
    if (!text.textContent.trim()) continue;
    const at = text.getScreenCTM();
    const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(at.a, at.b);
    if (size < 12.5) faults.push(`'${text.textContent.trim()}' has ${size.toFixed(1)} px`);
    const half = text.closest("svg svg");
    if (!half) continue;
    const window = half.getAttribute("viewBox").split(" ").map(Number);
    const [top, bottom] = [window[1], window[1] + window[3]];
    const own = text.getBBox();
    const [high, low] = [own.y, own.y + own.height];
    if (low > top + 1 && high < bottom - 1 && (high < top - 1 || low > bottom + 1)) {
      faults.push(`'${text.textContent.trim()}' is cut in two`);
    }
  }
  for (const image of slide.querySelectorAll("img")) {
    if ((image.alt || "").split(" ").length < 5) faults.push("a picture without words");
    if (!image.naturalWidth) faults.push("a picture that is not there");
  }
  for (const drawing of slide.querySelectorAll("svg.aimc-drawing[role=img]")) {
    if (drawing.getAttribute("aria-label").split(" ").length < 5) faults.push("no words");
  }
  if ((slide.querySelector("aside.notes")?.textContent ?? "").split(/\\s+/).length < 15) {
    faults.push("no notes");
  }
  return faults;
}"""
HIDDEN = """() => [...Reveal.getCurrentSlide().querySelectorAll(".aimc-why")]
  .map((why) => getComputedStyle(why))
  .every((look) => look.opacity === "0" || look.visibility === "hidden")"""
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}}


def started(playwright):
    from browser import FLAGS, find_browser

    return playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, ALONE])


def look(deck, every=1):
    """What is wrong, by number of the slide; 0 stands for the whole deck."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    found = {0: []}
    with served(deck.parent) as address, sync_playwright() as playwright:
        browser = started(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.on("console", lambda m: found[0].append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: found[0].append(str(error)))

        def heard(request):
            if not request.url.startswith((address, "data:")):
                found[0].append(request.url)

        page.on("request", heard)
        page.goto(address + deck.name, wait_until="load")
        page.evaluate("document.fonts.ready.then(() => true)")
        count = page.evaluate("Reveal.getTotalSlides()")
        for k in range(count):
            page.evaluate(f"Reveal.slide({k}, 0, -1)")
            hidden = page.evaluate(HIDDEN)
            page.evaluate(f"Reveal.slide({k}, 0, 99)")
            page.wait_for_timeout(50)
            faults = page.evaluate(FAULTS) + ([] if hidden else ["the answer is not hidden"])
            found[k + 1] = faults
        for k in range(0, count, every):
            page.evaluate(f"Reveal.slide({k}, 0, 99)")
            page.wait_for_timeout(400)
            for violation in Axe().run(page, options=RULES).response["violations"]:
                found[k + 1].append(f"axe: {violation['id']}: {violation['nodes'][0]['html'][:90]}")
        browser.close()
    return {"slides": count, "faults": {k: list(v) for k, v in found.items() if v}}


def pages_of(file):
    """How many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes()))


if __name__ == "__main__":
    task, deck = sys.argv[2], Path(sys.argv[3])
    if task == "look":
        answer = look(deck, int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    else:
        files = [*print_decks([deck], ROOT), *print_decks([deck], ROOT, handout=True)]
        answer = {file.name: pages_of(file) for file in files}
    print(json.dumps(answer))
