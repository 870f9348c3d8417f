from __future__ import annotations

from einthoven.ecg.formats.aecg.annotations_write import add_beat_marks, add_reading
from einthoven.ecg.formats.aecg.element import new_root
from einthoven.ecg.record import Annotation
from fakes.written_records import full_record, record_of


def _sets(record):
    series = new_root("series")
    add_reading(series, record)
    return series.findall("{*}subjectOf/{*}annotationSet")


def _codes(annotation_set):
    return [annotation.find("{*}code").get("code") for annotation in annotation_set.iter("{*}annotation")]


def test_a_record_that_says_nothing_has_no_set():
    assert _sets(record_of()) == []
    assert _sets(record_of(measurements={"unknown_uv": 1.0}, annotations=(Annotation(0.1, "N"),))) == []


def test_the_first_code_of_a_measurement_is_written():
    (found,) = _sets(full_record(measurements={"pr_ms": 160.0, "p_axis_deg": 30.0}, statements=()))
    assert _codes(found) == ["MDC_ECG_TIME_PD_PR", "MDC_ECG_ANGLE_P_FRONT"]


def test_a_reader_who_confirmed_has_a_set_of_their_own():
    device, person = _sets(full_record(original_statements=("Old",), measurements={}))
    assert device.find("{*}author") is None
    assert person.find("{*}author/{*}assignedEntity/{*}assignedAuthorType/{*}assignedPerson") is not None


def test_beat_marks_are_intervals_of_relative_time():
    derived = new_root("derivedSeries")
    add_beat_marks(derived, full_record(measurements={"p_onset_ms": 100.0, "p_offset_ms": 180.0, "t_offset_ms": 700.0}))
    edges = [
        {edge.tag.rpartition("}")[2]: edge.get("value") for edge in value}
        for value in derived.iterfind(".//{*}boundary/{*}value")
    ]
    assert edges == [{"low": "100", "high": "180"}, {"high": "700"}]
    nothing = new_root("derivedSeries")
    add_beat_marks(nothing, record_of())
    assert len(nothing) == 0
