"""``deidentify`` hides patients, keeps its key safe, and says what it could not write."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.ecg.formats import locate, read
from einthoven.errors import PrivacyError, SpecificationError, UnreadableFileError
from fakes.array_files import write_array
from fakes.wfdb_files import fake_digital, write_wfdb


def deidentify(*words: object):
    """Run the verb; errors are raised as they are."""
    return CliRunner().invoke(app, ["deidentify", *map(str, words)], catch_exceptions=False)


def _archive(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number, day in ((1, "18/05/2020"), (2, "28/05/2020")):
        comments = ["Patient name: Doe, Jane", "Age: 61", "Sex: F"]
        write_wfdb(
            folder, f"doe_{number}", digital=fake_digital(seed=number), start=f"15:48:11 {day}", comments=comments
        )
    return folder


def test_a_folder_comes_out_under_pseudonyms_with_a_key_and_a_table(tmp_path):
    source, target = _archive(tmp_path), tmp_path / "out"
    result = deidentify(source, target, "--map", tmp_path / "salt.key", "--linkage", tmp_path / "linkage.csv")
    assert "2 ECGs of 2 patients written" in result.output
    assert "none found" in result.output
    assert (tmp_path / "salt.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "linkage.csv").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "linkage.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["record_id"] for row in rows] == ["doe_1", "doe_2"]
    assert {row["new_record_id"] for row in rows} == {location.record_id for location in locate(target)}
    assert all("doe" not in file.read_text(errors="replace").lower() for file in target.iterdir())
    assert {read(location).age_years for location in locate(target)} == {61.0}


def test_the_same_key_gives_the_same_names_again(tmp_path):
    source = _archive(tmp_path)
    for target in ("one", "two"):
        deidentify(source, tmp_path / target, "--map", tmp_path / "salt.key", "--keep", "")
    names = [sorted(file.name for file in (tmp_path / target).iterdir()) for target in ("one", "two")]
    assert names[0] == names[1]
    deidentify(source, tmp_path / "three", "--map", tmp_path / "other.key")
    assert names[0] != sorted(file.name for file in (tmp_path / "three").iterdir())


def test_one_file_goes_where_it_is_told_in_the_format_of_its_suffix(tmp_path):
    source = _archive(tmp_path)
    deidentify(source / "doe_1.hea", tmp_path / "a.npz", "--map", tmp_path / "salt.key")
    assert (tmp_path / "a.npz").exists()


def test_what_can_not_be_done_is_said(tmp_path):
    source, key = _archive(tmp_path), tmp_path / "salt.key"
    with pytest.raises(SpecificationError, match="did you mean 'sex'"):
        deidentify(source, tmp_path / "out", "--map", key, "--keep", "age,sexx")
    with pytest.raises(SpecificationError, match="lies in the input folder"):
        deidentify(source, source / "out", "--map", key)
    with pytest.raises(UnreadableFileError, match="does not exist"):
        deidentify(tmp_path / "none", tmp_path / "out", "--map", key)
    bad = tmp_path / "bad.key"
    for content in ("not hexadecimal", " \n", "ab" * 15, "é"):
        bad.write_text(content)
        with pytest.raises(SpecificationError, match=r"bad\.key is no key"):
            deidentify(source, tmp_path / "out", "--map", bad)
    with pytest.raises(PrivacyError, match="mind the name of the output"):
        deidentify(source / "doe_1.hea", tmp_path / "doe_1.npz", "--map", key)
    array = write_array(tmp_path / "plain.npy", fake_digital(12).T)
    layout = tmp_path / "layout.toml"
    layout.write_text(
        'axes = "sample,lead"\nrate_hz = 500\nunit = "uV"\nleads = "I,II,III,aVR,aVL,aVF,V1,V2,V3,V4,V5,V6"\n'
    )
    with pytest.raises(SpecificationError, match="array files can't be written; say into which format"):
        deidentify(array, tmp_path / "outdir", "--map", key, "--layout", layout)


def test_a_folder_with_bad_files_ends_with_their_reasons(tmp_path):
    source = _archive(tmp_path)
    (source / "doe_1.dat").write_bytes(b"12")
    with pytest.raises(UnreadableFileError, match="1 of 2 ECGs were not written"):
        deidentify(source, tmp_path / "out", "--map", tmp_path / "salt.key")
    assert len(locate(tmp_path / "out")) == 1


def test_key_and_table_are_not_handed_out_with_the_ecgs(tmp_path):
    source, target = _archive(tmp_path), tmp_path / "out"
    for words in (["--map", target / "salt.key"], ["--map", tmp_path / "salt.key", "--linkage", target / "a.csv"]):
        with pytest.raises(SpecificationError, match="would be handed out with the ECGs"):
            deidentify(source, target, *words)
    assert list(target.iterdir()) == []


def test_a_table_never_replaces_a_file(tmp_path):
    source, key = _archive(tmp_path), tmp_path / "salt.key"
    deidentify(source, tmp_path / "out", "--map", key)
    before = key.read_text()
    for existing in (key, source / "doe_1.hea"):
        with pytest.raises(SpecificationError, match="name a new file for the table"):
            deidentify(source, tmp_path / "again", "--map", key, "--linkage", existing)
    assert key.read_text() == before
    assert list((tmp_path / "again").iterdir()) == []


def test_a_stopped_run_leaves_the_links_of_what_it_wrote(tmp_path):
    source, linkage = _archive(tmp_path), tmp_path / "linkage.csv"
    (source / "doe_2.dat").write_bytes(b"12")
    with pytest.raises(UnreadableFileError):
        deidentify(source, tmp_path / "out", "--map", tmp_path / "salt.key", "--linkage", linkage)
    assert [line.split(",")[0] for line in linkage.read_text().splitlines()] == ["record_id", "doe_1"]


def test_a_key_that_others_may_read_is_told(tmp_path):
    source, key = _archive(tmp_path), tmp_path / "salt.key"
    assert "Other users may read" not in deidentify(source, tmp_path / "one", "--map", key).output
    key.chmod(0o644)
    assert "chmod 600" in deidentify(source, tmp_path / "two", "--map", key).output


def test_brackets_in_the_name_of_a_key_are_no_markup(tmp_path):
    key = tmp_path / "[red]salt.key"
    assert f"Keep {key} secret" in deidentify(_archive(tmp_path), tmp_path / "out", "--map", key).output
