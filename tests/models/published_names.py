"""Weights of someone else's network under our names, by the key map of a published model."""

from __future__ import annotations

import re

from torch import Tensor

from einthoven.models.public.public_model import PublicModel

__all__ = ["ignored", "our_name", "renamed"]


def ignored(model: PublicModel, key: str) -> bool:
    """Return whether a tensor is left out for a reason."""
    return any(re.fullmatch(one.pattern, key) for one in model.ignored)


def our_name(model: PublicModel, key: str) -> str:
    """Return what the one pattern that fits makes of a published name."""
    found = [fits.expand(ours) for theirs, ours in model.key_map if (fits := re.fullmatch(theirs, key))]
    assert len(found) == 1, (key, found)
    return found[0]


def renamed(model: PublicModel, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the encoder's state under its names here."""
    kept = {key: tensor for key, tensor in state.items() if not ignored(model, key)}
    return {our_name(model, key).removeprefix("encoder."): tensor for key, tensor in kept.items()}
