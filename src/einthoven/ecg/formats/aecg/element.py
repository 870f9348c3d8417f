"""Elements of an annotated ECG that is being written."""

from __future__ import annotations

import re

from lxml import etree

from einthoven.ecg.formats.aecg.codes import MDC_OID

__all__ = [
    "ACT_CODE_OID",
    "NAMESPACE",
    "add",
    "add_code",
    "add_quantity",
    "add_text",
    "add_typed",
    "decimal",
    "new_root",
    "plain",
]

NAMESPACE = "urn:hl7-org:v3"
ACT_CODE_OID = "2.16.840.1.113883.5.4"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SYSTEM_NAMES = {MDC_OID: "MDC", ACT_CODE_OID: "ActCode"}
# what XML 1.0 has no way to write
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def new_root(name: str, **attributes: str) -> etree._Element:
    """Return an empty document."""
    namespaces: dict[str | None, str] = {None: NAMESPACE, "xsi": _XSI}
    root = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=namespaces)
    for attribute, value in attributes.items():
        root.set(attribute, plain(value))
    return root


def add(parent: etree._Element, path: str, **attributes: str) -> etree._Element:
    """Append elements one inside the other (names separated by ``/``) and return the innermost, with attributes."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for attribute, value in attributes.items():
        parent.set(attribute, plain(value))
    return parent


def add_code(parent: etree._Element, code: str, *, system: str = MDC_OID) -> None:
    """Append a code of the nomenclature, or of another system."""
    add(parent, "code", code=code, codeSystem=system, codeSystemName=_SYSTEM_NAMES[system])


def add_typed(parent: etree._Element, kind: str, **attributes: str) -> etree._Element:
    """Append and return a ``value`` of an HL7 data type."""
    value = add(parent, "value", **attributes)
    value.set(f"{{{_XSI}}}type", kind)
    return value


def add_quantity(parent: etree._Element, value: float, unit: str) -> None:
    """Append a ``value`` that is a physical quantity."""
    add_typed(parent, "PQ", value=decimal(value), unit=unit)


def add_text(parent: etree._Element, path: str, words: str) -> etree._Element:
    """Append elements, the innermost with text, and return it."""
    element = add(parent, path)
    element.text = plain(words)
    return element


def decimal(value: float) -> str:
    """Return a number in 15 digits where they are exact, else in as many as it takes.

    Examples
    --------
    >>> decimal(46.0), decimal(0.002), decimal(1 / 3)
    ('46', '0.002', '0.3333333333333333')
    """
    short = f"{value:.15g}"
    return short if float(short) == value else repr(float(value))


def plain(words: str) -> str:
    """Return words without the control characters that XML and FHIR have no place for."""
    return _UNWRITABLE.sub(" ", words)
