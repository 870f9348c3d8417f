"""ECGs of CODE-15 % are found by the exam ids in the HDF5 files, and those of missing files counted."""

from __future__ import annotations

import pytest

from einthoven.errors import CohortError
from fakes.code15_folder import make_code15


def test_ecgs_of_files_that_were_not_fetched_are_counted(tmp_path):
    """Eighteen files of gigabytes: some is enough."""
    source = make_code15(tmp_path)
    (tmp_path / "exams_part1.hdf5").unlink()
    data = source.load()
    assert [(step.label, step.records) for step in data.flow] == [
        ("ECGs in the table", 14),
        ("in none of the 1 files here, of 2", 7),
    ]
    assert {location.path.rpartition("/")[2] for location in data.locations} == {"exams_part0.hdf5"}
    (tmp_path / "exams_part0.hdf5").write_bytes(b"damaged")
    with pytest.raises(CohortError, match=r"exams_part0\.hdf5 can't be read as an HDF5 file"):
        source.load()
    (tmp_path / "exams_part0.hdf5").unlink()
    with pytest.raises(CohortError, match=r"none of the files that exams\.csv names.*zenodo\.org/records/4916206"):
        source.load()
