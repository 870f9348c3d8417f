from __future__ import annotations

from pydicom.sr.codedict import codes

from einthoven.ecg.formats.dicom.annotations_write import annotation_items
from einthoven.ecg.formats.dicom.codes import MEASUREMENT_CODES
from einthoven.ecg.formats.measurement_names import MEASUREMENTS
from einthoven.ecg.record import Annotation
from fakes.written_records import full_record, record_of


def concept(item):
    code = item.ConceptNameCodeSequence[0]
    return code.get("CodeValue") or code.LongCodeValue, code.CodingSchemeDesignator, code.CodeMeaning


def test_nothing_gives_no_annotations():
    assert annotation_items(record_of()) == []


def test_measurements_have_the_codes_and_meanings_of_the_standard():
    theirs = {
        code.value: code.meaning
        for group in (codes.CID3227, codes.CID3228, codes.CID3229)
        for code in (getattr(group, keyword) for keyword in group.dir())
    }
    items = annotation_items(full_record(statements=(), measurements=dict.fromkeys(MEASUREMENT_CODES, 100.0)))
    for item in items:
        value, scheme, meaning = concept(item)
        assert scheme == "MDC"
        assert theirs.get(value, "Heart rate") == meaning
    assert {concept(item)[0] for item in items} == set(MEASUREMENT_CODES.values())


def test_every_measurement_has_a_unit():
    items = annotation_items(full_record(statements=(), measurements=dict.fromkeys(MEASUREMENTS, 100.0)))
    units = {concept(item)[2].lower(): item.MeasurementUnitsCodeSequence[0].CodeValue for item in items}
    assert len(items) == len(MEASUREMENTS)
    assert set(units.values()) == {"ms", "/min", "deg", "mm[Hg]"}
    assert units["p onset"] == "ms"  # without a representative beat to mark it in


def test_long_statements_are_cut_between_words():
    items = annotation_items(full_record(statements=("word " * 500,), measurements={}))
    assert len(items) == 3
    assert all(len(item.UnformattedTextValue) <= 1024 for item in items)


def test_marks_on_a_sample_count_from_one_and_others_have_a_time():
    marks = (Annotation(0.2, "a", "V1"), Annotation(0.2001, "b"), Annotation(-0.5, "c"), Annotation(1.0, "  "))
    on_sample, between, before = annotation_items(record_of(annotations=marks))
    assert (on_sample.ReferencedSamplePositions, on_sample.ReferencedWaveformChannels) == (101, [1, 7])
    assert (between.ReferencedTimeOffsets, between.ReferencedWaveformChannels) == (0.2001, [1, 0])
    assert before.ReferencedTimeOffsets == -0.5
