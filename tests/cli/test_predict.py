"""``predict`` writes one row per ECG and names what it couldn't score."""

from __future__ import annotations

import pyarrow.csv as pa_csv
import pytest
import torch
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.public_model import Seen
from fakes.ptb_xl_folder import make_ptb_xl

SETTINGS = {"widths": [8, 8, 8, 8], "stem_widths": [8]}


def test_readable_ecgs_are_scored_and_the_others_named(tmp_path):
    """Two of three files are good."""
    make_ptb_xl(tmp_path / "data", n_records=3)
    (tmp_path / "data" / "records500" / "00000" / "00002_hr.dat").unlink()
    torch.manual_seed(0)
    network = build("xresnet1d", n_leads=12, n_labels=1, **SETTINGS)
    Checkpoint("xresnet1d", SETTINGS, InputSpec(), ("AF",), network.state_dict()).save(tmp_path / "model")
    words = ["predict", "--checkpoint", tmp_path / "model", "--input", tmp_path / "data", "--out", tmp_path / "s.csv"]
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert "2 ECGs scored" in result.output
    assert "not scored: " in result.stderr
    assert result.stderr.count("00002_hr.hea: ") <= 1
    assert pa_csv.read_csv(tmp_path / "s.csv")["record_id"].to_pylist() == ["00001_hr", "00003_hr"]


def test_a_model_of_simulated_patients_says_so(tmp_path):
    """Whoever scores real ECGs with it is told."""
    make_ptb_xl(tmp_path / "data", n_records=1)
    network = build("xresnet1d", n_leads=12, n_labels=1, **SETTINGS)
    model = Checkpoint("xresnet1d", SETTINGS, InputSpec(), ("AF",), network.state_dict(), simulated=("A",))
    model.save(tmp_path / "model")
    words = ["predict", "--checkpoint", tmp_path / "model", "--input", tmp_path / "data", "--out", tmp_path / "s.csv"]
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert "learnt from simulated patients (A)" in result.output


def test_data_that_public_weights_have_seen_are_named(tmp_path):
    """Whoever scores an ECG of these is told."""
    make_ptb_xl(tmp_path / "data", n_records=1)
    network = build("xresnet1d", n_leads=12, n_labels=1, **SETTINGS)
    seen = (Seen("ptb_xl", "1.0.3", "folds 1 to 8"), Seen("code15"))
    model = Checkpoint(
        "xresnet1d", SETTINGS, InputSpec(), ("AF",), network.state_dict(), public="x", seen_in_pretraining=seen
    )
    model.save(tmp_path / "model")
    words = ["predict", "--checkpoint", tmp_path / "model", "--input", tmp_path / "data", "--out", tmp_path / "s.csv"]
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert "the weights have seen ptb_xl 1.0.3 (folds 1 to 8); code15 (all): scores on ECGs of these" in result.output


def test_an_output_of_another_ending_is_refused_before_anything_is_read(tmp_path):
    """Neither checkpoint nor input need exist for that."""
    words = ["predict", "--checkpoint", tmp_path / "none", "--input", tmp_path / "none", "--out", tmp_path / "s.xlsx"]
    with pytest.raises(SpecificationError, match=r"\.csv or \.parquet, got 's\.xlsx'"):
        CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
