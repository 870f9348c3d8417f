"""XML files of recorders: parsed without trust, searched without regard to namespaces.

No entity is ever expanded, nothing is fetched, depth and number of elements are capped; an error names file and line.
"""

from __future__ import annotations

import binascii
import functools
import math
import re
from collections.abc import Iterator

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.digit_text import whole_numbers
from einthoven.errors import UnreadableFileError

__all__ = [
    "MAX_XML_BYTES",
    "attribute",
    "base64_bytes",
    "children",
    "find",
    "line_of",
    "local_name",
    "number",
    "numbers",
    "parse_xml",
    "root_name",
    "text",
    "texts",
]

MAX_XML_BYTES = 256 << 20
MAX_ELEMENTS = 1_000_000  # a full-disclosure recording has some thousands; more would only fill the memory
_MAX_WHOLE = 1 << 53  # what a float64 holds exactly
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>")
_PROLOG_BYTES = 1 << 16
_BEFORE_ROOT = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[A-Za-z_][\w.\-]*:)?(?P<name>[A-Za-z_][\w.\-]*)")
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_BLANKS = b" \t\r\n"


def root_name(head: bytes) -> str:
    """Return the local name of the root element that a file begins with; empty when it is no XML.

    Examples
    --------
    >>> root_name(b'<?xml version="1.0"?><!-- made by hand --><a:RestingECG xmlns:a="x">')
    'RestingECG'
    """
    encoding = next((name for mark, name in _UTF16.items() if head.startswith(mark)), "utf-8")
    start = head.decode(encoding, errors="replace").lstrip("\ufeff")
    position = 0
    while found := _BEFORE_ROOT.match(start, position):
        position = found.end()
    root = _ROOT.match(start, position)
    return root["name"] if root else ""


def parse_xml(content: bytes, *, where: str) -> etree._Element:
    """Return the root element.

    Raises
    ------
    UnreadableFileError
        When it is not well-formed (the line is named), declares entities, or is deeper or larger than any ECG.
    """
    for mark, encoding in _UTF16.items():
        if content.startswith(mark):
            content = content.decode(encoding, errors="replace").lstrip("\ufeff").encode()
            content = re.sub(rb"^\s*<\?xml.*?\?>", b"", content, count=1, flags=re.DOTALL)  # it names the old encoding
            break
    if _ENTITY.search(content):
        raise _entity_error(where)
    # the parser would look for a document type elsewhere, and fail for want of it
    content = _DOCTYPE.sub(b"", content[:_PROLOG_BYTES], count=1) + content[_PROLOG_BYTES:]
    if len(content) > 2 * MAX_ELEMENTS and content.count(b"<") > 2 * MAX_ELEMENTS:
        raise UnreadableFileError(f"{where} has more than {MAX_ELEMENTS:,} XML elements: it is no ECG")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=len(content) > 10_000_000,
        collect_ids=False,
        remove_comments=True,  # one inside a text would end it early
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError(f"{where} is not well-formed XML ({error.msg}): export it again") from error
    except ValueError as error:
        raise UnreadableFileError(f"{where} is not XML ({error}): export it again") from error
    types = root.getroottree().docinfo.internalDTD
    if types is not None and any(types.iterentities()):  # declared in an encoding that hides them, such as UTF-7
        raise _entity_error(where)
    return root


def _entity_error(where: str) -> UnreadableFileError:
    return UnreadableFileError(f"{where} declares XML entities, as no recorder does: refused, it may be an attack")


def local_name(element: etree._Element) -> str:
    """Return the element's name without namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def find(element: etree._Element, path: str) -> etree._Element | None:
    """Return the first descendant at ``path`` (names separated by ``/``), in any namespace, or None."""
    return element.find(_any_namespace(path))


def children(element: etree._Element, path: str) -> Iterator[etree._Element]:
    """Yield all descendants at ``path``, in any namespace, in document order."""
    yield from element.iterfind(_any_namespace(path))


def text(element: etree._Element | None, path: str = "", default: str = "") -> str:
    """Return the stripped text of the element, or of its first descendant at ``path``; else ``default``."""
    target = find(element, path) if path and element is not None else element
    return default if target is None or target.text is None else target.text.strip()


def texts(element: etree._Element | None) -> dict[str, str]:
    """Return the stripped texts of the element's children by local name; the first of a name counts."""
    found: dict[str, str] = {}
    for child in () if element is None else element:
        if isinstance(child.tag, str):
            found.setdefault(child.tag.rpartition("}")[2], (child.text or "").strip())
    return found


def attribute(element: etree._Element | None, name: str, path: str = "", default: str = "") -> str:
    """Return the stripped attribute of the element, or of its first descendant at ``path``."""
    target = find(element, path) if path and element is not None else element
    return default if target is None else (target.get(name) or default).strip()


def number(word: str, *, where: str, what: str) -> float:
    """Return the number that ``word`` spells.

    Raises
    ------
    UnreadableFileError
        Names the element (``what``) when it is none, or not finite.
    """
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not math.isfinite(value):
        raise UnreadableFileError(f"{where}: {what} must be a number, got {word[:40]!r}: export it again")
    return value


def numbers(words: str, *, where: str, what: str, separator: str = " ") -> NDArray[np.float64]:
    """Return float64 (sample,) from text; ``separator`` is one character, a blank stands for any whitespace.

    Raises
    ------
    UnreadableFileError
        Names the element (``what``) when something in it is no number.
    """
    words = words.strip().rstrip(separator)
    whole = whole_numbers(words.replace(separator, " "))  # nine times as fast as decimals
    complete = whole is not None and (separator == " " or whole.size in (0, words.count(separator) + 1))
    if whole is not None and complete and not ((whole <= -_MAX_WHOLE) | (whole >= _MAX_WHOLE)).any():
        return whole.astype(np.float64)
    try:
        # not by numpy.fromstring, to which a lone sign is zero and "1 - 3" two numbers
        return np.array(words.split(None if separator == " " else separator), dtype=np.float64)
    except ValueError as error:
        raise UnreadableFileError(f"{where}: {what} holds something else than numbers: export it again") from error


def base64_bytes(words: str, *, where: str, what: str) -> bytes:
    """Return the bytes that base64 text stands for; white space is ignored, anything else is refused."""
    try:
        content = words.encode("ascii").replace(b"\n", b"").strip()  # what the usual exports have, and fast
        if any(blank in content for blank in (b" ", b"\t", b"\r")):
            content = content.translate(None, _BLANKS)
        return binascii.a2b_base64(content, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableFileError(f"{where}: {what} is no valid base64 ({error}): export it again") from error


def line_of(element: etree._Element) -> str:
    """Return ``element NAME, line N`` for an error message."""
    return f"element {local_name(element)}, line {element.sourceline}"


@functools.lru_cache(maxsize=1024)  # a reader looks for the same paths in each file
def _any_namespace(path: str) -> str:
    return "/".join(step if step in (".", "..", "") else f"{{*}}{step}" for step in path.split("/"))
