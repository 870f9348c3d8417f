"""Chapman-Shaoxing-Ningbo: two hospitals' ids, and the owners' acronyms as labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from einthoven.cohort.sources.chapman_ningbo import ChapmanNingbo
from einthoven.ecg.formats import read
from einthoven.errors import CohortError, RecordError
from fakes.chapman_ningbo_folder import make_chapman_ningbo


def test_acronyms_of_the_owners_table_are_labels(tmp_path):
    """Alone, as a set, and beside shared ones."""
    source = make_chapman_ningbo(tmp_path)
    data = source.load(("AFIB", "premature_ventricular_complex"), auxiliary="conditions")
    assert (data.labels, data.auxiliary) == (("AFIB", "premature_ventricular_complex"), ("SR",))
    assert data.columns["y.AFIB"] == [1.0, 0.0, 0.0, 1.0]
    assert data.columns["y.SR"] == data.columns["y.premature_ventricular_complex"] == [0.0, 1.0, 0.0, 0.0]
    assert data.columns["site"] == ["chapman_shaoxing", "chapman_shaoxing", "ningbo", "ningbo"]


def test_acronyms_without_the_table_name_it(tmp_path):
    """In the challenge's folders there is none; shared labels work all the same."""
    source = make_chapman_ningbo(tmp_path)
    (tmp_path / "ConditionNames_SNOMED-CT.csv").unlink()
    assert len(source.load().labels) == 26
    for labels in (("AFIB",), "conditions"):
        with pytest.raises(CohortError, match=r"ConditionNames_SNOMED-CT\.csv"):
            source.load(labels)


def test_a_damaged_header_is_a_row_and_its_signal_is_refused(tmp_path):
    """As JS23074 of version 1.0.0: ingest says why it was rejected, nobody gets lost in silence."""
    source = make_chapman_ningbo(tmp_path)
    (path,) = tmp_path.rglob("JS23074.hea")
    first, second, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first + second, *rest]))
    data = source.load(("atrial_fibrillation",))
    row = data.columns["record_id"].index("JS23074")
    with pytest.raises(RecordError):
        read(data.locations[row])


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "n"), [("multi_source/ChapmanShaoxing_Ningbo", 20), ("cinc2021_samples/cinc2021", 20)]
)
def test_real_folders_load_and_read(real_data, folder, n):
    """Ten of each hospital, and twenty of Ningbo among others, with a blank after the hash."""
    data = ChapmanNingbo(str(real_data / folder)).load()
    assert len(data.locations) == n
    assert all(Path(location.path).name.startswith("JS") for location in data.locations)
    assert data.dropped is None
    assert read(data.locations[-1]).signal.shape == (12, 5000)
