"""``doctor`` says what works here."""

from __future__ import annotations

from typer.testing import CliRunner

from einthoven.cli.main import app


def test_each_part_is_named_with_its_state():
    """In the development environment everything is ready."""
    result = CliRunner().invoke(app, ["doctor"], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.output.count("ready") == 4
    assert "cores" in result.output
