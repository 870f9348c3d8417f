"""A protocol to fill in: every setting with its default and an example, as comments."""

from __future__ import annotations

from importlib import resources

__all__ = ["protocol_template"]


def protocol_template() -> str:
    """Return the text of a protocol file in which nothing is set but the version and what has to be decided."""
    return resources.files("einthoven.evaluation").joinpath("protocol_template.toml").read_text(encoding="utf-8")
