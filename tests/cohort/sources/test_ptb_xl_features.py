"""Features of PTB-XL+ are joined by ecg_id, wherever that column stands and in whatever order the rows are."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.errors import CohortError
from fakes.ptb_xl_folder import make_ptb_xl


@pytest.fixture
def source(tmp_path):
    """Return a small PTB-XL with PTB-XL+ in a folder of its own."""
    folder = make_ptb_xl(tmp_path, n_records=10, rate_hz=100)
    (folder / "plus" / "features").mkdir(parents=True)
    rows = [f"{100 + 5 * ecg_id},{ecg_id},{'' if ecg_id == 4 else 60 + ecg_id}" for ecg_id in (3, 1, 2, 4, 9, 99)]
    (folder / "plus" / "features" / "12sl_features.csv").write_text(
        "\n".join(["QRS_Dur_Global,ecg_id,HR__Global", *rows]) + "\n"
    )
    return PtbXl(str(folder), features="plus", covariates={"qrs_ms": "12sl.QRS_Dur_Global", "rate": "12sl.HR__Global"})


def with_covariates(source, covariates):
    return PtbXl(source.path, features=source.features, covariates=covariates)


def test_features_find_their_ecg(source):
    """An ECG that the program has nothing of is unknown."""
    columns = source.load("").columns
    assert columns["covariate.qrs_ms"] == [105, 110, 115, 120, None, None, None, None, 145, None]
    assert columns["covariate.rate"] == [61, 62, 63, None, None, None, None, None, 69, None]


def test_a_feature_named_like_a_measurement_answers_its_labels(source):
    """QRS above 140 ms."""
    data = dataclasses.replace(source, require_label=False).load(("qrs_above_140",))
    assert data.columns["y.qrs_above_140"] == [0, 0, 0, 0, None, None, None, None, 1, None]


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        ({"x": "QRS_Dur_Global"}, r"covariates\.x must be <program>\.<column>"),
        ({"x": "12sll.QRS_Dur_Global"}, "did you mean '12sl'"),
        ({"x": "12sl.QRS_Dur_Globl"}, "did you mean 'QRS_Dur_Global'"),
        ({"x": "unig.HR"}, r"has no unig_features\.csv .*physionet\.org/content/ptb-xl-plus"),
    ],
)
def test_what_does_not_exist_is_named(source, covariates, message):
    """With the nearest name, or where to get it."""
    with pytest.raises(CohortError, match=message):
        with_covariates(source, covariates).load("")


def test_covariates_without_their_folder_are_refused(source):
    """It says which setting is missing."""
    with pytest.raises(CohortError, match=r"set data\.\*\.features to its folder"):
        PtbXl(source.path, covariates=source.covariates).load("")
