"""``einthoven report`` writes the page and says where."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import SpecificationError


def test_the_report_is_written_where_asked(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "study.json").write_text('{"title": "Small"}')
    done = CliRunner().invoke(app, ["report", str(tmp_path / "run"), "--out", str(tmp_path / "deep" / "x.html")])
    assert done.exit_code == 0, done.output
    assert "x.html" in done.output.replace("\n", "")
    assert "<h1>Small</h1>" in (tmp_path / "deep" / "x.html").read_text(encoding="utf-8")


def test_without_the_extra_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "einthoven.report.html", None)
    with pytest.raises(SpecificationError, match=r"einthoven\[report\]"):
        CliRunner().invoke(app, ["report", str(tmp_path)], catch_exceptions=False)
