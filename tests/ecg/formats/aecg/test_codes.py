from __future__ import annotations

import pytest

from einthoven.ecg.formats.aecg.codes import MEASUREMENT_CODES, in_unit_of, measurement_name, wave_name
from einthoven.ecg.formats.measurement_names import MEASUREMENTS


def test_all_codes_stand_for_names_that_all_formats_share():
    assert set(MEASUREMENT_CODES.values()) <= set(MEASUREMENTS)


def test_global_measurements_and_any_case_are_understood():
    assert measurement_name("MDC_ECG_TIME_PD_QTcB", "ms") == "qtc_bazett_ms"
    assert measurement_name("mdc_ecg_time_pd_pr_gl", "ms") == "pr_ms"


def test_an_unknown_code_keeps_its_own_name_and_unit():
    assert measurement_name("MDC_ECG_QRS_COUNT", "") == "qrs_count"
    assert in_unit_of("ampl_r_uv", 1200.0, "uV") == 1200


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("pr_ms", 0.16, "s", 160),
        ("pr_ms", 160, "1", 160),
        ("pr_ms", 0.16, "", None),
        ("pr_ms", 160, "uV", None),
        ("heart_rate_bpm", 1.2, "Hz", 72),
        ("heart_rate_bpm", 72, "/min", 72),
        ("qrs_axis_deg", 1.5707963267948966, "rad", 90),
        ("qrs_axis_deg", -30, "", -30),
    ],
)
def test_values_come_in_the_unit_of_their_name_or_not_at_all(name, value, unit, expected):
    assert in_unit_of(name, value, unit) == expected


def test_waves_have_the_names_that_clinicians_use():
    codes = ("PWAVE", "QRSWAVE", "TWAVE", "QWAVE", "UWAVE", "QRSTWAVE", "PEAK")
    assert [wave_name(f"MDC_ECG_WAVC_{code}") for code in codes] == ["P", "QRS", "T", "Q", "U", "QRST", "peak"]
