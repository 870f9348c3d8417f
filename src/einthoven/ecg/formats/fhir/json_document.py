"""JSON of FHIR resources, parsed without trust: nothing twice, nothing endless, each field of the kind it should be."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from einthoven.ecg.formats.whole_characters import whole_characters
from einthoven.errors import UnreadableFileError

__all__ = ["MAX_JSON_BYTES", "Resource", "decimal", "every_object", "listed", "nested", "parse_json", "word"]

Resource = dict[str, Any]
MAX_JSON_BYTES = 256 << 20


def parse_json(content: bytes, *, where: str) -> Resource:
    """Return the object that a JSON file holds.

    Raises
    ------
    UnreadableFileError
        When it is not JSON in UTF-8, repeats a key, spells NaN or Infinity, or is nested deeper than any resource.
    """

    def refuse_constant(name: str) -> NoReturn:
        raise UnreadableFileError(f"{where} spells {name}, which JSON doesn't have: export it again")

    def without_doubles(pairs: list[tuple[str, Any]]) -> Resource:
        found = dict(pairs)
        if len(found) < len(pairs):
            doubled = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise UnreadableFileError(f"{where} says {doubled[:40]!r} twice in one object: which one holds?")
        return found

    try:
        document = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=without_doubles, parse_constant=refuse_constant
        )
    except RecursionError:
        raise UnreadableFileError(f"{where} is nested deeper than any FHIR resource: it is no ECG") from None
    except ValueError as error:
        raise UnreadableFileError(f"{where} is no JSON ({str(error)[:200]}): export it again") from error
    if not isinstance(document, dict):
        raise UnreadableFileError(f"{where} holds no JSON object, but a {type(document).__name__}: export it again")
    return document


def nested(resource: Resource, *path: str) -> Resource:
    """Return the object at a path of keys, an empty one where there is none."""
    for name in path:
        inner = resource.get(name)
        resource = inner if isinstance(inner, dict) else {}
    return resource


def listed(resource: Resource, name: str) -> list[Resource]:
    """Return the objects of a list; none where there is no list."""
    found = resource.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def word(resource: Resource, name: str) -> str:
    """Return stripped text, empty where there is none."""
    found = resource.get(name)
    return whole_characters(found.strip()) if isinstance(found, str) else ""


def decimal(resource: Resource, name: str, *, where: str) -> float | None:
    """Return a number, None where there is none.

    Raises
    ------
    UnreadableFileError
        When it is something else, or beyond all measure.
    """
    found = resource.get(name)
    if found is None:
        return None
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        try:
            value = float(found)
        except OverflowError:
            value = math.inf
        if math.isfinite(value):
            return value
    raise UnreadableFileError(f"{where}: {name} must be a number, got {str(found)[:40]!r}: export it again")


def every_object(resource: Resource) -> Iterator[tuple[str, Resource]]:
    """Yield the resource and all objects in it, each with the key it stands under, in order."""
    stack: list[tuple[str, Any]] = [("", resource)]
    while stack:
        name, found = stack.pop()
        if isinstance(found, dict):
            yield name, found
            stack += reversed(found.items())
        elif isinstance(found, list):
            stack += [(name, item) for item in reversed(found)]
