"""A label that something else than the heart gives away is found, and how much each column tells is right."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.cohort.audit_metadata import label_in_metadata

N = 400
START = datetime.fromisoformat("2020-01-01T08:00")


def rows(**changes: list[object]) -> pl.DataFrame:
    """Rows of a cohort whose metadata know nothing."""
    generator = np.random.default_rng(0)
    columns: dict[str, list[object]] = {
        "record_id": [f"r{i}" for i in range(N)],
        "patient_id": [f"p{i // 2}" for i in range(N)],
        "source": ["s"] * N,
        "site": [["A", "B", None][i] for i in generator.integers(0, 3, N)],
        "path": [f"records/{i:03d}.hea" for i in generator.permutation(N)],
        "ecg_time": [START + timedelta(days=int(d)) for d in generator.integers(0, 1000, N)],
        "age_years": [50.0] * N,
        "y.AF": list(generator.integers(0, 2, N).astype(float)),
    }
    return pl.DataFrame(columns | changes, strict=False)


LABEL = [float(i < N // 2) for i in range(N)]
GIVEN_AWAY = {
    "site": {"site": ["A" if y else "B" for y in LABEL]},
    "device": {"group.device": ["A" if y else "B" for y in LABEL]},
    "folder": {"path": [f"{'af' if y else 'sinus'}/{i * 7919 % N:03d}" for i, y in enumerate(LABEL)]},
    "file name prefix": {"path": [f"x/{'AF' if y else 'SR'}{i * 7919 % N:03d}" for i, y in enumerate(LABEL)]},
    "position in the listing": {"path": [f"x/{i}" for i in range(N)]},
    "hour": {"ecg_time": [START + timedelta(days=i % 90, hours=y) for i, y in enumerate(LABEL)]},
    "year": {"ecg_time": [START + timedelta(days=i % 90 + 1000 * y) for i, y in enumerate(LABEL)]},
    "age missing": {"age_years": [None if y else 50.0 for y in LABEL]},
}


@pytest.mark.parametrize("name", GIVEN_AWAY)
def test_label_that_is_known_without_the_ecg_is_found(name):
    """The message names label and column."""
    check = label_in_metadata(rows(**{"y.AF": LABEL}, **GIVEN_AWAY[name]), ["AF"], None)
    assert (check.found, check.refuses) == (1, True)
    assert f"1.000 (AF from {name})" in check.detail
    assert dict(zip(check.columns, check.rows[0], strict=True))[name] == "1.00"


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("duration", {"length": [5000 if y else 2500 for y in LABEL], "rate_hz": [500.0] * N}),
        ("leads present", {"leads_present": [4095 if y else 3 for y in LABEL]}),
    ],
)
def test_label_that_the_shape_of_the_record_tells_is_found(name, columns):
    """Length and leads come from the store."""
    manifest = pl.DataFrame({"record_id": [f"r{i}" for i in range(N)]} | columns)
    check = label_in_metadata(rows(**{"y.AF": LABEL}), ["AF"], manifest)
    assert f"1.000 (AF from {name})" in check.detail


def test_metadata_that_know_nothing_have_an_auroc_near_one_half():
    """Neither above nor, as leaving one out would have it, far below."""
    check = label_in_metadata(rows(), ["AF"], None)
    told = dict(zip(check.columns, check.rows[0], strict=True))
    assert check.found == 0
    assert all(0.35 < float(value) < 0.65 for name, value in told.items() if name != "label")
    assert "age missing" not in told  # nobody's is


def test_a_column_that_tells_something_has_the_auroc_of_its_groups():
    """Beside scikit-learn's, of the groups' own shares; half as many patients judge, so it's near, not equal."""
    generator = np.random.default_rng(1)
    site = generator.integers(0, 3, N)
    label = (generator.random(N) < np.array([0.2, 0.5, 0.8])[site]).astype(float)
    check = label_in_metadata(rows(**{"y.AF": list(label), "site": [f"s{s}" for s in site]}), ["AF"], None)
    found = float(dict(zip(check.columns, check.rows[0], strict=True))["site"])
    shares = np.array([label[site == s].mean() for s in range(3)])
    assert found == pytest.approx(roc_auc_score(label, shares[site]), abs=0.03)


def test_ordered_column_has_the_plain_auroc():
    """Position in the listing against scikit-learn's, whichever way round; 9 is listed before 10."""
    generator = np.random.default_rng(2)
    number = generator.permutation(N)
    label = (generator.random(N) < number / N).astype(float)
    label[::7] = np.nan
    check = label_in_metadata(rows(**{"y.AF": list(label), "path": [f"x/{n}" for n in number]}), ["AF"], None)
    found = float(dict(zip(check.columns, check.rows[0], strict=True))["position in the listing"])
    known = ~np.isnan(label)
    assert found == pytest.approx(roc_auc_score(label[known], number[known]), abs=0.0051)


def test_few_positives_are_not_called_a_leak():
    """With fewer than ten positives a perfect separation is plausible by chance."""
    few = [float(i < 9) for i in range(N)]
    check = label_in_metadata(rows(**{"y.AF": few}, site=["A" if y else "B" for y in few]), ["AF"], None)
    assert (check.found, check.rows) == (0, ())


def test_order_of_rows_does_not_matter():
    """The same halves of patients judge each other."""
    table = rows(site=[["A", "B"][i % 3 == 0] for i in range(N)])
    shuffled = table.sample(fraction=1, shuffle=True, seed=3)
    assert label_in_metadata(shuffled, ["AF"], None) == label_in_metadata(table, ["AF"], None)
