from __future__ import annotations

import pytest

from einthoven.ecg.formats import read
from fakes.aecg_files import ACT, MDC, RELATIVE, aecg, lead, sequence_set, series, write_aecg

PERSON = "<author><assignedEntity><assignedAuthorType><assignedPerson/></assignedAuthorType></assignedEntity></author>"


def _annotation(code, value="", *, inner="", region=""):
    support = f"<support><supportingROI>{region}</supportingROI></support>" if region else ""
    return f'<component><annotation><code code="{code}" {MDC}/>{value}{support}{inner}</annotation></component>'


def _quantity(value, unit):
    return f'<value value="{value}" unit="{unit}"/>'


def _wave(name):
    return f'<value code="MDC_ECG_WAVC_{name}" {MDC}/>'


def _during(low="", high="", *, kind="TIME_RELATIVE", unit=' unit="ms"'):
    edges = "".join(f'<{edge} value="{at}"{unit}/>' for edge, at in (("low", low), ("high", high)) if at)
    return f'<component><boundary><code code="{kind}" {ACT}/><value>{edges}</value></boundary></component>'


def _in_lead(name):
    return f'<component><boundary><code code="MDC_ECG_LEAD_{name}" {MDC}/></boundary></component>'


def _set(*annotations, author=""):
    return f"<subjectOf><annotationSet>{author}{''.join(annotations)}</annotationSet></subjectOf>"


def _read(folder, *sets, beats=(), head="0", beat_head="0"):
    rows = [lead("I", [0] * 500)]
    derived = ""
    if beats:
        times = sequence_set(rows, head=beat_head, time=RELATIVE)
        inner = series(times, code="REPRESENTATIVE_BEAT", beside="".join(beats))
        inner = inner.replace("<component><series>", "").removesuffix("</series></component>")
        derived = f"<derivation><derivedSeries>{inner}</derivedSeries></derivation>"
    beside = "".join(sets) + derived
    return read(write_aecg(folder, aecg(series(sequence_set(rows, head=head, time=RELATIVE), beside=beside))))


def _statement(text):
    return _annotation(
        "MDC_ECG_INTERPRETATION", inner=_annotation("MDC_ECG_INTERPRETATION_STATEMENT", f"<value>{text}</value>")
    )


def test_statements_come_verbatim_in_order_and_once(tmp_path):
    rhythm = _annotation("MDC_ECG_RHY", f'<value code="MDC_ECG_RHY_SINUS_RHY" {MDC} displayName="Sinus Rhythm"/>')
    record = _read(
        tmp_path, _set(rhythm, _statement("V-rate &lt;  60,"), _statement("V-rate &lt; 60,"), _statement(""))
    )
    assert record.statements == ("Sinus Rhythm", "V-rate < 60,")
    assert record.original_statements == ()


def test_what_a_person_states_confirms_or_replaces_what_the_device_did(tmp_path):
    record = _read(tmp_path, _set(_statement("Infarct")), _set(_statement("Normal ECG"), author=PERSON))
    assert (record.statements, record.original_statements) == (("Normal ECG",), ("Infarct",))


def test_measurements_of_a_person_go_before_those_of_the_device(tmp_path):
    record = _read(
        tmp_path,
        _set(
            _annotation("MDC_ECG_TIME_PD_QT", _quantity(400, "ms")),
            _annotation("MDC_ECG_TIME_PD_PR", _quantity(0.16, "s")),
        ),
        _set(_annotation("MDC_ECG_TIME_PD_QT", _quantity(420, "ms")), author=PERSON),
    )
    assert record.measurements == {"qt_ms": 420, "pr_ms": 160}


def test_what_is_measured_in_single_beats_of_the_rhythm_is_left_out(tmp_path):
    inner = _annotation("MDC_ECG_TIME_PD_QT", _quantity(380, "ms"))
    record = _read(tmp_path, _set(_annotation("MDC_ECG_BEAT", inner=inner, region=_during(low="100"))))
    assert record.measurements == {}
    assert [(mark.time_s, mark.label) for mark in record.annotations] == [(0.1, "beat onset")]


def test_null_and_unknown_values_are_left_out_and_unknown_codes_keep_their_names(tmp_path):
    record = _read(
        tmp_path,
        _set(
            _annotation("MDC_ECG_TIME_PD_QT", '<value nullFlavor="UNK" unit="ms"/>'),
            _annotation("MDC_ECG_TIME_PD_PR", _quantity(160, "mV")),
            _annotation("MDC_ECG_QRS_COUNT", _quantity(12, "")),
            _annotation("MDC_ECG_AMPL_R", _quantity(1200, "uV"), region=_in_lead("V5")),
        ),
    )
    assert record.measurements == {"qrs_count": 12}
    assert record.lead_measurements == {"V5": {"ampl_r_uv": 1200}}


def test_waves_are_marked_in_seconds_from_the_first_sample(tmp_path):
    absolute = _during("20021122091000.500", kind="TIME_ABSOLUTE", unit="")
    peak = _annotation("MDC_ECG_WAVC_TYPE", _wave("PEAK"), region=_point(220) + _in_lead("AVF"))
    record = _read(
        tmp_path,
        _set(
            _annotation("MDC_ECG_WAVC", _wave("TWAVE"), region=absolute),
            _annotation("MDC_ECG_WAVC", _wave("PWAVE"), region=_during("120", "200")),
            _annotation("MDC_ECG_WAVC_TYPE", _wave("RWAVE"), inner=peak),
            _annotation("MDC_ECG_WAVC", _wave("PWAVE"), region=_during("99999")),  # behind the end
        ),
        head="20",
    )
    marks = [(round(mark.time_s, 6), mark.label, mark.lead) for mark in record.annotations]
    # the relative head moves the start by 20 ms from that of the series
    assert marks == [(0.1, "P onset", None), (0.18, "P offset", None), (0.2, "R peak", "aVF"), (0.48, "T onset", None)]


def _point(milliseconds):
    value = f'<value value="{milliseconds}" unit="ms"/>'
    return f'<component><boundary><code code="TIME_RELATIVE" {ACT}/>{value}</boundary></component>'


def test_marks_in_the_representative_beat_are_measurements(tmp_path):
    record = _read(
        tmp_path,
        beats=[
            _set(
                _annotation("MDC_ECG_WAVC", _wave("PWAVE"), region=_during("100", "180")),
                _annotation("MDC_ECG_WAVC", _wave("QRSWAVE"), region=_during("240") + _in_lead("II")),
                _annotation("MDC_ECG_WAVC", _wave("TWAVE"), region=_during("500", "600")),
                _annotation("MDC_ECG_WAVC", _wave("TWAVE"), region=_during("", "650")),  # contradicts the one before
                _annotation("MDC_ECG_TIME_PD_QRS", _quantity(90, "ms")),
            )
        ],
    )
    assert record.measurements == {"qrs_ms": 90, "p_onset_ms": 100, "p_offset_ms": 180}
    assert record.lead_measurements == {"II": {"qrs_onset_ms": 240}}
    assert record.annotations == ()


def test_marks_in_the_representative_beat_count_from_its_first_sample(tmp_path):
    wave = _annotation("MDC_ECG_WAVC", _wave("QRSWAVE"), region=_during("-40", "55"))
    record = _read(tmp_path, beats=[_set(wave)], beat_head="-300")
    assert record.measurements == {"qrs_onset_ms": 260, "qrs_offset_ms": 355}


@pytest.mark.parametrize("depth", [50, 200])
def test_annotations_may_lie_deep_in_each_other(tmp_path, depth):
    nested = _annotation("MDC_ECG_TIME_PD_QRS", _quantity(90, "ms"))
    for _ in range(depth // 4):
        nested = _annotation("MDC_ECG_X", inner=nested)
    assert _read(tmp_path, _set(nested)).measurements == {"qrs_ms": 90}
