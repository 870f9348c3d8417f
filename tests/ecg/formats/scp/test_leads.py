from __future__ import annotations

import pytest

from einthoven.ecg.formats.scp.leads import LEAD_CODES, Lead, lead_definition, lead_name
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.leads import STANDARD_LEADS, canonical_lead
from einthoven.errors import UnreadableFileError
from fakes.scp_files import leads_body


def _defined(body: bytes):
    return lead_definition(Section(3, 328, body, "rec.scp"))


def test_the_twelve_leads_have_the_codes_of_the_standard():
    codes = [LEAD_CODES[lead] for lead in STANDARD_LEADS]
    assert codes == [1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8]
    assert [canonical_lead(lead_name(code)) for code in codes] == list(STANDARD_LEADS)


@pytest.mark.parametrize(
    ("code", "name"),
    {
        0: "unspecified",
        9: "V7",
        16: "X",
        20: "CM5",
        30: "fH",
        60: "derived fH",
        65: "-aVR",
        66: "V8",
        73: "Defib",
        78: "A4",
        79: "derived V8",
        85: "derived J",
        86: "Chest",
        92: "MCL1",
        99: "CC1",
        103: "CC6",
        110: "CM6",
        111: "derived III",
        114: "derived aVF",
        120: "derived VF",
        255: "lead 255",
    }.items(),
)
def test_other_codes_have_the_names_of_the_standards_table(code, name):
    assert lead_name(code) == name


def test_no_other_code_stands_for_one_of_the_twelve_leads():
    standard = [code for code in range(256) if canonical_lead(lead_name(code))]
    assert standard == [*range(1, 9), 61, 62, 63, 64]


def test_leads_keep_order_and_samples():
    definition = _defined(leads_body([2, 61], [(1, 500), (501, 900)], flags=0b10001))
    assert definition.leads == (Lead("II", 1, 500), Lead("III", 501, 900))
    assert [lead.n_samples for lead in definition.leads] == [500, 400]
    assert definition.subtracted
    assert definition.notes == ("leads were recorded 2 at a time",)
    assert _defined(leads_body([2, 61], [(1, 500)] * 2)).notes == ()
    assert not _defined(leads_body([2, 61], [(1, 500)] * 2)).subtracted


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "ends before"),
        (b"\0\4", "defines no leads"),
        (b"\xff\4" + bytes(100), "ends before the 2295 bytes"),
        (leads_body([1], [(0, 10)]), "gives lead I the samples 0 to 10"),
        (leads_body([1, 5], [(1, 10), (10, 9)]), "gives lead V3 the samples 10 to 9"),
    ],
)
def test_leads_that_cannot_be_are_refused(body, reason):
    with pytest.raises(UnreadableFileError, match=f"rec.scp: section 3 {reason}"):
        _defined(body)
