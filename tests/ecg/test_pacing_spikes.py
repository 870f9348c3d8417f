from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.formats import read
from einthoven.ecg.pacing_spikes import pacing_spikes, without_spikes
from einthoven.ecg.qrs_activity import qrs_activity
from fakes.synthetic_ecg import synthetic_ecg


def _spikes(record):
    analysis = analysis_signal(record)
    activity = qrs_activity(analysis.signal, analysis.lost)
    return pacing_spikes(analysis.signal, activity.weight * activity.scale)


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0])
@pytest.mark.parametrize("spike_mv", [0.3, 1.0, 5.0])
def test_each_spike_is_found_where_it_stands(spike_mv, rate_hz):
    ecg = synthetic_ecg(shape="paced", atrial="none", spike_mv=spike_mv, rate_hz=rate_hz, noise_mv=0.01)
    truth = 500 * ecg.spikes_s[(ecg.spikes_s > 0.1) & (ecg.spikes_s < 9.98)]
    assert _spikes(ecg.record) == pytest.approx(truth, abs=2)


@pytest.mark.parametrize("shape", ["normal", "rbbb", "lbbb"])
def test_no_qrs_is_a_spike(shape):
    assert _spikes(synthetic_ecg(shape=shape, noise_mv=0.01).record).size == 0


def test_no_extrasystole_is_a_spike():
    assert _spikes(synthetic_ecg(premature={3: "pvc", 7: "pac"}, noise_mv=0.01).record).size == 0


def test_noise_is_no_spike():
    assert _spikes(synthetic_ecg(noise_mv=0.1, noise_hz=150.0).record).size == 0


def test_a_record_of_100_hz_shows_none():
    assert _spikes(synthetic_ecg(shape="paced", atrial="none", rate_hz=100.0, noise_mv=0.01).record).size == 0


def test_a_short_or_flat_signal_has_none():
    assert pacing_spikes(np.zeros((2, 5000), np.float32), np.ones(2, np.float32)).size == 0
    assert pacing_spikes(np.ones((2, 50), np.float32), np.ones(2, np.float32)).size == 0


def test_a_straight_line_takes_the_place_of_a_spike():
    signal = np.zeros((1, 100), np.float32)
    signal[0, 48:53] = 7
    signal[0, 70:] = 3
    cleaned = without_spikes(signal, np.array([50.0]))
    assert cleaned.max() == 3
    assert np.all(np.diff(cleaned[0, 40:60]) == 0)
    assert without_spikes(signal, np.zeros(0)) is signal


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "spikes"),
    [
        ("ptb_xl/records500/00000/00385_hr.hea", 11),
        ("cinc2011/set-a/2522140.hea", 8),
        ("ptb_xl/records500/00000/00001_hr.hea", 0),
    ],
)
def test_paced_records_show_their_spikes(real_data, path, spikes):
    if not (real_data / path).is_file():
        pytest.skip(f"no {real_data / path}")
    assert abs(_spikes(read(real_data / path, with_sha256=False)).size - spikes) <= 1 * (spikes > 0)
