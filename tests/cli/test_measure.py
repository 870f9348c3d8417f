"""``measure`` shows one ECG as a card, JSON or drawing, and writes the numbers of many into a table."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from fakes.measurable_archive import write_ecgs


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two ECGs, a broken one, and a file that is none."""
    write_ecgs(tmp_path / "ecgs", 3, bad={1})
    (tmp_path / "ecgs" / "letter.pdf").write_bytes(b"%PDF-1.4")
    return tmp_path / "ecgs"


def _measure(*words):
    return CliRunner().invoke(app, ["measure", *map(str, words)], env={"COLUMNS": "100"}, catch_exceptions=False)


def test_a_folder_becomes_a_table_and_a_broken_file_a_line(folder, tmp_path):
    result = _measure(folder, "--out", tmp_path / "m.parquet", "--workers", 1)
    assert result.exit_code == 0
    assert f"2 ECGs measured into {tmp_path / 'm.parquet'}" in result.stdout
    assert f"1 could not be read, with reasons in {tmp_path / 'm.rejected.parquet'}" in result.stdout
    assert "bad001.dcm" in result.stdout
    assert "1 file is no ECG of a known format: 1 .pdf" in result.stderr
    assert pq.read_table(tmp_path / "m.parquet")["patient_id"].to_pylist() == ["p0", "p2"]


def test_the_suffix_makes_it_a_csv_and_beats_a_second_table(folder, tmp_path):
    _measure(folder, "--out", tmp_path / "m.csv", "--beats", tmp_path / "b.csv", "--workers", 1)
    table = pa_csv.read_csv(tmp_path / "m.csv")
    assert table["rr_ms"].to_pylist() == pytest.approx([700, 780], abs=2)
    assert pa_csv.read_csv(tmp_path / "b.csv").num_rows == 12 * sum(table["n_beats"].to_pylist())
    assert (tmp_path / "m.rejected.csv").exists()


def test_doubled_names_are_told(folder, tmp_path):
    result = _measure(folder / "ecg000.npz", folder / "ecg000.npz", "--out", tmp_path / "m.csv", "--workers", 1)
    assert "record ids that stand more than once: 1; source_path tells those ECGs apart" in result.stdout


def test_one_ecg_is_a_card_of_numbers_with_units(folder):
    result = _measure(folder / "ecg000.npz")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0] == "ecg000"
    assert "ventricular rate 86/min" in lines
    assert "Intervals" in lines
    assert max(map(len, result.output.splitlines())) <= 100


def test_one_ecg_of_a_folder_is_named_by_record(folder):
    assert _measure(folder, "--record", "ecg002").output.startswith("ecg002\n")
    with pytest.raises(UnknownNameError, match="did you mean 'ecg002'"):
        _measure(folder, "--record", "ecg02")


def test_one_ecg_is_json(folder):
    result = _measure(folder / "ecg000.npz", "--json")
    assert json.loads(result.stdout)["measurements"]["rr_ms"]["value"] == pytest.approx(700, abs=2)


def test_one_ecg_is_drawn(folder, tmp_path):
    result = _measure(folder / "ecg000.npz", "--png", tmp_path / "a.png", "--svg", tmp_path / "a.svg")
    assert f"drawn into {tmp_path / 'a.png'}" in result.stderr
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "representative beat" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_many_ecgs_without_a_table_are_refused_with_both_ways_out(folder):
    with pytest.raises(SpecificationError, match=r"ecgs holds 3 ECGs: .* --out measurements\.parquet, .* --record "):
        _measure(folder)
    with pytest.raises(SpecificationError, match="these paths hold 2 ECGs"):
        _measure(folder / "ecg000.npz", folder / "ecg002.npz")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "m.parquet", "--json"], "--json shows one ECG, --out writes a table"),
        (["--out", "m.parquet", "--svg", "a.svg"], "--svg shows one ECG"),
        (["--beats", "b.parquet"], "--beats stands beside a table"),
        (["--out", "m.xlsx"], r"\.parquet or \.csv, got 'm\.xlsx'"),
        (["--png", "a.jpg"], r"--png draws into a file that ends in \.png"),
    ],
)
def test_options_that_contradict_each_other_are_refused_before_anything_is_read(words, message):
    with pytest.raises(SpecificationError, match=message):
        _measure("/no/such/folder", *words)


def test_missing_and_empty_folders_are_named(tmp_path):
    for folder in (tmp_path / "nothing", tmp_path):
        with pytest.raises(UnreadableFileError, match=folder.name):
            _measure(folder, "--out", tmp_path / "m.parquet")


def test_a_table_that_cannot_be_written_is_the_user_s_mistake(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        _measure(folder, "--out", tmp_path / "file" / "m.parquet", "--workers", 1)


def test_columns_prints_the_page_of_the_documentation():
    assert _measure("--columns").output.startswith("# Measurements\n")


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(tmp_path):
    write_ecgs(tmp_path / "ecgs", 80, duration_s=10.0)
    words = ["measure", tmp_path / "ecgs", "--out", tmp_path / "m.parquet", "--workers", "2"]
    code = "from einthoven.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("m.parquet*.tmp")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped by SIGINT" in said
    assert [path.name for path in tmp_path.iterdir()] == ["ecgs"]
