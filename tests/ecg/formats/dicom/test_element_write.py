from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from einthoven.ecg.formats.dicom.element_write import WrittenCode, code_items, decimal, put


def test_a_value_that_its_representation_forbids_is_an_error():
    for keyword, value in (
        ("PatientID", "x" * 65),
        ("PatientAge", "61"),
        ("StudyInstanceUID", "1.02"),
        ("Modality", "e"),
    ):
        with pytest.raises(ValueError, match=r"value|length|Invalid"):
            put(Dataset(), keyword, value)


def test_long_codes_stand_where_the_standard_wants_them():
    short, long, scp = code_items(
        WrittenCode("2:1", "MDC", "Lead I"),
        WrittenCode("qtc_framingham_ms", "99EINTHOVEN", "x" * 70),
        WrittenCode("5.10.3-1", "SCPECG", "P Onset"),
    )
    assert (short.CodeValue, short.CodingSchemeDesignator, short.CodeMeaning) == ("2:1", "MDC", "Lead I")
    assert long.LongCodeValue == "qtc_framingham_ms"
    assert "CodeValue" not in long
    assert len(long.CodeMeaning) == 64
    assert scp.CodingSchemeVersion == "1.3"


@pytest.mark.parametrize("value", [0.0, 1.0, 4.88, 1 / 3, -1e-7, 123456.789012345, 1e20, 2.0**-40])
def test_decimal_strings_have_sixteen_characters_at_most(value):
    assert len(decimal(value)) <= 16
    assert float(decimal(value)) == pytest.approx(value, rel=1e-9)
