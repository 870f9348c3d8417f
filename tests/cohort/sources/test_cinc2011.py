"""CinC 2011: acceptable, unacceptable, and neither."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from einthoven.cohort.sources.cinc2011 import Cinc2011
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.cinc2011_folder import make_cinc2011, make_cinc2011_table


@pytest.mark.parametrize("make", [make_cinc2011, make_cinc2011_table])
def test_lists_and_table_say_the_same(tmp_path, make):
    """An ECG in neither list is unknown, not acceptable."""
    data = make(tmp_path).load("quality")
    assert data.labels == ("acceptable", "unacceptable")
    assert data.columns["y.acceptable"] == [0.0, 1.0, 1.0, None]
    assert data.columns["y.unacceptable"] == [1.0, 0.0, 0.0, None]


@pytest.mark.parametrize("make", [make_cinc2011, make_cinc2011_table])
def test_the_folder_of_the_ecgs_itself_will_do(tmp_path, make):
    """The lists lie in it, the table beside it."""
    source = make(tmp_path)
    inner = Cinc2011(str(Path(source.path) / "set-a")).load("quality")
    assert inner.columns["y.acceptable"] == source.load("quality").columns["y.acceptable"]


def test_a_lonely_list_is_refused(tmp_path):
    """Without the other one, the rest would pass for unknown."""
    source = make_cinc2011(tmp_path)
    (tmp_path / "set-a" / "RECORDS-acceptable").unlink()
    with pytest.raises(CohortError, match="no RECORDS-acceptable"):
        source.load("quality")


def test_findings_are_refused(tmp_path):
    """Nobody said what these ECGs show."""
    with pytest.raises(CohortError, match=r"CinC 2011 has no label or label set 'sinus_rhythm'.*acceptable"):
        make_cinc2011(tmp_path).load(("sinus_rhythm",))


@pytest.mark.real_data
def test_real_folder_has_300_ecgs(real_data):
    """228 acceptable, 71 unacceptable, one undecided."""
    data = Cinc2011(str(real_data / "cinc2011")).load("quality")
    assert Counter(data.columns["y.unacceptable"]) == {0.0: 228, 1.0: 71, None: 1}
    record = read(data.locations[0])
    assert (record.signal.shape, record.sampling_rate_hz) == ((12, 5000), 500.0)
