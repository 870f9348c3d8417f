"""``simulate`` makes hospitals, prints a card, and refuses what it can't make."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import SpecificationError
from einthoven.study.settings import load_study


def simulate(*words):
    return CliRunner().invoke(app, ["simulate", *map(str, words)], catch_exceptions=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a small hospital, and what was printed."""
    out = tmp_path_factory.mktemp("simulate") / "hospitals"
    result = simulate("--patients", 12, "--sites", "A", "--out", out, "--seed", 3, "--workers", 1)
    return out, result


def test_the_card_tells_what_was_made_where_the_truth_lies_and_what_comes_next(made):
    out, result = made
    assert result.exit_code == 0
    printed = " ".join(result.stdout.split())
    assert " A 12 " in printed
    assert "no evidence about patients" in printed
    assert f"{out / 'truth'}" in printed
    assert f"next: einthoven cohort {out / 'study.toml'}" in printed


def test_the_folder_holds_ecgs_tables_truth_settings_and_a_study_that_can_be_loaded(made):
    out, _ = made
    assert json.loads((out / "A" / "simulated.json").read_text())["seed"] == 3
    assert len(list((out / "A" / "ecgs").rglob("*.xml"))) >= 12
    assert {path.name for path in (out / "truth" / "A").iterdir()} == {
        "persons.parquet",
        "ecgs.parquet",
        "echoes.parquet",
    }
    assert set(load_study(out / "study.toml").data) == {"A"}


def test_the_settings_of_a_run_make_the_same_tables_again(made, tmp_path):
    out, _ = made
    text = (out / "simulation.toml").read_text().replace("signals = true", "signals = false")
    (tmp_path / "again.toml").write_text(text)
    assert simulate("--settings", tmp_path / "again.toml", "--out", tmp_path / "again").exit_code == 0
    for name in ("ecgs", "echo", "icd", "follow_up", "patients"):
        assert (tmp_path / "again" / "A" / f"{name}.csv").read_bytes() == (out / "A" / f"{name}.csv").read_bytes()


def test_what_cant_be_made_is_refused_before_anything_is_written(made, tmp_path):
    out, _ = made
    with pytest.raises(SpecificationError, match="is not empty"):
        simulate("--patients", 1, "--out", out)
    for words, message in [
        (("--patients", 0), "patients must be 1 or more, got 0"),
        (("--sites", "A,A"), "twice"),
        (("--sites", "Q"), "there is no hospital 'Q'"),
        (("--format", "dicm"), "did you mean 'dicom'"),
        (("--settings", out / "simulation.toml", "--seed", 4), "take one of them away"),
    ]:
        with pytest.raises(SpecificationError, match=message):
            simulate(*words, "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()
