"""Signals of CardioSoft exports: strips, the full disclosure in both orders, counts."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.cardiosoft.waveform import rhythm
from einthoven.ecg.formats.xml_document import parse_xml
from einthoven.errors import UnreadableFileError
from fakes.cardiosoft_files import cardiosoft_xml, full_disclosure_xml, leads_xml, settings_xml, strip_xml
from fakes.wfdb_files import fake_digital

LEADS = ("I", "II", "V2")


def found(*sections: str):
    return rhythm(parse_xml(cardiosoft_xml(*sections), where="rec.xml"), where="rec.xml")


def beats(n_samples: int, *, noise: float = 0.0) -> np.ndarray:
    """Return three leads of narrow beats once a second, (lead, sample), whole uV."""
    phase = np.arange(n_samples) / 500 % 1 - 0.5
    wave = np.exp(-((phase / 0.02) ** 2))
    signal = np.array([[800.0], [1100.0], [-700.0]]) * wave + np.array([[30.0], [-20.0], [80.0]])
    return np.rint(signal + np.random.default_rng(1).normal(0, noise, signal.shape)).astype(int)


@pytest.mark.parametrize("by_seconds", [True, False])
@pytest.mark.parametrize("n_samples", [400, 500, 1777, 5000])
@pytest.mark.parametrize("noise", [0.0, 10.0])
def test_the_order_of_a_full_disclosure_shows_in_the_signal(by_seconds, n_samples, noise):
    digital = beats(n_samples, noise=noise)
    channels, (note,) = found(full_disclosure_xml(LEADS, digital, by_seconds=by_seconds))
    np.testing.assert_array_equal(channels.digital, digital)
    assert note.endswith("second by second" if by_seconds else "sample by sample")


def test_samples_may_follow_their_count():
    channels, _ = found(full_disclosure_xml(LEADS, fake_digital(3), by_seconds=True, count="150"))
    np.testing.assert_array_equal(channels.digital, fake_digital(3))


def test_a_full_disclosure_with_fewer_samples_than_declared_is_refused():
    with pytest.raises(UnreadableFileError, match=r"rec\.xml: full disclosure holds 150 samples, declared are 151"):
        found(full_disclosure_xml(LEADS, fake_digital(3), by_seconds=True, count="151"))


def test_the_resting_strip_counts_before_a_full_disclosure():
    digital = fake_digital(3)
    channels, notes = found(full_disclosure_xml(LEADS, digital, by_seconds=True), strip_xml(LEADS, digital + 1))
    np.testing.assert_array_equal(channels.digital, digital + 1)
    assert notes == ()


def test_the_first_of_several_strips_is_read_and_the_others_are_noted():
    digital = fake_digital(3)
    strips = "".join(f"<Strip>{leads_xml(LEADS, digital + k)}</Strip>" for k in (0, 1))
    channels, notes = found(f"<StripData>{settings_xml(3, 50)}{strips}</StripData>")
    np.testing.assert_array_equal(channels.digital, digital)
    assert notes == ("2 strips, the first is read",)


def test_a_strip_may_hold_the_settings_itself():
    strip = f"<Strip><StripData>{settings_xml(3, 50)}{leads_xml(LEADS, fake_digital(3))}</StripData></Strip>"
    channels, _ = found(strip)
    assert (channels.sampling_rate_hz, channels.unit) == (500, "uV")


def test_whole_numbers_stay_whole_and_as_small_as_they_can():
    for top, kind in ((32767, np.int16), (32768, np.int32), (1 << 40, np.float64)):
        channels, _ = found(strip_xml(("I",), np.array([[0, top]])))
        assert channels.digital.dtype == kind
        assert channels.digital.tolist() == [[0, top]]
    fractions = strip_xml(("I",), np.array([[1, 2]])).replace("1,2", "0.5,2")
    assert found(fractions)[0].digital.tolist() == [[0.5, 2]]


def test_counts_that_differ_are_noted_and_missing_samples_refused():
    strip = strip_xml(LEADS, fake_digital(3))
    _, notes = found(strip.replace("Leads>3<", "Leads>12<").replace("Total>50<", "Total>49<"))
    assert notes == ("NumberOfLeads is 12, 3 are held and read", "ChannelSampleCountTotal is 49, 50 are held and read")
    with pytest.raises(UnreadableFileError, match=r"rec\.xml: leads hold 50 samples, ChannelSampleCountTotal is 51"):
        found(strip.replace("Total>50<", "Total>51<"))
