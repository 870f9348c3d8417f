"""What is wrong with a study file, in one line that names the place as the file has it, and what is accepted there."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

import pydantic

from einthoven.registry import nearest

__all__ = ["accepted_keys", "explain"]

UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
FILE_KEY = "key"  # of a field's metadata: what a file calls it, where that is no name for Python


def explain(error: pydantic.ValidationError, root: Any) -> str:
    """Say the first problem in one line: where, what is accepted, what came."""
    problems = error.errors(include_url=False)
    # a misspelt section shows up as a missing one, too; the spelling is what has to be mended
    first = next((problem for problem in problems if problem["type"] in UNKNOWN_KEY), problems[0])
    if first["type"] in UNKNOWN_KEY:
        key = str(first["loc"][-1])
        parent, names = _followed(root, first["loc"][:-1])
        return f"{'.'.join(names) or 'the top level'} has no key {key!r}{nearest(key, accepted_keys(parent))}"
    names = _followed(root, first["loc"])[1]
    # of several types that were tried, the one that went deepest is the one that was meant
    within = [problem for problem in problems if _followed(root, problem["loc"])[1][: len(names)] == names]
    first = max(within, key=lambda problem: len(_followed(root, problem["loc"])[1]))
    place = ".".join(_followed(root, first["loc"])[1])
    if first["type"] == "missing":
        return f"{place} is missing"
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}, got {first['input']!r}"


def _followed(kind: Any, location: tuple[int | str, ...]) -> tuple[Any, list[str]]:
    """Follow a location through models, dataclasses, tables and lists; return the type there and the names of the way.

    Where a value may be of several types, pydantic puts the one that it tried into the location; no file has that name.
    """
    names: list[str] = []
    for part in location:
        if isinstance(kind, types.UnionType):
            members = [member for member in typing.get_args(kind) if member is not type(None)]
            tried = next((member for member in members if str(part).startswith(member.__name__)), None)
            kind = tried or members[0]
            if len(members) > 1 and tried is not None:
                continue
        names.append(_file_key(kind, str(part)))
        kind = _inner(kind, str(part))
    if isinstance(kind, types.UnionType):
        kind = next(member for member in typing.get_args(kind) if member is not type(None))
    return kind, names


def _inner(kind: Any, name: str) -> Any:
    if typing.get_origin(kind) is dict:
        return typing.get_args(kind)[1]
    if typing.get_origin(kind) in (tuple, list):
        return typing.get_args(kind)[0]
    return typing.get_type_hints(kind).get(name, Any) if isinstance(kind, type) else Any


def accepted_keys(kind: Any) -> list[str]:
    """Return the keys of a section, as a file has them."""
    if dataclasses.is_dataclass(kind):
        return [field.metadata.get(FILE_KEY, field.name) for field in dataclasses.fields(kind)]
    return list(kind.model_fields)


def _file_key(kind: Any, name: str) -> str:
    if not dataclasses.is_dataclass(kind):
        return name
    return next((field.metadata.get(FILE_KEY, name) for field in dataclasses.fields(kind) if field.name == name), name)
