"""Global measurements of MUSE exports."""

from __future__ import annotations

import pytest

from einthoven.ecg.formats.muse.measurements import global_measurements
from einthoven.ecg.formats.xml_document import parse_xml
from fakes.muse_files import fields


def measured(*sections: str):
    return global_measurements(parse_xml(f"<R>{''.join(sections)}</R>".encode(), where="x"))


def test_onsets_are_samples_of_the_median_beat_at_their_own_rate():
    said = {"POnset": "147", "TOffset": "420", "ECGSampleBase": "25", "ECGSampleExponent": "1"}
    assert measured(fields("RestingECGMeasurements", said))[0] == {"p_onset_ms": 588, "t_offset_ms": 1680}


@pytest.mark.parametrize("rate", [{}, {"ECGSampleBase": "0"}, {"ECGSampleBase": "5", "ECGSampleExponent": "99999999"}])
def test_onsets_without_a_rate_are_left_out(rate):
    assert measured(fields("RestingECGMeasurements", {"POnset": "147"} | rate))[0] == {}


def test_original_measurements_count_where_there_are_no_others():
    original = fields("OriginalRestingECGMeasurements", {"QTInterval": "400"})
    assert measured(original) == ({"qt_ms": 400}, ())


def test_edited_measurements_count_and_the_machine_s_are_noted():
    found, notes = measured(
        fields("RestingECGMeasurements", {"QTInterval": "420", "PRInterval": "160"}),
        fields("OriginalRestingECGMeasurements", {"QTInterval": "400", "PRInterval": "160"}),
    )
    assert found == {"qt_ms": 420, "pr_ms": 160}
    assert notes == ("measurements were edited, the machine's own: qt_ms 400",)


def test_mean_intervals_stand_elsewhere():
    pharma = fields("PharmaData", {"PharmaRRinterval": "1000", "PharmaPPinterval": "990"})
    assert measured(pharma)[0] == {"rr_ms": 1000, "pp_ms": 990}
    assert measured(fields("QRSTimesTypes", {"GlobalRR": "1001"}), pharma)[0]["rr_ms"] == 1001
