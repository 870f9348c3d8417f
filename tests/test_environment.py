"""The environment holds what the project needs and nothing that breaks it; what promises to run without torch does."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fakes.ptb_xl_folder import make_ptb_xl
from fakes.run_folder import make_run_folder

ROOT = Path(__file__).resolve().parent.parent
BLOCK = "import sys; sys.modules.update(dict.fromkeys(['torch', 'lightning', 'torchmetrics', 'safetensors.torch']))\n"
INGEST = """
from pathlib import Path
from einthoven.ecg.formats import locate
from einthoven.ecg.input_spec import IngestSpec
from einthoven.store.ingest import ingest
if __name__ == "__main__":
    locations = locate(Path({folder!r}) / "records500")
    print(ingest(locations, Path({store!r}), spec=IngestSpec(), workers=1).records)
"""
EVALUATE = """
from typer.testing import CliRunner
from einthoven.cli.main import app
result = CliRunner().invoke(app, ["evaluate", {scores!r}, "--out", {out!r}], catch_exceptions=False)
print(result.exit_code)
"""
REPORT = """
from pathlib import Path
from einthoven.report.html import render
print(render(Path({run!r})).stat().st_size > 10_000)
"""


@pytest.mark.parametrize("name", ["torchvision", "timm"])
def test_packages_that_break_lightning_are_absent(name):
    """A mismatched torchvision makes lightning, torchmetrics and peft fail to import."""
    assert importlib.util.find_spec(name) is None


def test_every_ignored_style_rule_has_a_reason():
    """A rule without a reason is one that nobody dares to switch on again."""
    lines = (ROOT / "pyproject.toml").read_text().split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    rules = [line for line in lines.splitlines() if line.strip().startswith('"') and line.strip().endswith(",")]
    assert rules == []
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["select"] == ["ALL"]


def without_torch(code: str) -> str:
    """Run code in a process where importing torch fails."""
    result = subprocess.run([sys.executable, "-c", BLOCK + code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_ingest_runs_without_torch(tmp_path):
    """Reading, preparing and storing need no torch."""
    make_ptb_xl(tmp_path / "data", n_records=3)
    code = INGEST.format(folder=str(tmp_path / "data"), store=str(tmp_path / "store"))
    assert without_torch(code) == "3"


def test_evaluate_runs_without_torch(tmp_path):
    """Validating anybody's model needs no torch."""
    rows = "".join(f"r{i},test,{i / 40:.3f},{i % 3 // 2}\n" for i in range(40))
    (tmp_path / "scores.csv").write_text("record_id,split,score.AF,truth.AF\n" + rows)
    code = EVALUATE.format(scores=str(tmp_path / "scores.csv"), out=str(tmp_path / "out"))
    assert without_torch(code) == "0"
    assert (tmp_path / "out" / "results.csv").is_file()


def test_report_runs_without_torch(tmp_path):
    """A report is made from artefacts."""
    assert without_torch(REPORT.format(run=str(make_run_folder(tmp_path / "run")))) == "True"
