"""The table of published models."""

from __future__ import annotations

from einthoven.models.public.public_model import PublicModel
from einthoven.registry import names, resolve

__all__ = ["PUBLIC_MODELS", "public_model", "public_model_names"]

PUBLIC_MODELS: dict[str, str] = {
    "ecgfounder_12lead": "einthoven.models.public.ecgfounder:ECGFOUNDER_12LEAD",
    "ecgfounder_1lead": "einthoven.models.public.ecgfounder:ECGFOUNDER_1LEAD",
}


def public_model(name: str) -> PublicModel:
    """Return a published model's facts.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    """
    model: PublicModel = resolve("public_models", name, PUBLIC_MODELS)
    return model


def public_model_names() -> list[str]:
    """Return all names, those of other packages included, sorted."""
    return names("public_models", PUBLIC_MODELS)
