"""What a study file says of its split is refused where it contradicts itself."""

from __future__ import annotations

from datetime import date

import pytest

from einthoven.cohort.split_settings import SplitSettings
from einthoven.errors import SplitError


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fractions": {"train": 0.5, "test": 0.2}}, "must sum to 1"),
        ({"fractions": {"train": 0.5, "text": 0.5}}, "shares of train, validation, test"),
        ({"sites": {"test": ("C",)}}, r"split\.sites goes with split\.method = 'site', got 'patient'"),
        ({"method": "site"}, "needs sites, for example"),
        ({"method": "site", "sites": {"tset": ("C",)}}, "no 'tset'; did you mean 'test'"),
        ({"method": "site", "sites": {"train": ("C",), "test": ("C",)}}, "names 'C' twice"),
        ({"method": "time"}, "needs dates, for example"),
        ({"method": "time", "before": {"test": date(2020, 1, 1)}}, r"split\.before has no 'test'"),
        (
            {"method": "time", "before": {"train": date(2020, 1, 1), "validation": date(2019, 1, 1)}},
            "got 2020-01-01 and 2019-01-01",
        ),
        ({"method": "given"}, r"needs split\.file or split\.column, got neither"),
        ({"method": "given", "file": "a.csv", "column": "fold"}, "got both"),
        ({"torn": "drop"}, "'patient' tears no patient"),
        ({"method": "site", "sites": {"test": ("C",)}, "torn": "first"}, "one of refuse, drop, got 'first'"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, message):
    """Each message names the key and what is accepted."""
    with pytest.raises(SplitError, match=message):
        SplitSettings(**settings)


def test_torn_patients_are_refused_unless_time_parts_them():
    """A patient comes back after years more often than to another hospital."""
    assert SplitSettings("site", sites={"test": ("C",)}).torn_policy == "refuse"
    assert SplitSettings("time", before={"train": date(2018, 1, 1)}).torn_policy == "drop"
