"""Access to measurements by name, and the flat row."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurement_reasons import REASONS, Reason, Validity
from einthoven.ecg.measurement_values import ROW_NAMES, Measurements

NAMES, LEAD_NAMES = list(QUANTITIES), list(LEAD_QUANTITIES)


def some() -> Measurements:
    """Return measurements of I, V1 and X: QRS 98 ms, no P, QT doubtful, S in V1 of -1.1 mV, a tiny Q in I."""
    values, codes = np.full(len(NAMES), 1.0), np.zeros(len(NAMES), dtype=np.uint8)
    values[NAMES.index("qrs_ms")] = 98.0
    values[NAMES.index("pr_ms")], codes[NAMES.index("pr_ms")] = np.nan, Reason.NO_P
    codes[NAMES.index("qt_ms")] = Reason.UNSURE_T
    lead_values = np.full((13, len(LEAD_NAMES)), np.nan)
    lead_codes = np.full((13, len(LEAD_NAMES)), Reason.LEAD_MISSING, dtype=np.uint8)
    for row in (0, 6, 12):
        lead_values[row], lead_codes[row] = 0.5, 0
    lead_values[6, LEAD_NAMES.index("s_mv")] = -1.1
    lead_codes[0, LEAD_NAMES.index("q_mv")] = Reason.SMALL_DEFLECTION
    lead_values[0, LEAD_NAMES.index("qs_mv")], lead_codes[0, LEAD_NAMES.index("qs_mv")] = np.nan, Reason.NO_DEFLECTION
    return Measurements(values, codes, (*STANDARD_LEADS, "X"), lead_values, lead_codes)


def test_a_number_comes_with_unit_validity_and_reason():
    measured, absent, doubtful = (some()[name] for name in ("qrs_ms", "pr_ms", "qt_ms"))
    assert (measured.value, measured.unit, measured.validity, measured.reason) == (98.0, "ms", Validity.MEASURED, "")
    assert (absent.value, absent.validity, absent.reason) == (None, Validity.ABSENT, "no P wave")
    assert (doubtful.value, doubtful.validity, doubtful.reason) == (1.0, Validity.DOUBTFUL, "T wave uncertain")


def test_numbers_of_a_lead_are_found_by_lead_and_name():
    leads = some().leads
    assert leads["V1"]["s_mv"].value == -1.1
    assert leads["V2"]["s_mv"].reason == "lead missing"
    assert leads["X"]["s_mv"].value == 0.5
    assert list(leads["I"]) == LEAD_NAMES
    assert len(leads["I"]) == len(LEAD_NAMES)


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        some()["qrs"]
    with pytest.raises(KeyError):
        some().leads["V1"]["pr_ms"]


def test_each_reason_is_told_once():
    assert some().reasons == {
        "pr_ms": "no P wave",
        "qt_ms": "T wave uncertain",
        **dict.fromkeys([lead for lead in STANDARD_LEADS if lead not in {"I", "V1"}], "lead missing"),
        "leads.q_mv": "below 20 uV (I)",
    }


def test_a_row_has_the_same_columns_for_every_ecg():
    row = some().to_row()
    assert tuple(row) == (*ROW_NAMES, "reasons")
    assert len(set(ROW_NAMES)) == len(NAMES) + 12 * len(LEAD_NAMES)
    assert (row["qrs_ms"], row["pr_ms"], row["V1.s_mv"], row["V2.s_mv"]) == (98.0, None, -1.1, None)
    assert row["reasons"] == some().reasons


def test_every_reason_has_words():
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(REASONS)
