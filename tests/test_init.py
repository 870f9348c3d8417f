"""The names a user needs come from the package itself, and importing it imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

import einthoven


@pytest.mark.parametrize("name", einthoven.__all__)
def test_every_name_is_there(name):
    """Each is loaded from its home at first use."""
    assert getattr(einthoven, name) is not None
    assert name in dir(einthoven)


def test_unknown_name_is_an_attribute_error():
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'fit'"):
        einthoven.fit  # noqa: B018 - the access itself is the test


def test_import_is_light():
    """Neither numpy nor torch comes along."""
    code = "import sys, einthoven; print({'numpy', 'torch', 'polars'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
