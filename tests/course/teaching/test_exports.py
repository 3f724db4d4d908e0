"""Moodle XML and QTI 2.1: what the systems ask for is there, and reading back gives the bank."""

import io
import xml.etree.ElementTree as ET
import zipfile

import pytest

from aimc_course.teaching.inline import to_html
from aimc_course.teaching.moodle import to_moodle
from aimc_course.teaching.qti import ITEM, METADATA, PACKAGE, to_qti

# Shares of a point that Moodle knows (question/engine/bank.php); it refuses a file with others.
SHARES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667}
SHARES |= {14.28571, 12.5, 11.11111, 10, 5}
KNOWN = {0.0} | SHARES | {-share for share in SHARES}
ORDER = [
    "responseDeclaration",
    "outcomeDeclaration",
    "outcomeDeclaration",
    "itemBody",
    "responseProcessing",
]
Q = f"{{{ITEM}}}"
P = f"{{{PACKAGE}}}"
L = f"{{{METADATA}}}"


def inner(element):
    """The text of an element with its inline marks, as `to_html` writes it."""
    text = ET.tostring(element, encoding="unicode")
    text = text.replace(f' xmlns:ns0="{ITEM}"', "").replace("ns0:", "")
    return text[text.index(">") + 1 : text.rindex("</")].strip()


@pytest.fixture(scope="module")
def moodle(items):
    return ET.fromstring(to_moodle(items))


def test_moodle_reads_back_every_question(items, moodle):
    asked = [q for q in moodle if q.get("type") == "multichoice"]
    assert [q.findtext("name/text") for q in asked] == [item.name for item in items]
    for item, entry in zip(items, asked, strict=True):
        assert entry.findtext("questiontext/text") == f"<p>{to_html(item.question)}</p>"
        answers = entry.findall("answer")
        assert [a.findtext("text") for a in answers] == [to_html(c.text) for c in item.choices]
        assert [float(a.get("fraction")) > 0 for a in answers] == [c.right for c in item.choices]
        whys = [a.findtext("feedback/text") for a in answers]
        assert whys == [to_html(c.feedback) for c in item.choices]
        assert entry.findtext("single") == ("false" if item.several else "true")
        assert entry.findtext("shuffleanswers") == ("false" if item.keep_order else "true")
        tags = [tag.findtext("text") for tag in entry.findall("tags/tag")]
        assert tags == [item.difficulty, f"part {item.part}", item.kind]


def test_moodle_has_what_its_format_asks_for(items, moodle):
    assert moodle.tag == "quiz"
    assert moodle[0].get("type") == "category"
    for entry in moodle:
        if entry.get("type") == "category":
            assert entry.findtext("category/text").startswith("$course$/top/")
            continue
        assert entry.find("questiontext").get("format") == "html"
        for tag in ("defaultgrade", "penalty", "hidden", "idnumber", "answernumbering"):
            assert entry.findtext(tag)
        shares = [float(a.get("fraction")) for a in entry.findall("answer")]
        assert set(shares) <= KNOWN
        if entry.findtext("single") == "true":
            assert sorted(shares)[-2:] == [0, 100]
        else:
            assert sum(s for s in shares if s > 0) == pytest.approx(100, abs=1e-4)
            assert sum(shares) == pytest.approx(0, abs=1e-3), "marking all must earn nothing"
    categories = [q for q in moodle if q.get("type") == "category"]
    assert len(categories) == len({item.chapter for item in items})


def test_html_inside_moodle_is_well_formed_and_keeps_latex(items, moodle):
    for text in moodle.iter("text"):
        ET.fromstring(f"<div>{text.text or ''}</div>")
    text = moodle.find("question[idnumber='quiz-ls-3']").findtext("questiontext/text")
    assert r"\(B_x B_w\)" in text


@pytest.fixture(scope="module")
def package(items):
    data = to_qti(items)
    assert data == to_qti(items)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: ET.fromstring(package.read(name)) for name in package.namelist()}


def test_qti_manifest_lists_exactly_the_items(items, package):
    manifest = package["imsmanifest.xml"]
    assert manifest.tag == f"{P}manifest"
    assert manifest.get("identifier")
    assert [child.tag for child in manifest] == [
        f"{P}metadata",
        f"{P}organizations",
        f"{P}resources",
    ]
    assert manifest.findtext(f"{P}metadata/{P}schema") == "QTIv2.1 Package"
    resources = manifest.findall(f"{P}resources/{P}resource")
    assert [r.get("identifier") for r in resources] == [item.name for item in items]
    assert {r.get("type") for r in resources} == {"imsqti_item_xmlv2p1"}
    assert {r.get("href") for r in resources} == set(package) - {"imsmanifest.xml"}
    levels = {"easy": "easy", "medium": "medium", "difficult": "hard"}
    for item, entry in zip(items, resources, strict=True):
        assert entry.find(f"{P}file").get("href") == entry.get("href")
        found = entry.findtext(f".//{L}difficulty/{L}value")
        assert levels[found] == item.difficulty
        assert entry.findtext(f".//{L}description/{L}string") == item.objective


def test_qti_reads_back_every_question(items, package):
    for item in items:
        root = package[f"items/{item.name}.xml"]
        asked = root.find(f"{Q}itemBody/{Q}choiceInteraction")
        assert inner(asked.find(f"{Q}prompt")) == to_html(item.question)
        offered = asked.findall(f"{Q}simpleChoice")
        assert [inner(choice) for choice in offered] == [to_html(c.text) for c in item.choices]
        right = {v.text for v in root.findall(f"{Q}responseDeclaration//{Q}value")}
        assert [c.get("identifier") in right for c in offered] == [c.right for c in item.choices]
        assert asked.get("maxChoices") == ("0" if item.several else "1")
        assert asked.get("shuffle") == ("false" if item.keep_order else "true")
        whys = {f.get("identifier"): inner(f[0]) for f in root.findall(f"{Q}modalFeedback")}
        assert [whys[c.get("identifier")] for c in offered] == [
            to_html(c.feedback) for c in item.choices
        ]


def test_qti_items_have_what_the_schema_asks_for(items, package):
    for item in items:
        root = package[f"items/{item.name}.xml"]
        assert root.tag == f"{Q}assessmentItem"
        for name in ("identifier", "title", "adaptive", "timeDependent"):
            assert root.get(name)
        feedback = ["modalFeedback"] * len(item.choices)
        assert [child.tag for child in root] == [Q + tag for tag in ORDER + feedback]
        response, score, words = root[0], root[1], root[2]
        number = "multiple" if item.several else "single"
        assert response.get("identifier") == "RESPONSE"
        assert response.get("cardinality") == words.get("cardinality") == number
        assert (score.get("identifier"), score.get("baseType")) == ("SCORE", "float")
        declared = {root[k].get("identifier") for k in range(3)}
        used = {
            e.get("identifier")
            for tag in ("variable", "correct", "setOutcomeValue")
            for e in root.iter(Q + tag)
        }
        assert used == declared
        assert root.find(f".//{Q}prompt") is root.find(f".//{Q}choiceInteraction")[0]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("$a < b$ is $x_*$", r"\(a &lt; b\) is \(x_*\)"),
        (
            "**all** of *these* in `f(x)`",
            "<strong>all</strong> of <em>these</em> in <code>f(x)</code>",
        ),
        ("A* and 3 * 4 * 5", "A* and 3 * 4 * 5"),
        ("</text><script>", "&lt;/text&gt;&lt;script&gt;"),
    ],
)
def test_text_of_questions_becomes_html(text, html):
    assert to_html(text) == html
