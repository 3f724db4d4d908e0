"""The bank as a QTI 2.1 package: a zip with a manifest and one item for each question."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable

from aimc_course.teaching.inline import to_html
from aimc_course.teaching.items import Item

__all__ = ["to_qti"]

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
METADATA = "http://ltsc.ieee.org/xsd/LOM"
LEVELS = {"easy": "easy", "medium": "medium", "hard": "difficult"}
DATE = (1980, 1, 1, 0, 0, 0)  # the same bank gives the same bytes


def to_qti(items: Iterable[Item]) -> bytes:
    """Return the zip of a QTI 2.1 content package."""
    manifest = ET.Element("manifest", xmlns=PACKAGE, identifier="aimc-question-bank")
    metadata = ET.SubElement(manifest, "metadata")
    ET.SubElement(metadata, "schema").text = "QTIv2.1 Package"
    ET.SubElement(metadata, "schemaversion").text = "1.0.0"
    ET.SubElement(manifest, "organizations")
    resources = ET.SubElement(manifest, "resources")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for item in items:
            path = f"items/{item.name}.xml"
            _write(package, path, _item(item))
            _resource(resources, item, path)
        _write(package, "imsmanifest.xml", manifest)
    return buffer.getvalue()


def _write(package: zipfile.ZipFile, path: str, root: ET.Element) -> None:
    ET.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")
    entry = zipfile.ZipInfo(path, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    package.writestr(entry, text + "\n")


def _resource(resources: ET.Element, item: Item, path: str) -> None:
    entry = ET.SubElement(
        resources, "resource", identifier=item.name, type="imsqti_item_xmlv2p1", href=path
    )
    lom = ET.SubElement(ET.SubElement(entry, "metadata"), "lom", xmlns=METADATA)
    title = ET.SubElement(ET.SubElement(lom, "general"), "title")
    ET.SubElement(title, "string", language="en").text = f"{item.title}: {item.name}"
    educational = ET.SubElement(lom, "educational")
    difficulty = ET.SubElement(educational, "difficulty")
    ET.SubElement(difficulty, "source").text = "LOMv1.0"
    ET.SubElement(difficulty, "value").text = LEVELS[item.difficulty]
    classification = ET.SubElement(lom, "classification")
    purpose = ET.SubElement(classification, "purpose")
    ET.SubElement(purpose, "source").text = "LOMv1.0"
    ET.SubElement(purpose, "value").text = "educational objective"
    description = ET.SubElement(classification, "description")
    ET.SubElement(description, "string", language="en").text = item.objective
    ET.SubElement(entry, "file", href=path)


def _item(item: Item) -> ET.Element:
    """Return an ``assessmentItem``: its parts stand in the order that the schema asks for."""
    names = [f"choice-{k}" for k in range(1, len(item.choices) + 1)]
    number = "multiple" if item.several else "single"
    root = ET.Element(
        "assessmentItem",
        xmlns=ITEM,
        identifier=item.name,
        title=f"{item.title}: {item.name}",
        adaptive="false",
        timeDependent="false",
    )
    response = ET.SubElement(
        root,
        "responseDeclaration",
        identifier="RESPONSE",
        cardinality=number,
        baseType="identifier",
    )
    correct = ET.SubElement(response, "correctResponse")
    for name, choice in zip(names, item.choices, strict=True):
        if choice.right:
            ET.SubElement(correct, "value").text = name
    score = ET.SubElement(
        root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float"
    )
    ET.SubElement(ET.SubElement(score, "defaultValue"), "value").text = "0"
    ET.SubElement(
        root,
        "outcomeDeclaration",
        identifier="FEEDBACK",
        cardinality=number,
        baseType="identifier",
    )
    _body(root, item, names)
    _processing(root)
    for name, choice in zip(names, item.choices, strict=True):
        why = ET.SubElement(
            root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=name, showHide="show"
        )
        _paragraph(why, "p", choice.feedback)
    return root


def _body(root: ET.Element, item: Item, names: list[str]) -> None:
    body = ET.SubElement(root, "itemBody")
    asked = ET.SubElement(
        body,
        "choiceInteraction",
        responseIdentifier="RESPONSE",
        shuffle="false" if item.keep_order else "true",
        maxChoices="0" if item.several else "1",
    )
    _paragraph(asked, "prompt", item.question)
    for name, choice in zip(names, item.choices, strict=True):
        _paragraph(asked, "simpleChoice", choice.text).set("identifier", name)


def _processing(root: ET.Element) -> None:
    """Append the rules: a point for exactly the right answers, and words on each marked one."""
    rules = ET.SubElement(root, "responseProcessing")
    case = ET.SubElement(ET.SubElement(rules, "responseCondition"), "responseIf")
    match = ET.SubElement(case, "match")
    ET.SubElement(match, "variable", identifier="RESPONSE")
    ET.SubElement(match, "correct", identifier="RESPONSE")
    point = ET.SubElement(case, "setOutcomeValue", identifier="SCORE")
    ET.SubElement(point, "baseValue", baseType="float").text = "1"
    words = ET.SubElement(rules, "setOutcomeValue", identifier="FEEDBACK")
    ET.SubElement(words, "variable", identifier="RESPONSE")


def _paragraph(parent: ET.Element, tag: str, text: str) -> ET.Element:
    """Append an element that holds a text of the book as XHTML."""
    entry = ET.fromstring(f"<{tag}>{to_html(text)}</{tag}>")
    parent.append(entry)
    return entry
