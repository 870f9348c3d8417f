from __future__ import annotations

from einthoven.ecg.formats.file_format import FileFormat, never, no_identifiers, one_record_per_file
from einthoven.ecg.formats.location import RecordLocation


def test_a_format_needs_a_name_a_title_and_a_reader_alone():
    plain = FileFormat(name="toy", title="Toy", read=None)
    assert plain.recognises is never
    assert not plain.recognises(b"anything")
    assert plain.identifiers is no_identifiers
    assert plain.identifiers(RecordLocation("a", "a", "toy")) == ()
    assert plain.locate is None


def test_a_file_is_one_record_unless_its_format_says_otherwise(tmp_path):
    (found,) = one_record_per_file(tmp_path / "ecg 7.toy", format_name="toy", options={"unit": "uV"})
    assert found == RecordLocation("ecg 7", str(tmp_path / "ecg 7.toy"), "toy", {"unit": "uV"})
