from __future__ import annotations

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.recognition import format_named
from fakes.wfdb_files import write_wfdb


def test_comments_that_name_somebody_are_identifiers_and_diagnoses_are_not(tmp_path):
    comments = ["Patient name: Doe, Jane", "<age>: 61", "MRN : 1234567", "Dx: 426783006", "Reason for admission: pain"]
    header = write_wfdb(tmp_path, "doe_1234567", comments=comments)
    location = RecordLocation("x", str(header), "wfdb", {})
    assert format_named("wfdb").identifiers(location) == ("doe_1234567", "Doe, Jane", "1234567")
