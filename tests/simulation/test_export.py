"""A simulated export is read, paired and judged as a real one, and its truth fits what is in it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import einthoven
from einthoven.cli.main import app
from einthoven.cohort.cohort import Cohort
from einthoven.cohort.simulated import is_simulated_device, simulation_of
from einthoven.cohort.sources.hospital import Hospital
from einthoven.errors import SpecificationError
from einthoven.simulation.export_patient import device_of, export_patient
from einthoven.simulation.frozen import parameters_sha256
from einthoven.simulation.paper.layout import layout_of
from einthoven.simulation.people.simulate_person import simulate_person
from einthoven.simulation.recorded_ecg import record_ecg
from einthoven.simulation.settings import SimulationSettings, load_simulation, simulation_settings
from einthoven.simulation.simulate import simulate
from einthoven.study.settings import load_study

PATIENTS = 40
# many echoes and low ejection fractions, so that forty patients have some of each; the same people come to B, so that
# what calibrates the one does the other
PEOPLE = "preset = 'A'\necho_share = 0.9\nlvsd_prevalence = 0.4\naf_prevalence = 0.3\n"
TEXT = f"""
version = 1
seed = 5
patients = {PATIENTS}
[hospital.A]
{PEOPLE}
[hospital.B]
{PEOPLE}
site = "B"
device = "philips"
file_format = "dicom"
writers = [0.2, 0.3, 0.5]
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> SimulationSettings:
    """Return two hospitals of many ill people."""
    path = tmp_path_factory.mktemp("settings") / "simulation.toml"
    path.write_text(TEXT)
    return load_simulation(path)


@pytest.fixture(scope="module")
def export(settings: SimulationSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of both."""
    out = tmp_path_factory.mktemp("export") / "out"
    simulate(settings, out)
    return out


def tree_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def source_of(export: Path, name: str) -> Hospital:
    source = load_study(export / "study.toml").data[name].settings
    assert isinstance(source, Hospital)
    return source


@pytest.mark.parametrize("name", ["A", "B"])
def test_einthoven_reads_all_rows_of_an_export_by_the_mapping_that_comes_with_it(export: Path, name: str) -> None:
    data = source_of(export, name).load()
    truth = pl.read_parquet(export / "truth" / name / "ecgs.parquet")
    assert data.dropped.filter(~pl.col("reason").str.starts_with("note: ")).height == 0, data.dropped
    assert sorted(data.columns["record_id"]) == sorted(truth["record_id"])
    assert data.reports is not None
    assert data.reports.height == pl.read_parquet(export / "truth" / name / "echoes.parquet").height
    times = dict(zip(data.columns["record_id"], data.columns["ecg_time"], strict=True))
    assert all(times[row["record_id"]] == row["ecg_time"] for row in truth.iter_rows(named=True))


@pytest.mark.parametrize("name", ["A", "B"])
def test_reports_give_the_value_that_the_truth_says_they_state(export: Path, name: str) -> None:
    reports = source_of(export, name).load().reports
    assert reports is not None
    truth = pl.read_parquet(export / "truth" / name / "echoes.parquet")
    both = truth.join(reports.select("outcome_id", "lvef.low", "lvef.high"), on="outcome_id", how="left")
    stated = both.filter(pl.col("stated_low").is_not_null())
    recovered = (stated["stated_low"] == stated["lvef.low"]) & (stated["stated_high"] == stated["lvef.high"])
    assert stated.height > 15
    assert recovered.sum() >= 0.95 * stated.height  # of some dozens; a slip of the finger costs one


@pytest.mark.parametrize("name", ["A", "B"])
def test_each_file_holds_the_simulated_signal_its_patient_and_what_the_machine_said(
    export: Path, settings: SimulationSettings, name: str
) -> None:
    hospital = settings.hospitals[name]
    layout = layout_of(hospital.site, columns=hospital.columns)
    step_mv = device_of(hospital).microvolts_per_step / 1000
    for number in range(0, PATIENTS, 7):
        person = simulate_person(hospital, number, seed=settings.seed)
        made = export_patient(person, hospital, layout, seed=settings.seed, signals=True, record=record_ecg)
        for path, simulated in made.ecgs:
            read = einthoven.read(export / name / path)
            assert read.leads == simulated.leads
            assert read.sampling_rate_hz == simulated.sampling_rate_hz
            assert np.abs(read.signal - simulated.signal).max() <= 0.51 * step_mv
            assert read.patient_id == person.patient_id
            assert read.time == simulated.time
            assert read.statements == simulated.statements
            assert read.measurements["qrs_ms"] == simulated.measurements["qrs_ms"]
            assert is_simulated_device(read.device)


def test_the_marker_and_the_settings_say_how_to_make_it_again(export: Path, settings: SimulationSettings) -> None:
    marker = json.loads((export / "A" / "simulated.json").read_text())
    assert marker["type"] == "einthoven-simulated-hospital"
    assert (marker["version"], marker["hospital"], marker["seed"]) == (1, "A", 5)
    assert marker["parameters_sha256"] == parameters_sha256()
    assert simulation_of([export / "A" / "ecgs"])
    assert load_simulation(export / "simulation.toml") == settings


def test_no_pr_is_printed_without_conducted_p_waves(export: Path) -> None:
    truth = pl.read_parquet(export / "truth" / "B" / "ecgs.parquet")
    table = pl.read_csv(export / "B" / "ecgs.csv", infer_schema=False).join(
        truth.select("record_id", "rhythm", "conduction", "av_block", "true_pr_ms"), on="record_id"
    )
    fibrillating = table.filter(pl.col("rhythm") == "fibrillation")
    assert fibrillating.height > 0
    assert fibrillating["pr_ms"].is_null().all()
    assert table.filter(pl.col("true_pr_ms").is_not_null())["pr_ms"].is_not_null().all()


def test_tables_and_truth_are_the_same_without_signals(
    export: Path, settings: SimulationSettings, tmp_path: Path
) -> None:
    planned = simulation_settings(export / "simulation.toml") if settings.signals else settings
    planned = SimulationSettings(hospitals=planned.hospitals, seed=planned.seed, signals=False)
    simulate(planned, tmp_path / "plan", block_patients=7)
    for path in sorted((tmp_path / "plan").rglob("*.*")):
        if path.name != "simulation.toml":
            assert path.read_bytes() == (export / path.relative_to(tmp_path / "plan")).read_bytes(), path
    assert not (tmp_path / "plan" / "A" / "ecgs").exists()


@pytest.mark.slow
def test_two_processes_and_other_blocks_write_the_same_bytes(
    export: Path, settings: SimulationSettings, tmp_path: Path
) -> None:
    simulate(settings, tmp_path / "again", workers=2, block_patients=9)
    assert tree_sha256(tmp_path / "again") == tree_sha256(export)


def test_another_seed_gives_other_patients(export: Path, settings: SimulationSettings, tmp_path: Path) -> None:
    other = SimulationSettings(hospitals=settings.hospitals, seed=6, signals=False)
    simulate(other, tmp_path / "other")
    assert (tmp_path / "other" / "A" / "patients.csv").read_bytes() != (export / "A" / "patients.csv").read_bytes()


def test_ids_are_unique_and_begin_with_zeros_behind_the_site(export: Path) -> None:
    for name in ("A", "B"):
        truth = export / "truth" / name
        for table, column in (("persons", "patient_id"), ("ecgs", "record_id"), ("echoes", "outcome_id")):
            assert pl.read_parquet(truth / f"{table}.parquet")[column].is_unique().all()
        assert pl.read_parquet(truth / "persons.parquet")["patient_id"].str.contains("^[A-Z]?0").all()


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(settings: SimulationSettings, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(SpecificationError, match="is not empty: name a new folder"):
        simulate(settings, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupted_export_has_no_marker(settings: SimulationSettings, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done < total:
            raise KeyboardInterrupt

    planned = SimulationSettings(hospitals=settings.hospitals, seed=5, signals=False)
    with pytest.raises(KeyboardInterrupt):
        simulate(planned, tmp_path / "out", block_patients=9, progress=lambda _: interrupt)
    assert not list((tmp_path / "out").rglob("simulated.json"))


def test_progress_is_told_of_patients_of_each_hospital(settings: SimulationSettings, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    planned = SimulationSettings(hospitals=settings.hospitals, seed=5, signals=False)
    simulate(
        planned,
        tmp_path / "out",
        block_patients=20,
        progress=lambda name: lambda done, total: told.append((name, done, total)),
    )
    assert told == [("A", 20, 40), ("A", 40, 40), ("B", 20, 40), ("B", 40, 40)]


def test_einthoven_cohort_pairs_the_export_with_the_study_file_that_comes_with_it(export: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["cohort", str(export / "study.toml"), "--out", str(tmp_path / "cohort"), "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0
    cohort = pl.read_parquet(tmp_path / "cohort" / "cohort.parquet")
    paired = cohort.filter(pl.col("y.lvsd").is_not_null())
    assert set(paired["source"]) == {"A", "B"}
    assert paired["patient_id"].n_unique() > 0.5 * 2 * PATIENTS
    assert 0 < paired["y.lvsd"].mean() < 1  # type: ignore[operator]
    assert set(Cohort.read(tmp_path / "cohort" / "cohort.parquet").simulated) == {"A", "B"}


@pytest.mark.parametrize("file_format", ["scp", "wfdb", "csv", "aecg", "fhir", "npz"])
def test_files_of_each_other_format_are_read_by_the_study_file_too(
    settings: SimulationSettings, tmp_path: Path, file_format: str
) -> None:
    hospital = dataclasses.replace(settings.hospitals["A"], patients=2, file_format=file_format)
    simulate(SimulationSettings(hospitals={"A": hospital}, seed=5), tmp_path / "out")
    data = source_of(tmp_path / "out", "A").load()
    layout = layout_of("A", columns={})
    made = [
        export_patient(
            simulate_person(hospital, number, seed=5), hospital, layout, seed=5, signals=True, record=record_ecg
        )
        for number in range(2)
    ]
    simulated = {record.record_id: record for one in made for _, record in one.ecgs}
    assert sorted(simulated) == sorted(data.columns["record_id"])
    for record_id, location in zip(data.columns["record_id"], data.locations, strict=True):
        read = einthoven.read(location)
        step_mv = device_of(hospital).microvolts_per_step / 1000
        assert np.abs(read.signal - simulated[record_id].signal).max() <= 0.51 * step_mv
