"""Georgia: headers E*.hea, wherever they lie, and no others."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.georgia import Georgia
from einthoven.ecg.formats import read
from fakes.coded_header_files import write_coded
from fakes.georgia_folder import make_georgia


def test_only_its_own_headers_are_taken(tmp_path):
    """A folder of the challenge holds other data sets beside it."""
    source = make_georgia(tmp_path)
    write_coded(tmp_path, "JS00001", dx="426783006")
    data = source.load(("atrial_fibrillation",))
    assert data.columns["record_id"] == [f"E0000{number}" for number in range(1, 6)]
    assert data.columns["patient_id"] == data.columns["record_id"]
    assert data.columns["y.atrial_fibrillation"] == [1.0, 0.0, 0.0, 1.0, 0.0]


@pytest.mark.real_data
@pytest.mark.parametrize(("folder", "n"), [("multi_source/G12EC", 10), ("cinc2021_samples/cinc2021", 20)])
def test_real_folders_load_and_read(real_data, folder, n):
    """Ten ECGs, and twenty among others."""
    data = Georgia(str(real_data / folder)).load()
    assert len(data.locations) == n
    record = read(data.locations[0])
    assert (record.signal.shape, record.sampling_rate_hz) == ((12, 5000), 500.0)
