"""Section ``[input]`` of a study: an input spec of one's own, or that of a published model by its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.public.catalogue import public_model
from einthoven.registry import nearest

__all__ = ["input_of_study"]

PUBLISHED_KEYS = ("public", "preset")


def input_of_study(section: Mapping[str, Any]) -> InputSpec | Mapping[str, Any]:
    """Return the spec of the published model that a section names, otherwise the section as it is.

    Labels whose maximum counts over a long record are those of the published head, so none are kept.

    Parameters
    ----------
    section : mapping
        Of a study file. Beside ``public`` it may have ``preset`` alone: what a published network is fed is its authors'
        choice as a whole, and an arm may see fewer leads of it (``arm.NAME.leads``).

    Raises
    ------
    SpecificationError
        A key that is unknown, or has no place beside the others.
    UnknownNameError
        No such model or preset; names the nearest.
    """
    own = [field.name for field in dataclasses.fields(InputSpec)]
    for key in section:
        if key not in (*own, *PUBLISHED_KEYS):
            raise SpecificationError(f"input has no key {key!r}{nearest(key, (*own, *PUBLISHED_KEYS))}")
    if "public" not in section:
        if "preset" in section:
            raise SpecificationError("input.preset belongs to a published model: name it in input.public")
        return section
    for key in section:
        if key in own:
            raise SpecificationError(
                f"input.public is all of the input, so input.{key} has no place beside it: leave one of them out"
            )
    for key, name in section.items():
        if not isinstance(name, str):
            raise SpecificationError(f"input.{key} must be a name, got {name!r}")
    try:
        spec = public_model(section["public"]).prepared_as(section.get("preset"))
    except UnknownNameError as error:
        raise UnknownNameError(f"input: {error}") from error
    return dataclasses.replace(spec, view=_without_published_labels(spec.view))


def _without_published_labels(view: ViewSpec) -> ViewSpec:
    """Return the view without labels of the published head, which a study that has its own can't aggregate."""
    return dataclasses.replace(view, long=dataclasses.replace(view.long, max_labels=()))
