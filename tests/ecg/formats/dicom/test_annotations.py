from __future__ import annotations

import pytest

from einthoven.ecg.formats.dicom.read import decode
from einthoven.ecg.record import Annotation
from fakes.dicom_files import EXPLICIT, code, dicom_file, group
from fakes.wfdb_files import STANDARD, fake_digital

MS = (0x004008EA, "SQ", code("ms", "UCUM", "millisecond"))
ALL, LEAD_V1 = (0x0040A0B0, "US", [1, 0]), (0x0040A0B0, "US", [1, 7])


def name(value, scheme, meaning):
    return (0x0040A043, "SQ", code(value, scheme, meaning))


def annotated(*items, beat=True):
    groups = [group(fake_digital(12, 500), STANDARD, EXPLICIT)]
    if beat:
        groups.append(group(fake_digital(12, 300), STANDARD, EXPLICIT, label="MEDIAN BEAT", originality="DERIVED"))
    return decode(dicom_file(groups, more=[(0x0040B020, "SQ", [list(item) for item in items])]), where="x")


def test_text_without_a_place_is_a_statement():
    coded = (ALL, name("1", "99", "Finding"), (0x0040A168, "SQ", code("426783006", "SCT", "Sinus rhythm")))
    decoded = annotated((ALL, (0x00700006, "ST", "Normal ECG")), coded, (ALL,))
    assert decoded.about.statements == ["Normal ECG", "Sinus rhythm"]


def report(number, *lines):
    return [(ALL, (0x0040A180, "US", [number]), (0x00700006, "ST", line)) for line in lines]


def test_of_a_reviewed_report_the_last_edition_holds_and_the_first_is_the_machines():
    machine = report(0, "Atrial fibrillation", "ABNORMAL ECG", "UNCONFIRMED REPORT")
    draft = report(5, "Sinus tachycardia", "UNCONFIRMED REPORT")
    decoded = annotated(*machine, *draft, *report(6, "Sinus rhythm", "Confirmed report"))
    assert decoded.about.statements == ["Sinus rhythm"]
    assert decoded.about.original_statements == ["Atrial fibrillation", "ABNORMAL ECG"]
    alone = annotated(*machine).about
    assert (alone.statements, alone.original_statements) == (["Atrial fibrillation", "ABNORMAL ECG"], [])
    apart = annotated(*report(0, "Sinus rhythm"), *report(5, "Normal ECG")).about
    assert (apart.statements, apart.original_statements) == (["Sinus rhythm", "Normal ECG"], [])


def test_numbers_are_measurements_of_all_leads_or_of_one():
    qrs = name("2:16156", "MDC", "QRS duration global")
    decoded = annotated(
        (ALL, qrs, MS, (0x0040A30A, "DS", "91.5")),
        (ALL, qrs, MS, (0x0040A30A, "DS", "200")),
        (LEAD_V1, name("2:7936", "MDC", "QRS duration per lead"), MS, (0x0040A30A, "DS", "88")),
        (ALL, name("2:16160", "MDC", "QT"), MS, (0x0040A30A, "DS", "0")),
        (ALL, MS, (0x0040A30A, "DS", "5")),
    )
    assert decoded.about.measurements == {"qrs_ms": 91.5, "ms": 5}
    assert decoded.about.lead_measurements == {"V1": {"qrs_ms": 88}}


def test_marks_lie_at_samples_counted_from_one_or_at_times():
    peak = name("10:576", "MDC", "R wave")
    decoded = annotated(
        (ALL, peak, (0x0040A130, "CS", "MULTIPOINT"), (0x0040A132, "UL", [1, 251])),
        (LEAD_V1, peak, (0x0040A130, "CS", "POINT"), (0x0040A138, "DS", "0.25")),
        (ALL, (0x00700006, "ST", "noise"), (0x0040A130, "CS", "SEGMENT"), (0x0040A132, "UL", [101, 201])),
    )
    assert decoded.annotations == [
        Annotation(0.0, "R wave"),
        Annotation(0.5, "R wave"),
        Annotation(0.25, "R wave", "V1"),
        Annotation(0.2, "noise begins"),
        Annotation(0.4, "noise ends"),
    ]
    assert decoded.about.statements == []


@pytest.mark.parametrize(
    ("where", "scheme"), [([(0x0040A0B0, "US", [2, 0])], "99X"), ([ALL, (0x0040A180, "US", 2)], "SCPECG")]
)
def test_marks_in_the_representative_beat_are_measurements(where, scheme):
    mark = (*where, name("5.10.3-3", scheme, "QRS Onset"), (0x0040A130, "CS", "POINT"), (0x0040A132, "UL", 101))
    decoded = annotated(mark)
    assert decoded.about.measurements == {"qrs_onset_ms": 200}
    assert decoded.annotations == []


def test_marks_of_single_beats_are_annotations():
    onset = name("5.10.3-3", "SCPECG", "QRS Onset")
    place = ((0x0040A130, "CS", "POINT"), (0x0040A132, "UL", 101))
    assert annotated((ALL, (0x0040A180, "US", 100), onset, *place)).annotations == [Annotation(0.2, "QRS Onset")]
    without_beat = annotated((ALL, (0x0040A180, "US", 2), onset, *place), beat=False)
    assert without_beat.annotations == [Annotation(0.2, "QRS Onset")]
