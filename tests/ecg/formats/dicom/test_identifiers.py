from __future__ import annotations

import pytest

from einthoven.ecg.formats.dicom.elements import DataSetReader
from einthoven.ecg.formats.dicom.identifiers import identifiers
from fakes.dicom_files import EXPLICIT, IMPLICIT, packed


def found(*elements, syntax=EXPLICIT):
    content = packed(elements, syntax)
    reader = DataSetReader(content, explicit=syntax.explicit, little_endian=True, where="x")
    return identifiers(reader.data_set(0, len(content))[0])


NESTED = [[(0x00080050, "SH", "ACC-9"), (0x0040A123, "PN", "Roe^Rita"), (0x00080055, "AE", "CART1")]]
EVERYWHERE = (
    (0x00080005, "CS", "ISO_IR 100"),
    (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.9.1.1"),
    (0x00080018, "UI", "1.2.3.4"),
    (0x00080080, "LO", "General Hospital"),
    (0x00080090, "PN", "House^Gregory^^Dr"),
    (0x00081030, "LO", "ECG at rest"),
    (0x00100010, "PN", b"M\xfcller^Anna Lena=X"),
    (0x00100020, "LO", "P-1"),
    (0x00100030, "DA", "19600229"),
    (0x00101000, "LO", "old-1\\old-2"),
    (0x00101040, "LO", "1 High St"),
    (0x00102154, "SH", "+49 30 1234"),
    (0x00104000, "LT", "call her son"),
    (0x00181000, "LO", "SN-4711"),
    (0x00321064, "SQ", NESTED),
    (0x00380300, "LO", "Ward 5"),
)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_names_numbers_places_and_machines_are_found_wherever_they_stand(syntax):
    words = found(*EVERYWHERE, syntax=syntax)
    assert set(words) == {
        "1.2.3.4", "General Hospital", "House^Gregory^^Dr", "House", "Gregory", "Dr", "Müller^Anna Lena=X", "Müller",
        "Anna", "Lena", "X", "P-1", "19600229", "old-1", "old-2", "1 High St", "+49 30 1234", "call her son", "SN-4711",
        "Ward 5", "ACC-9", "Roe^Rita", "Roe", "Rita", "CART1",
    }  # fmt: skip


def test_private_text_is_found_and_private_numbers_are_not():
    words = found(
        (0x14550010, "LO", "Acme Inc."),
        (0x14551001, "LO", "Jane Doe"),
        (0x14551002, "UN", b"bed 7\0"),
        (0x14551003, "UN", b"\0\1\2\3"),
        (0x14551004, "US", 7),
        (0x14551005, "PN", "Poe^Paul"),
    )
    assert words == ["Jane Doe", "bed 7", "Poe^Paul", "Poe", "Paul"]


def test_the_software_that_wrote_the_file_identifies_nobody():
    assert found((0x00020012, "UI", "1.2.3"), (0x00020003, "UI", "1.2.4")) == ["1.2.4"]


def test_numbers_of_orders_under_retired_tags_are_found():
    assert found((0x00401006, "SH", "PLACER-1"), (0x00402007, "SH", "FILLER-2")) == ["PLACER-1", "FILLER-2"]
