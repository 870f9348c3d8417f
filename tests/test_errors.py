"""The tree in the docstring is the tree of the classes."""

from __future__ import annotations

import re

import pytest

from einthoven import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_each_error_stands_in_the_tree_under_its_parent(name):
    """What the docstring draws, the classes are."""
    lines = [re.match(r"^([ |`-]*)(\w+Error)\b", line.strip("\n")) for line in (errors.__doc__ or "").splitlines()]
    drawn = [(len(match[1]), match[2]) for match in lines if match]
    position = next(index for index, (_, drawn_name) in enumerate(drawn) if drawn_name == name)
    depth = drawn[position][0]
    parent = next((other for d, other in reversed(drawn[:position]) if d < depth), "Exception")
    assert getattr(errors, name).__mro__[1].__name__ == parent
