"""Settings of simulated hospitals: presets, tables, refusals."""

from __future__ import annotations

from datetime import date

import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.simulation.hospitals import HOSPITALS, HospitalSettings, hospital_from_table, preset


@pytest.mark.parametrize("name", HOSPITALS)
def test_every_preset_can_be_read(name):
    """Each name of the table stands for a hospital."""
    assert isinstance(preset(name), HospitalSettings)


def test_a_control_is_hospital_a_but_for_one_flag():
    """Whatever a control shows otherwise than A is due to what it takes away."""
    for name in ("no_traits", "no_memory", "independent", "shuffled"):
        assert preset(name) == hospital_from_table({"preset": "A", "control": name})


def test_b_differs_from_a_in_prevalence_device_and_age():
    """An external validation meets another hospital."""
    a, b = preset("A"), preset("B")
    assert a.lvsd_prevalence != b.lvsd_prevalence
    assert a.af_prevalence != b.af_prevalence
    assert a.age_mean != b.age_mean
    assert a.device != b.device
    assert a.file_format != b.file_format


def test_a_table_overrides_its_preset():
    """A settings file says only what differs."""
    hospital = hospital_from_table({"preset": "B", "patients": 800, "writers": [1.0, 0.0, 0.0]})
    assert (hospital.patients, hospital.writers, hospital.site) == (800, (1.0, 0.0, 0.0), "B")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"lvsd_prevelance": 0.1}, "lvsd_prevalence"),
        ({"preset": "no_memmory"}, "no_memory"),
        ({"control": "shufled"}, "shuffled"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(table, words):
    """The message says which name was meant."""
    with pytest.raises(UnknownNameError, match=words):
        hospital_from_table(table)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"patients": 0}, "patients must be 1 or more"),
        ({"patients": 1.5}, "patients"),
        ({"patients": True}, "patients"),
        ({"lvsd_prevalence": 0.0}, "lvsd_prevalence must lie between 0 and 1"),
        ({"af_prevalence": 1.0}, "af_prevalence must lie between 0 and 1"),
        ({"lbbb_prevalence": -0.1}, "lbbb_prevalence must lie between 0 and 1"),
        ({"echo_share": 1.2}, "echo_share must lie between 0 and 1"),
        ({"echo_share": "many"}, "echo_share"),
        ({"echo_share": float("nan")}, "echo_share"),
        ({"age_min": 70.0, "age_max": 60.0}, "age_min < age_max"),
        ({"age_mean": 17.0}, "age_mean must lie between"),
        ({"age_min": 2.0}, "18 <= age_min"),
        ({"age_sd": 0.0}, "age_sd above 0"),
        ({"start": date(2020, 1, 1), "end": date(2019, 1, 1)}, "end must be"),
        ({"start": 2020}, "start"),
        ({"return_factor": -1.0}, "return_factor must be above 0"),
        ({"echo_wait_days": 0.0}, "echo_wait_days must be above 0"),
        ({"writers": [0.5, 0.5]}, "writers must be three shares"),
        ({"echo_methods": [0.5, 0.4, 0.3]}, "echo_methods must be three shares"),
        ({"writers": 1}, "writers"),
        ({"site": "A/../B"}, "site must be letters and digits"),
        ({"site": ""}, "site must be letters and digits"),
    ],
)
def test_settings_that_contradict_themselves_are_refused_with_a_sentence(table, words):
    """The message names the key and what is accepted."""
    with pytest.raises(SpecificationError, match=words):
        hospital_from_table(table)
