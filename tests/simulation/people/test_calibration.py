"""Intercepts that give a hospital its prevalences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.hospitals import HOSPITALS, HospitalSettings, preset
from einthoven.simulation.people import parameters as module
from einthoven.simulation.people.calibration import as_calibrated, calibrated_dials, dials_of
from einthoven.simulation.people.dials import AF, CALIBRATED, ECHO, LBBB, LVSD
from einthoven.simulation.people.intercepts import fingerprint, intercepts_text, known_shifts
from einthoven.simulation.people.pilot import draw_pilot


@pytest.fixture
def _small_pilot(monkeypatch):
    """Draw some hundred patients instead of thousands: fast, and as exact on itself."""
    monkeypatch.setitem(module.parameters("calibration"), "people", 600)
    calibrated_dials.cache_clear()
    yield
    calibrated_dials.cache_clear()


@pytest.mark.usefixtures("_small_pilot")
def test_the_pilot_has_the_prevalences_that_were_asked_for():
    """Under the intercepts that were found."""
    hospital = HospitalSettings(lvsd_prevalence=0.15, af_prevalence=0.2, lbbb_prevalence=0.04, echo_share=0.6)
    shifts = calibrated_dials(hospital).shifts
    pilot = draw_pilot(hospital)
    weights = pilot.weights(np.array([shifts[section] for section in CALIBRATED]))
    assert pilot.lvsd_at_pairs(weights, shifts[ECHO]) == pytest.approx(0.15, abs=1e-3)
    assert pilot.echo_share(weights, shifts[ECHO]) == pytest.approx(0.6, abs=1e-3)
    for section, prevalence in ((AF, 0.2), (LBBB, 0.04)):
        assert pilot.shown(section, np.array([shifts[one] for one in CALIBRATED])) == pytest.approx(
            prevalence, abs=1e-3
        )
    assert (weights * pilot.fibrillation).sum() == pytest.approx(0.2, rel=0.3)
    assert (weights * pilot.block).sum() == pytest.approx(0.04, rel=0.5)


@pytest.mark.usefixtures("_small_pilot")
def test_a_prevalence_that_is_not_set_leaves_its_intercept_alone():
    """As the literature gives it."""
    shifts = calibrated_dials(HospitalSettings(lvsd_prevalence=0.1)).shifts
    assert (shifts[AF], shifts[LBBB]) == (0.0, 0.0)
    assert shifts[LVSD] != 0.0


@pytest.mark.usefixtures("_small_pilot")
def test_a_prevalence_that_cannot_be_is_refused_with_what_can():
    """Hardly anybody is examined but for new disease: nine in ten with LVSD is out of reach."""
    with pytest.raises(SpecificationError, match=r"lvsd_prevalence = 0\.999 can't be reached"):
        calibrated_dials(HospitalSettings(lvsd_prevalence=0.999, echo_share=0.5))


def test_what_is_no_matter_of_patients_changes_no_intercept():
    """Device, format, site, writers and number of patients share a calibration."""
    a = preset("A")
    other = replace(a, site="X", patients=9, device="philips", file_format="wfdb", writers=(1.0, 0.0, 0.0))
    assert dials_of(other) == dials_of(a)
    assert as_calibrated(preset("no_traits")) == as_calibrated(a)


def test_intercepts_of_all_presets_are_kept():
    """After a change of parameters or presets they have to be written anew, see ``intercepts_text``."""
    assert [name for name in HOSPITALS if known_shifts(as_calibrated(preset(name))) is None] == []


@pytest.mark.slow
def test_kept_intercepts_are_those_that_would_be_found():
    """For hospital A, to the last digits."""
    hospital = as_calibrated(preset("A"))
    assert calibrated_dials(hospital).shifts == pytest.approx(known_shifts(hospital), abs=1e-9)


def test_the_text_of_kept_intercepts_can_be_read_back():
    """Sections are quoted keys, shifts keep all digits."""
    import tomllib

    shifts = {fingerprint(preset("A")): {LVSD: -0.1234567890123456, ECHO: 2.0}}
    assert tomllib.loads(intercepts_text(shifts)) == shifts
