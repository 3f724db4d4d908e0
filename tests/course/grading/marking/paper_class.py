"""A small class on paper: real copies of a lab, filled in by students who do not exist."""

from __future__ import annotations

import base64
import copy
import io
import json
from pathlib import Path

from PIL import Image, PngImagePlugin

from aimc_course.grading.marks import QuestionMark, SubmissionMarks

ROOT = Path(__file__).parents[4]
COPY = ROOT / "labs" / "student" / "03-characterise-your-devices.ipynb"
PROPOSAL = "I choose **high** states, with $\\nu = 0.049$: 50 % after a year."
CLASS = "id,name\nada,Ada Lovelace\nmax,Max Born\nemmy,Emmy Noether\nlise,Lise Meitner\n"


class Lab:
    versions = dict.fromkeys(["q1"], "v1")


class Believer:
    """Gives everybody one of two points."""

    lab = Lab()

    def grade(self, notebook, *, student, serial=None, questions=None):
        mark = QuestionMark("q1", 1.0, 2.0, "half of it", None, "00ff", "v1", 0.1)
        return SubmissionMarks("lab-3", student, 1, (mark,), (), "0", 0.3)

    def close(self):
        pass


def picture(colour=(20, 90, 160), size=(240, 120)):
    """Return a PNG with a text chunk that must not come through."""
    out = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    Image.new("RGB", size, colour).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def filled(*, explanation="", proposal="", drawn=None, code="", name=COPY):
    """Return the content of a copy of lab 3 in which somebody answered.

    Parameters
    ----------
    explanation : str
        What stands in the first cell for an explanation.
    proposal : str
        What stands in the cell for the open question.
    drawn : bytes, optional
        PNG that the cell of the figure shows.
    code : str
        A code cell that was added behind the open question.
    name : Path
        The copy.
    """
    notebook = copy.deepcopy(json.loads(name.read_text()))
    cells = notebook["cells"]
    for place, cell in enumerate(cells):
        text = "".join(cell["source"])
        if explanation and text.startswith("*Your explanation"):
            cell["source"] = text + "\n\n" + explanation
            explanation = ""
        if text.startswith("*Your advice"):
            if proposal:
                cell["source"] = proposal
            if code:
                added = {"cell_type": "code", "id": "added", "metadata": {}, "source": code}
                added |= {"execution_count": None, "outputs": []}
                cells.insert(place + 1, added)
        if drawn and "expected-figure" in cell["metadata"].get("tags", []):
            data = {"image/png": base64.b64encode(drawn).decode(), "text/plain": "<Figure>"}
            output = {"output_type": "display_data", "data": data, "metadata": {}}
            cell["outputs"] = [output]
    return json.dumps(notebook).encode()
