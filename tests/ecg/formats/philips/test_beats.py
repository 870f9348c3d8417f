from __future__ import annotations

import base64

import numpy as np
import pytest
import sierraecg

from einthoven.ecg.formats import read
from einthoven.ecg.leads import STANDARD_LEADS
from fakes.philips_files import write_philips

DIGITAL = np.random.default_rng(5).integers(-900, 900, (12, 120))
ROWS = np.random.default_rng(6).integers(-400, 400, (12, 50))


def _beats(rows=ROWS, *, attributes='samplespersec="1000" resolution="2.5"', inner=True, duration=50) -> str:
    parts = []
    for lead, row in zip(STANDARD_LEADS, rows, strict=True):
        words = base64.b64encode(np.asarray(row).astype("<i2").tobytes()).decode()
        if inner:
            parts.append(f'<repbeat leadname="{lead}"><waveform duration="{duration}">{words}</waveform></repbeat>')
        else:
            parts.append(f'<repbeat leadname="{lead}" duration="{duration}">{words}</repbeat>')
    return f'<repbeats dataencoding="Base64" {attributes}>{"".join(parts)}</repbeats>'


@pytest.mark.parametrize("inner", [True, False])
def test_beats_have_a_rate_and_an_amplitude_of_their_own(tmp_path, inner):
    beat = read(write_philips(tmp_path, digital=DIGITAL, beats=_beats(inner=inner))).median_beat
    assert (beat.leads, beat.sampling_rate_hz) == (STANDARD_LEADS, 1000)
    np.testing.assert_allclose(beat.signal, ROWS * 0.0025, atol=1e-6)


def test_the_rate_follows_from_the_duration_where_it_is_not_said(tmp_path):
    beats = _beats(attributes='resolution="5"', duration=100)
    assert read(write_philips(tmp_path, digital=DIGITAL, beats=beats)).median_beat.sampling_rate_hz == 500


def test_what_fills_up_the_end_is_no_signal(tmp_path):
    filled = np.concatenate([ROWS, np.full((12, 30), 32767)], axis=1)
    beat = read(write_philips(tmp_path, digital=DIGITAL, beats=_beats(filled))).median_beat
    assert beat.signal.shape == (12, 50)


@pytest.mark.parametrize(
    ("beats", "reason"),
    [
        (_beats(attributes='samplespersec="1000"'), "doesn't say what its samples are worth"),
        (_beats(attributes='resolution="1" compression="Huffman"'), "compressed by 'Huffman'"),
        (_beats([*ROWS[:11], ROWS[11, :40]]), "different lengths"),
        (_beats(attributes='resolution="1"', duration=0), "a beat of 0 ms"),
        (_beats().replace("Base64", "Hex"), "encoded as 'Hex'"),
    ],
)
def test_beats_that_cannot_be_read_leave_the_rhythm_and_a_note(tmp_path, beats, reason):
    record = read(write_philips(tmp_path, digital=DIGITAL, beats=beats))
    assert record.median_beat is None
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    assert any(note.startswith("representative beats left out") and reason in note for note in record.provenance.notes)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "n_samples", "rate_hz", "step_mv"),
    [
        ("3191723_ZZDEMOPTONLY_1-04_orig.xml", 600, 500, 0.0025),
        ("ad4d3d80-d165_1-04_orig.xml", 600, 500, 0.0025),
        ("2020-5-18_15-48-11.xml", 1200, 1000, 0.001),
    ],
)
def test_real_beats_equal_sierraecg_up_to_the_filling(real_data, name, n_samples, rate_hz, step_mv):
    path = real_data / "formats/philips_xml" / name
    beat = read(path).median_beat
    theirs = sierraecg.read_file(str(path), include_repbeats=True).repbeats
    assert (beat.signal.shape, beat.sampling_rate_hz) == ((12, n_samples), rate_hz)
    for lead, row in zip(beat.leads, beat.signal, strict=True):
        np.testing.assert_array_equal(np.rint(row / step_mv), theirs[lead].samples[:n_samples])
        assert (theirs[lead].samples[n_samples:] == 32767).all()
    onset = read(path).measurements["qrs_onset_ms"] / 1000 * rate_hz
    peak = np.abs(np.diff(beat.signal[1])).argmax()
    assert 0 < peak - onset < 0.1 * rate_hz  # the onset is in milliseconds, whatever the rate
