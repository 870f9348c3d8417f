from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.dicom.padding import find_padding


def wave(n_samples=3000):
    return np.rint(300 * np.sin(np.arange(n_samples) / 20 + np.arange(3)[:, None])).astype(np.int16)


@pytest.mark.parametrize("value", [-32768, 32767, -2000])
def test_a_value_beyond_all_others_is_padding_wherever_it_stands(value):
    digital = wave()
    digital[1, [5, 900]] = value
    padding = find_padding(digital, value, sampling_rate_hz=500)
    assert np.argwhere(padding.absent).tolist() == [[1, 5], [1, 900]]
    assert padding.note == "2 samples are padding, not recorded"


def test_a_value_among_the_others_is_an_amplitude():
    digital = wave()
    assert (digital == 0).any()
    padding = find_padding(digital, 0, sampling_rate_hz=500)
    assert padding.absent is None
    assert "lie among the others: taken for amplitudes" in padding.note


def test_the_lowest_amplitude_is_not_padding():
    digital = np.abs(wave())
    assert find_padding(digital, 0, sampling_rate_hz=500).absent is None


def test_a_value_among_the_others_is_padding_for_stretches_of_a_second():
    digital = wave()
    digital[2, 1000:1500] = 0
    digital[0, 2501:] = 0
    padding = find_padding(digital, 0, sampling_rate_hz=499)
    expected = np.zeros(digital.shape, bool)
    expected[2, 1000:1500] = True
    expected[0, 2501:] = False
    expected[0, 2501:] = len(digital[0, 2501:]) >= 499
    np.testing.assert_array_equal(padding.absent, expected)
    assert "in stretches of 1 s and longer" in padding.note


def test_a_channel_of_padding_alone_was_not_recorded():
    digital = wave()
    digital[1] = 0
    assert find_padding(digital, 0, sampling_rate_hz=500).absent[1].all()
    assert find_padding(np.zeros((2, 10), np.int16), 0, sampling_rate_hz=500).absent.all()


def test_the_lowest_number_in_all_channels_is_padding_though_undeclared():
    digital = wave()
    digital[:, -1] = -32768
    digital[0, 5] = -32768
    padding = find_padding(digital, None, sampling_rate_hz=500)
    assert np.argwhere(padding.absent.all(axis=0)).tolist() == [[2999]]
    assert not padding.absent[:, :-1].any()
    assert "1 samples of -32768 in all channels" in padding.note


def test_without_padding_nothing_is_noted():
    assert find_padding(wave(), None, sampling_rate_hz=500) == (None, "")
    assert find_padding(wave(), -32768, sampling_rate_hz=500) == (None, "")
    assert find_padding(wave()[:1], None, sampling_rate_hz=500) == (None, "")
    assert find_padding(wave().astype(np.uint16) * 0, None, sampling_rate_hz=500) == (None, "")
