"""``ingest`` makes a store, lists what it rejects, and asks for what is missing."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.models.public.catalogue import public_model
from einthoven.store.store import Store
from fakes.kardia_files import atc_file
from fakes.measurable_archive import write_ecgs
from fakes.ptb_xl_folder import fake_ecg, write_record
from fakes.wfdb_files import STANDARD, fake_digital


def ingest(*words: object):
    """Run the verb; errors are raised as they are."""
    return CliRunner().invoke(app, ["ingest", *map(str, words)], catch_exceptions=False)


def test_folder_becomes_a_store_and_a_bad_file_a_line(tmp_path):
    """The good ones are stored; the bad one is counted and named."""
    for name in ("a", "b", "c"):
        signal = fake_ecg(np.random.default_rng(ord(name)), kind=0, rate_hz=500)
        write_record(tmp_path / "ecgs" / name, signal_uv=signal, rate_hz=500)
    (tmp_path / "ecgs" / "b.dat").unlink()
    result = ingest(tmp_path / "ecgs", "--store", tmp_path / "store", "--workers", 1)
    assert "2 ECGs stored" in result.output
    assert "1 rejected" in result.output
    with Store.open(tmp_path / "store") as store:
        assert len(store) == 2
        assert "b.dat" in store.rejected["message"][0].as_py()


def test_nothing_stored_is_an_error_with_the_first_reason(tmp_path):
    """A folder of broken files doesn't end in a green line."""
    write_record(tmp_path / "a", signal_uv=fake_ecg(np.random.default_rng(0), kind=0, rate_hz=500), rate_hz=500)
    (tmp_path / "a.dat").write_bytes(b"12")
    with pytest.raises(UnreadableFileError, match=r"none of 1 ECGs could be stored; the first: .*a\.dat is truncated"):
        ingest(tmp_path, "--store", tmp_path / "store", "--workers", 1)


def test_spec_file_decides_rate_and_leads(tmp_path):
    """The ingest half of an input spec as JSON."""
    write_record(tmp_path / "a", signal_uv=fake_ecg(np.random.default_rng(0), kind=0, rate_hz=500), rate_hz=500)
    (tmp_path / "spec.json").write_text(json.dumps({"rate_hz": 100, "leads": ["I", "II"]}))
    ingest(tmp_path, "--store", tmp_path / "store", "--spec", tmp_path / "spec.json")
    with Store.open(tmp_path / "store") as store:
        assert store.signal(0).shape == (2, 1000)


@pytest.mark.parametrize(("named", "preset"), [("ecgfounder_12lead", None), ("ecg_cpc:pretraining", "pretraining")])
def test_a_published_model_is_a_spec(tmp_path, named, preset):
    """One command makes the store that its weights need."""
    write_record(tmp_path / "a", signal_uv=fake_ecg(np.random.default_rng(0), kind=0, rate_hz=500), rate_hz=500)
    ingest(tmp_path / "a.hea", "--store", tmp_path / "store", "--spec", f"public:{named}")
    with Store.open(tmp_path / "store") as store:
        assert store.spec == public_model(named.split(":")[0]).prepared_as(preset).ingest


@pytest.mark.parametrize(
    ("named", "message"),
    [("ecgfounder", "did you mean 'ecgfounder_1"), ("ecg_cpc:benchmarks", "did you mean 'benchmark'")],
)
def test_unknown_published_specs_name_the_nearest(tmp_path, named, message):
    """Of models as of presets."""
    with pytest.raises(UnknownNameError, match=message):
        ingest(tmp_path, "--store", tmp_path / "store", "--spec", f"public:{named}")


@pytest.mark.parametrize(("text", "message"), [("{", "can't be read"), ('{"rate": 100}', "did you mean 'rate_hz'")])
def test_wrong_spec_is_refused_by_name(tmp_path, text, message):
    """Broken JSON and wrong keys."""
    (tmp_path / "spec.json").write_text(text)
    with pytest.raises(SpecificationError, match=message):
        ingest(tmp_path, "--store", tmp_path / "store", "--spec", tmp_path / "spec.json")


@pytest.mark.parametrize("make", [False, True], ids=["missing", "empty"])
def test_missing_or_empty_folder_is_named(tmp_path, make):
    """Both say which folder and what to check."""
    folder = tmp_path / "ecgs"
    if make:
        folder.mkdir()
    with pytest.raises(UnreadableFileError, match="ecgs"):
        ingest(folder, "--store", tmp_path / "store")


def test_names_that_are_no_text_are_stored_spelled_out(tmp_path):
    """Good and bad files of an archive whose names are in an old encoding; strangers beside them are told."""
    (tmp_path / "ecgs").mkdir()
    for name in (b"good\xff.atc", b"bad\xff.atc"):
        content = atc_file(fake_digital(), STANDARD)
        (tmp_path / "ecgs" / os.fsdecode(name)).write_bytes(content[: len(content) // 2 if b"bad" in name else None])
    (tmp_path / "ecgs" / "letter.pdf").write_bytes(b"%PDF")
    result = ingest(tmp_path / "ecgs", "--store", tmp_path / "store", "--workers", 1)
    assert "1 file is no ECG of a known format: 1 .pdf" in result.stderr
    with Store.open(tmp_path / "store") as store:
        assert store.manifest["record_id"].to_pylist() == ["good\\udcff"]
        assert store.rejected["path"][0].as_py().endswith("bad\\udcff.atc")


def test_measurements_are_kept_only_when_asked_for(tmp_path):
    """As a table beside the signals."""
    write_ecgs(tmp_path / "ecgs", 2)
    ingest(tmp_path / "ecgs", "--store", tmp_path / "store", "--workers", 1, "--measure")
    with Store.open(tmp_path / "store") as store:
        assert store.measurements["rr_ms"].to_pylist() == pytest.approx([700, 740], abs=2)
