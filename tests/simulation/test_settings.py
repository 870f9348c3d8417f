"""Settings of a simulation are read, completed and refused with what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.simulation.hospitals import preset
from einthoven.simulation.settings import SimulationSettings, load_simulation, simulation_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "simulation.toml"
    path.write_text(f"version = 1\n{text}", encoding="utf-8")
    return path


def test_without_a_word_there_are_hospitals_a_and_b() -> None:
    settings = simulation_settings()
    assert dict(settings.hospitals) == {"A": preset("A"), "B": preset("B")}
    assert (settings.seed, settings.signals) == (0, True)


def test_the_number_of_patients_counts_for_each_hospital() -> None:
    settings = simulation_settings(patients=30, sites=["A", "B", "no_traits"])
    assert [hospital.patients for hospital in settings.hospitals.values()] == [30, 30, 30]
    assert settings.patients == 90


def test_a_section_changes_a_preset_and_words_for_all_fill_what_it_leaves_open(tmp_path: Path) -> None:
    text = (
        'seed = 3\npatients = 20\nsites = ["A", "C"]\n[hospital.A]\naf_prevalence = 0.2\n[hospital.C]\npatients = 5\n'
    )
    settings = load_simulation(written(tmp_path, text))
    assert settings.seed == 3
    assert settings.hospitals["A"].af_prevalence == 0.2
    assert settings.hospitals["A"].age_mean == preset("A").age_mean
    assert (settings.hospitals["A"].patients, settings.hospitals["C"].patients) == (20, 5)


def test_a_hospital_of_ones_own_has_patients_of_its_own(tmp_path: Path) -> None:
    text = '[hospital.A]\n[hospital.North]\npreset = "A"\n'
    settings = load_simulation(written(tmp_path, text))
    assert [hospital.site for hospital in settings.hospitals.values()] == ["A", "North"]


def test_a_negative_control_has_the_patients_of_its_hospital() -> None:
    settings = simulation_settings(sites=["A", "no_traits"])
    assert settings.hospitals["no_traits"].site == "A"
    assert settings.hospitals["no_traits"].control == "no_traits"


def test_resolved_settings_read_back_as_themselves(tmp_path: Path) -> None:
    text = (
        "seed = 3\nsignals = false\n[hospital.A]\nstart = 2015-02-01\nwriters = [1, 0, 0]\n"
        '[hospital.A.columns]\n"ecgs.record_id" = "번호"\n[hospital.other]\n'
    )
    settings = load_simulation(written(tmp_path, text))
    assert settings.hospitals["A"].start == date(2015, 2, 1)
    (tmp_path / "again.toml").write_text(settings.to_toml(), encoding="utf-8")
    assert load_simulation(tmp_path / "again.toml") == settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patients = 0", "patients must be 1 or more, got 0"),
        ("pateints = 5", "did you mean 'patients'"),
        ("[hospital.A]\naf_prevalence = 0.0", r"af_prevalence must lie between 0 and 1, both excluded, got 0.0"),
        ("[hospital.A]\nlvsd_prevalence = 1.0", "lvsd_prevalence must lie between 0 and 1"),
        ("[hospital.A]\naf_prevalance = 0.1", "did you mean 'af_prevalence'"),
        ('[hospital.A]\nfile_format = "mus"', "did you mean 'muse'"),
        ('[hospital.A]\ndevice = "phillips"', "did you mean 'philips'"),
        ('[hospital.A.columns]\n"ecgs.recordid" = "x"', "did you mean 'ecgs.record_id'"),
        ('sites = ["A", "A"]', "twice; name each hospital once"),
        ('sites = ["D"]', r"describe your own in a settings file, in a section \[hospital.D\]"),
        ('sites = ["A"]\n[hospital.B]', "describes a hospital that sites don't name; add it to sites"),
        ("sites = []", "must name one hospital or more"),
        ("seed = -1", "seed must be a whole number from 0, got -1"),
        ("seed = true", "seed must be a whole number, got True"),
        ('signals = "no"', "signals must be true or false"),
        ('[hospital."a/b"]\nsite = "A"', "sites become folders"),
        ("[hospital.truth]", "sites become folders"),
        ("hospital = 3", "hospital must be sections"),
        ('[hospital.A]\npreset = "Z"', "hospitals have no preset 'Z'"),
        ("[hospital.A]\nage_mean = 'old'", "hospital.A"),
    ],
)
def test_what_cant_be_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SpecificationError, match=message) as raised:
        load_simulation(path)
    assert str(path) in str(raised.value)


def test_a_file_that_is_missing_broken_or_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecificationError, match="there is no settings file"):
        load_simulation(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("version = ")
    with pytest.raises(SpecificationError, match="no valid TOML"):
        load_simulation(tmp_path / "broken.toml")
    (tmp_path / "newer.toml").write_text("version = 2")
    with pytest.raises(SpecificationError, match="version must be 1, got 2"):
        load_simulation(tmp_path / "newer.toml")


def test_a_flag_that_contradicts_the_file_is_refused_and_one_that_agrees_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, 'seed = 7\npatients = 20\n[hospital.A]\nfile_format = "scp"\n')
    assert simulation_settings(path, seed=7, patients=20).seed == 7
    with pytest.raises(SpecificationError, match="says 7, the command line 8; take one of them away"):
        simulation_settings(path, seed=8)
    with pytest.raises(SpecificationError, match=r"hospital\.A\.file_format is 'scp', the command line says 'wfdb'"):
        simulation_settings(path, file_format="wfdb")


def test_a_format_for_all_replaces_those_of_the_presets() -> None:
    settings = simulation_settings(file_format="wfdb")
    assert {hospital.file_format for hospital in settings.hospitals.values()} == {"wfdb"}
    with pytest.raises(UnknownNameError, match="no format that can be written"):
        simulation_settings(file_format="edf")


def test_settings_in_python_are_checked_too() -> None:
    with pytest.raises(SpecificationError, match="one hospital or more"):
        SimulationSettings(hospitals={})
