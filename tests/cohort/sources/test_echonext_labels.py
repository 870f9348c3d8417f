"""Findings of EchoNext are known where their measurements are."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.sources.echonext_labels import echo_column, echo_labels

# both walls measured, one, none
WALLS = pl.DataFrame(
    {
        "lvwt_gte_13_flag": ["0", "1", "0", "1", "0"],
        "ivs_measurement": ["1.0", "1.5", "1.0", "1.4", None],
        "lvpw_measurement": ["1.1", "1.0", None, None, None],
    }
)


@pytest.mark.parametrize(("unmeasured", "values"), [("unknown", [0, 1, None, 1, None]), ("negative", [0, 1, 0, 1, 0])])
def test_a_zero_needs_all_measurements_and_a_one_none(unmeasured, values):
    """One thick wall is enough, two are needed to say that none is."""
    column = echo_column(echo_labels()["lvwt_gte_13"], WALLS, unmeasured=unmeasured, file="t")
    assert column.to_list() == values


def test_a_measurement_is_a_label_of_its_own():
    """In centimetres."""
    column = echo_column(echo_labels()["ivs_cm"], WALLS, unmeasured="unknown", file="t")
    assert column.to_list() == [1.0, 1.5, 1.0, 1.4, None]


def test_there_are_twelve_findings_and_five_measurements():
    """The composite has no measurement of its own."""
    values = [name for name, label in echo_labels().items() if label.is_value]
    assert values == ["lvef", "ivs_cm", "lvpw_cm", "pasp_mmhg", "tr_vmax_m_s"]
    assert len(echo_labels()) == 17
    assert echo_labels()["shd"].measured == ()
