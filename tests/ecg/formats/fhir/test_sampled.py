from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.fhir.sampled import sampled_of
from einthoven.errors import SignalError
from fakes.fhir_files import MDC, coded, component, observation, sampled, write_fhir


def _of(*components):
    return sampled_of(observation(components), where="a.json")


def _read(folder, *components, **options):
    location = write_fhir(folder, observation(components))
    return read(RecordLocation("rec", location.path, "fhir", options))


def test_numbers_stay_as_stored_in_as_few_bits_as_they_need():
    assert _of(component("I", "1 -2")).channels.digital.dtype == np.int16
    assert _of(component("I", "1 40000")).channels.digital.dtype == np.int32
    assert _of(component("I", "1 5000000000")).channels.digital.tolist() == [[1, 5e9]]
    assert _of(component("I", "1.5 -2")).channels.digital.tolist() == [[1.5, -2]]


def test_amplitudes_are_origin_plus_number_times_factor(tmp_path):
    origin = {"value": 0.5, "unit": "mV"}
    record = _read(tmp_path, component("I", "100 -100", origin=origin, factor=0.002))
    np.testing.assert_allclose(record.signal, [[0.7, 0.3]], atol=1e-7)


def test_the_unit_may_be_a_code_a_word_or_missing():
    def unit(**origin):
        return _of(component("I", "1 2", origin={"value": 0, **origin})).channels.unit

    assert unit(unit="microvolts", code="uV") == ["uV"]
    assert unit(unit="Millivolt") == ["mV"]
    assert unit(unit="count", code="1") == unit() == [""]


def test_an_origin_with_a_unit_is_an_amplitude_whatever_its_size(tmp_path):
    record = _read(tmp_path, component("I", "2048 2049", origin={"value": 2048, "unit": "uV"}))
    np.testing.assert_allclose(record.signal, [[4.096, 4.097]], atol=1e-6)


def test_an_origin_without_unit_is_the_zero_of_the_converter_where_the_numbers_lie_around_it(tmp_path):
    # HL7's own example: origin 2048, factor 1.612, limits -3300 and 3300
    record = _read(tmp_path, component("I", "2041 E 2053", origin={"value": 2048}, factor=1.612), unit="uV")
    np.testing.assert_allclose(record.signal, [[-7 * 1.612e-3, np.nan, 5 * 1.612e-3]], atol=1e-7)
    far = _read(tmp_path, component("I", "-90 -110", origin={"value": 100}), unit="uV")
    np.testing.assert_allclose(far.signal, [[0.01, -0.01]], atol=1e-7)


def test_marks_for_errors_and_limits_are_absent_samples_with_notes():
    found = _of(component("I", "E 1 U L L 2"), component("II", "1 2 3 4 5 6"))
    assert found.channels.digital.tolist() == [[0, 1, 0, 0, 0, 2], [1, 2, 3, 4, 5, 6]]
    assert found.channels.absent.tolist() == [[True, False, True, True, True, False], [False] * 6]
    assert found.notes == (
        "1 samples not recorded are absent",
        "2 samples below what the device measures are absent",
        "1 samples above what the device measures are absent",
    )


def test_marks_beside_decimals_are_understood_and_exponents_are_no_marks():
    found = _of(component("I", "1.5 E 2E0")).channels
    assert found.digital.tolist() == [[1.5, 0, 2]]
    assert found.absent.tolist() == [[False, True, False]]


@pytest.mark.parametrize(
    ("changes", "rate"),
    [
        ({"period": 2}, 500),
        ({"period": 1000 / 49}, 49),
        ({"period": 1000 / 360}, 360),
        ({"period": None, "interval": 4, "intervalUnit": "ms"}, 250),
        ({"period": None, "interval": 0.001, "intervalUnit": "s"}, 1000),
        ({"period": None, "interval": 2500, "intervalUnit": "us"}, 400),
    ],
)
def test_period_or_interval_gives_the_rate(changes, rate):
    assert _of(component("I", "1 2", **changes)).channels.sampling_rate_hz == rate


def test_interleaved_leads_are_named_by_codes_or_by_text():
    data = sampled("1 10 2 20 3 E", dimensions=2)
    codings = [coded("x", MDC[lead])["coding"][0] for lead in ("I", "V1")]
    for code in ({"coding": codings}, {"text": "I, V1"}):
        found = _of({"code": code, "valueSampledData": data}).channels
        assert list(found.names) == ["I", "V1"]
        assert found.digital.tolist() == [[1, 2, 3], [10, 20, 0]]
        assert found.absent.tolist() == [[False] * 3, [False, False, True]]
    with pytest.raises(SignalError, match="5 samples are no multiple of 2 dimensions"):
        _of({"code": {"text": "I V1"}, "valueSampledData": sampled("1 2 3 4 5", dimensions=2)})


def test_signals_that_are_no_leads_may_have_another_rate():
    pulse = {"code": {"text": "Pleth"}, "valueSampledData": sampled("1 2 3", period=8)}
    found = _of(pulse, component("I", "1 2"))
    assert list(found.channels.names) == ["I"]
    assert "left out, no leads: Pleth" in found.notes


def test_an_observation_may_be_one_lead_itself():
    alone = observation([], component=None, code=coded("x", MDC["I"]), valueSampledData=sampled("1 2"))
    assert list(sampled_of(alone, where="a.json").channels.names) == ["I"]
