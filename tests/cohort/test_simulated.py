"""A simulated hospital is known by its marker, wherever a study reads from it, and the cohort doesn't lose that."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pydantic
import pytest

from einthoven.cohort.build import build_cohort
from einthoven.cohort.cohort import Cohort
from einthoven.cohort.settings import CohortSettings
from einthoven.cohort.simulated import DEVICE, MARKER, notice_of, simulation_of
from einthoven.cohort.sources.hospital import Hospital
from einthoven.cohort.split import SplitSettings
from fakes.hospital_export import mark_as_simulated, write_hospital_export


def hospital(folder: Path, settings, **changes) -> Hospital:
    return pydantic.TypeAdapter(Hospital).validate_python({"path": str(folder)} | settings | changes)


def test_the_marker_holds_for_everything_below_its_folder(tmp_path):
    """Above it, or beside it, data is real."""
    (tmp_path / "A" / "ecgs" / "00").mkdir(parents=True)
    (tmp_path / "B").mkdir()
    mark_as_simulated(tmp_path / "A", hospital="A", seed=7)
    for folder in ("A", "A/ecgs", "A/ecgs/00", "A/none"):
        assert simulation_of([tmp_path / folder]) == "hospital A, seed 7, parameters 000000000000"
    assert simulation_of([tmp_path, tmp_path / "B"]) == ""
    assert simulation_of([tmp_path / "B", tmp_path / "A"])


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "unknown settings"), ('{"type": "other"}', ""), ("[]", ""), ("\x00\xff", "unknown settings")],
)
def test_a_damaged_marker_still_marks_and_a_stranger_of_its_name_does_not(tmp_path, content, told):
    """Doubt counts as simulated."""
    (tmp_path / MARKER).write_bytes(content.encode("latin-1"))
    assert simulation_of([tmp_path]) == told


def test_the_notice_names_the_simulated_site_among_real_ones():
    """Alone it needs no name; without simulation there is nothing to say."""
    assert notice_of((), ["A"]) == ""
    assert notice_of(["A", "B"], ["B", "A"]).startswith("Simulated data: whatever this study finds")
    mixed = notice_of(["C", "A"], ["A", "clinic", "C", "town"])
    assert mixed.startswith("Simulated data: A and C are simulated, clinic and town are not. Whatever")
    assert all(notice.endswith("it is no evidence about patients.") for notice in (mixed, notice_of("A", "A")))


def test_a_hospital_sees_the_marker_beside_its_tables_and_beside_its_ecgs(tmp_path):
    """Tables that were copied away still point to simulated ECGs, and the other way round."""
    truth = write_hospital_export(tmp_path / "export", n_patients=6)
    assert hospital(tmp_path / "export", truth.settings).load().simulated == ""
    mark_as_simulated(tmp_path / "export")
    assert hospital(tmp_path / "export", truth.settings).load().simulated
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for table in (tmp_path / "export").glob("*.csv"):
        table.rename(elsewhere / table.name)
    assert hospital(elsewhere, truth.settings, ecg_folder=str(tmp_path / "export")).load().simulated
    settings = truth.settings | {"ecgs": truth.settings["ecgs"] | {"file": "../elsewhere/ecgs.csv"}}
    (tmp_path / "export" / MARKER).rename(elsewhere / MARKER)
    (tmp_path / "third").mkdir()
    tables = {kind: settings[kind] for kind in ("ecgs",)} | {"ecg_folder": str(tmp_path / "export"), "format": "muse"}
    assert hospital(tmp_path / "third", tables | {"statement_separator": "|"}).load().simulated


def test_ecgs_alone_say_it_by_their_recorder(tmp_path):
    """Copied without marker and tables, the files still name the simulator."""
    write_hospital_export(tmp_path, n_patients=3, with_signals=True, device=DEVICE)
    settings = {"ecg_files": "ecg/*.xml", "workers": 1}
    assert hospital(tmp_path, settings).load().simulated == DEVICE


def test_the_cohort_says_so_and_its_file_too(tmp_path):
    """Which source, by which settings; the hash knows it, and that of real data stays as it was."""
    parts = {}
    for name in ("A", "clinic"):
        truth = write_hospital_export(tmp_path / name, n_patients=30)
        if name == "A":
            mark_as_simulated(tmp_path / name, hospital="A", seed=3)
        data = hospital(tmp_path / name, truth.settings, reports=None).load("", ("left_bundle_branch_block",))
        parts[name] = ("develop", data)
    settings = CohortSettings(outcomes={"lbbb": "y.left_bundle_branch_block == 1"}, split=SplitSettings())
    cohort = build_cohort(parts, None, settings=settings, seed=1).cohort
    assert cohort.simulated == {"A": "hospital A, seed 3, parameters 000000000000"}
    assert cohort.notice.startswith("Simulated data: A is simulated, clinic is not.")
    cohort.write(tmp_path / "cohort.parquet")
    again = Cohort.read(tmp_path / "cohort.parquet")
    assert (again.simulated, again.hash) == (cohort.simulated, cohort.hash)
    assert Cohort(cohort.table).hash != cohort.hash
    assert Cohort(cohort.table).notice == ""


def test_a_cohort_of_an_older_version_is_real(tmp_path):
    """Its file has no word on the matter."""
    cohort = Cohort.from_frame(pl.DataFrame({"record_id": ["a"], "patient_id": ["p"], "split": ["train"]}))
    cohort.write(tmp_path / "cohort.parquet")
    assert b"einthoven.simulated" not in pq.read_schema(tmp_path / "cohort.parquet").metadata
    again = Cohort.read(tmp_path / "cohort.parquet")
    assert (again.simulated, again.notice) == ({}, "")
