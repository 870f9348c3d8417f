"""``convert`` turns files of one format into files of another, and says what didn't come along."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.ecg.formats import locate, read
from einthoven.ecg.formats.writing import write
from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from fakes.array_files import write_array
from fakes.kardia_files import atc_file
from fakes.wfdb_files import STANDARD, write_wfdb
from fakes.written_records import full_record

DIGITAL = np.random.default_rng(1).integers(-2000, 2000, (12, 600))


def convert(*words):
    return CliRunner().invoke(app, ["convert", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def recording(tmp_path):
    """Return an ATC file of 12 leads."""
    path = tmp_path / "in" / "rec.atc"
    path.parent.mkdir()
    path.write_bytes(atc_file(DIGITAL, STANDARD))
    return path


@pytest.fixture
def archive(tmp_path):
    """Return a folder of three ECGs in two folders, a damaged one, and a text."""
    for name in ("a/1", "a/2", "b/1"):
        path = tmp_path / "archive" / f"{name}.atc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(atc_file(DIGITAL, STANDARD))
    (tmp_path / "archive/b/2.atc").write_bytes(atc_file(DIGITAL, STANDARD)[:900])
    (tmp_path / "archive/b/readme.txt").write_text("no ECG")
    return tmp_path / "archive"


def test_a_file_becomes_what_the_suffix_of_the_output_says(tmp_path, recording):
    """Samples that are whole microvolts stay what they are."""
    result = convert(recording, tmp_path / "out/rec.hea")
    assert result.exit_code == 0
    assert f"written: {tmp_path / 'out/rec.hea'}, {tmp_path / 'out/rec.dat'}" in result.output
    np.testing.assert_array_equal(read(tmp_path / "out/rec.hea").signal, read(recording).signal)


def test_what_the_output_has_no_place_for_is_told(tmp_path):
    """NPZ holds all of a record, WFDB some, CSV the signal."""
    write(full_record(), tmp_path / "full.npz")
    wfdb = convert(tmp_path / "full.npz", tmp_path / "full.hea").output
    for words in ("patient's number", "device", "measurements (heart_rate_bpm, pr_ms", "rounded by at most 0.1 uV"):
        assert f"not in the output: {words}" in wfdb or words in wfdb
    assert "statements" not in wfdb
    assert "not in the output: sex" in convert(tmp_path / "full.npz", tmp_path / "full.csv").output
    assert "not in the output" not in convert(tmp_path / "full.npz", tmp_path / "copy.npz").output


def test_notes_of_the_reader_and_leads_that_were_computed_are_told(tmp_path):
    """Eight stored leads give twelve; a foreign one is left out."""
    kept = [0, 1, *range(6, 12)]
    names = [STANDARD[row] for row in kept]
    header = write_wfdb(tmp_path, digital=DIGITAL[[*kept, 2]], leads=[*names, "vx"])
    output = convert(header, tmp_path / "out.npz").output
    assert "leads computed, not recorded: III, aVR, aVL, aVF" in output
    assert "note: left out, not among the 12 standard leads: vx" in output


def test_a_folder_becomes_a_folder_of_the_same_tree_and_failures_are_listed(tmp_path, archive):
    """One bad file doesn't stop the others, and the exit status tells of it."""
    result = convert(archive, tmp_path / "out", "--to", "npz")
    assert result.exit_code == 2
    assert sorted(str(file.relative_to(tmp_path / "out")) for file in tmp_path.glob("out/*/*")) == [
        "a/1.npz",
        "a/2.npz",
        "b/1.npz",
    ]
    assert f"3 ECGs written to {tmp_path / 'out'}" in result.output
    assert "1 file is no ECG of a known format" in result.stderr
    assert "1 of 4 could not be converted" in result.stderr
    assert f"{archive / 'b/2.atc'} is truncated or damaged" in result.stderr
    np.testing.assert_array_equal(read(tmp_path / "out/b/1.npz").signal, read(archive / "b/1.atc").signal)


def test_a_folder_without_failures_ends_well(tmp_path, archive):
    """Exit status 0, and the progress is on the error stream."""
    (archive / "b/2.atc").unlink()
    result = convert(archive, tmp_path / "out", "--to", "wfdb")
    assert result.exit_code == 0
    assert "could not be converted" not in result.stderr
    assert len(locate(tmp_path / "out")) == 3


def test_an_existing_output_is_kept_unless_told_otherwise(tmp_path, recording):
    """The second run changes nothing."""
    output = tmp_path / "rec.npz"
    output.write_bytes(b"precious")
    with pytest.raises(SpecificationError, match=r"rec\.npz exists already: .*--overwrite"):
        convert(recording, output)
    assert output.read_bytes() == b"precious"
    assert convert(recording, output, "--overwrite").exit_code == 0
    assert read(output).leads == STANDARD


def test_a_second_run_over_a_folder_lists_what_exists(tmp_path, archive):
    """Nothing is replaced, each file is named."""
    convert(archive, tmp_path / "out", "--to", "npz")
    result = convert(archive, tmp_path / "out", "--to", "npz")
    assert result.exit_code == 2
    assert "4 of 4 could not be converted" in result.stderr
    assert f"{tmp_path / 'out/a/1.npz'} exists already" in result.stderr
    assert "1 of 4" in convert(archive, tmp_path / "out", "--to", "npz", "--overwrite").stderr


def test_the_input_is_never_replaced(tmp_path):
    """Not even with --overwrite, and not as the second file of a pair."""
    header = write_wfdb(tmp_path)
    before = header.read_bytes(), (tmp_path / "rec.dat").read_bytes()
    for output in (header, tmp_path / "rec.hea", tmp_path / "x" / ".." / "rec.hea"):
        with pytest.raises(SpecificationError, match="is an input"):
            convert(header, output, "--overwrite")
    with pytest.raises(SpecificationError, match="is an input"):
        convert(tmp_path / "rec", tmp_path, "--to", "wfdb", "--overwrite")
    other = tmp_path / "other.hea"
    other.write_text(header.read_text())  # a header may name a file that is not called like itself
    with pytest.raises(SpecificationError, match=r"rec\.dat is an input"):
        convert(other, tmp_path / "rec.hea", "--overwrite")
    result = convert(tmp_path, tmp_path, "--to", "wfdb", "--overwrite")
    assert result.exit_code == 2
    assert (header.read_bytes(), (tmp_path / "rec.dat").read_bytes()) == before


def test_two_inputs_never_share_an_output(tmp_path):
    """WFDB allows few letters in a name, so two names may become one."""
    for name in ("a b", "a_b"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.atc").write_bytes(atc_file(DIGITAL, STANDARD))
    result = convert(tmp_path / "in", tmp_path / "out", "--to", "wfdb", "--overwrite")
    assert result.exit_code == 2
    assert "1 of 2 could not be converted" in result.stderr


def test_an_output_that_can_not_be_written_stops_no_other_unless_the_disk_is_full(tmp_path, archive, monkeypatch):
    """A folder in the place of a file is one failure; a full disk is the end."""
    (tmp_path / "out/a/1.npz").mkdir(parents=True)
    result = convert(archive, tmp_path / "out", "--to", "npz", "--overwrite")
    assert result.exit_code == 2
    assert "2 of 4 could not be converted" in result.stderr
    assert (tmp_path / "out/b/1.npz").is_file()

    def full(_path, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        convert(archive, tmp_path / "out", "--to", "npz", "--overwrite")


def test_rows_of_a_declared_array_become_files(tmp_path):
    """A table of signals is opened up."""
    write_array(tmp_path / "many.npy", np.zeros((3, 50, 2), np.float32))
    layout = tmp_path / "many.toml"
    layout.write_text('axes = "record,sample,lead"\nrate_hz = 100\nunit = "mV"\nleads = ["I", "II"]\n')
    assert convert(tmp_path / "many.npy", tmp_path / "out", "--to", "csv", "--layout", layout).exit_code == 0
    assert sorted(file.name for file in (tmp_path / "out").glob("*.csv")) == ["many_0.csv", "many_1.csv", "many_2.csv"]
    table, declared = tmp_path / "out/many_1.csv", tmp_path / "out/many_1.layout.toml"
    assert CliRunner().invoke(app, ["inspect", str(table), "--layout", str(declared)]).exit_code == 0


def test_a_declared_unit_does_not_overrule_the_file(tmp_path, recording):
    """The note of it is printed."""
    result = convert(recording, tmp_path / "rec.npz", "--unit", "uV")
    assert "note: unit uV declared but not needed, the file says nV" in result.output
    np.testing.assert_array_equal(read(tmp_path / "rec.npz").signal, read(recording).signal)


def test_contradictions_are_refused_before_anything_is_written(tmp_path, recording, archive):
    """Missing input, unknown or missing format, a file where a folder must be."""
    cases = [
        ((tmp_path / "nothing.dcm", tmp_path / "x.npz"), UnreadableFileError, "does not exist"),
        ((recording, tmp_path / "x.xyz"), SpecificationError, "no format is written as 'x.xyz'"),
        ((recording, tmp_path / "x.xml"), SpecificationError, "MUSE XML or HL7 aECG"),
        ((recording, tmp_path / "x"), SpecificationError, "say the format of the files in it"),
        ((archive, tmp_path / "x"), SpecificationError, "say the format of the files in it"),
        ((archive, recording, "--to", "npz"), SpecificationError, "is a file: name a folder"),
        ((archive, archive / "out", "--to", "npz"), SpecificationError, "lies in the input folder"),
        ((recording, tmp_path / "x.npz", "--to", "nzp"), UnknownNameError, "did you mean 'npz'"),
        ((recording, tmp_path / "x.npz", "--to", "csv"), SpecificationError, "name of a npz file, --to says csv"),
        ((archive / "b/2.atc", tmp_path / "x.npz"), UnreadableFileError, "truncated"),
    ]
    for words, error, message in cases:
        with pytest.raises(error, match=message):
            convert(*words)
    assert not list(tmp_path.glob("x*"))


def test_a_mistake_is_one_line_and_exit_2(tmp_path):
    """As everywhere on the command line."""
    command = [sys.executable, "-c", "from einthoven.cli.main import main; main()", "convert", "nothing.dcm", "x.npz"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path)
    assert result.returncode == 2
    assert "nothing.dcm does not exist" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_may_not_be_read_is_a_failure(tmp_path, archive):
    """A broken link among good files: they are converted, the status tells."""
    (archive / "b/2.atc").unlink()
    (archive / "gone.dcm").symlink_to(tmp_path / "nowhere")
    result = convert(archive, tmp_path / "out", "--to", "npz")
    assert result.exit_code == 2
    assert "3 ECGs written" in result.output
    assert "gone.dcm can't be read (No such file or directory)" in result.stderr
