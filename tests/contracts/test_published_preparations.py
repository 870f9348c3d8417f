"""What authors of published models do to an ECG, in SciPy, is what their input specs do here.

SciPy's filters are given the same extension beyond the record's ends; what is left are 16-bit integers. The chains are
those of the authors' code: ECGFounder ``util.py`` and ``dataset.py``, HuBERT-ECG ``utils.py``, ECG-FM (fairseq-signals)
``preprocess.py``; of ST-MEM, EchoNext, CODE, ECG-JEPA and MERL those of the papers and notes on the weights.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as scipy_signal

from einthoven.ecg.formats import read
from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.ecg.view import crop_starts, view

MIMIC_LEADS = (*STANDARD_LEADS[:4], "aVF", "aVL", *STANDARD_LEADS[6:])
MEAN, STD = (0.01,) * 12, (0.2,) * 12
LOWER, UPPER = (-0.5,) * 12, tuple(0.4 + 0.02 * lead for lead in range(12))
WHOLE = {"window_s": 10.0, "test_crops_s": (0.0,)}


def signal_at(rate_hz, *, seconds=10.0):
    """Beats of a Gaussian shape on a wandering baseline with mains and noise, 12 leads in mV."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    gain = np.linspace(-1, 1.5, 12)[:, np.newaxis]
    beats = sum(
        height * np.exp(-(((time_s % 0.8) - at) ** 2) / width**2 / 2)
        for height, at, width in ((0.1, 0.15, 0.025), (1.0, 0.3, 0.01), (0.3, 0.55, 0.05))
    )
    wander = 0.2 * np.sin(2 * np.pi * 0.2 * time_s + np.arange(12)[:, np.newaxis])
    noise = np.random.default_rng(3).normal(size=(12, time_s.size))
    return (gain * beats + wander + 0.03 * np.sin(2 * np.pi * 50 * time_s) + 0.01 * noise).astype(np.float32)


def filtfilt(sections, signal, rate_hz):
    return scipy_signal.sosfiltfilt(sections, signal, axis=1, padtype="odd", padlen=round(5 * rate_hz))


def ecgfounder(signal, rate_hz):
    notch = scipy_signal.tf2sos(*scipy_signal.iirnotch(50, 30, rate_hz))
    band = scipy_signal.butter(4, [0.67, 40], "bandpass", output="sos", fs=rate_hz)
    filtered = filtfilt(band, filtfilt(notch, signal, rate_hz), rate_hz)
    filtered = filtered - np.stack([scipy_signal.medfilt(lead, 201) for lead in filtered])
    return (filtered - filtered.mean()) / (filtered.std() + 1e-8)


def hubert_ecg(signal, rate_hz):
    taps = scipy_signal.firwin(151, [0.05, 47], window="hamming", pass_zero=False, fs=rate_hz)
    filtered = scipy_signal.filtfilt(taps, 1, signal, axis=1)
    low, high = filtered.min(axis=1, keepdims=True), filtered.max(axis=1, keepdims=True)
    return (2 * (filtered - low) / (high - low + 1e-8) - 1)[:, :2500]


def st_mem(signal, rate_hz):
    extended = np.pad(signal, ((0, 0), (2500, 2500)), mode="reflect", reflect_type="odd")
    filtered = scipy_signal.resample(extended, extended.shape[1] // 2, axis=1)
    for corner, kind in ((0.67, "highpass"), (40, "lowpass")):
        filtered = filtfilt(scipy_signal.butter(5, corner, kind, output="sos", fs=250), filtered, 250)
    filtered = filtered[:, 1250:-1250][:, 125:2375]
    return (filtered - filtered.mean()) / filtered.std()


def ecg_fm(signal, rate_hz):
    time_s = np.arange(5000) / 500
    resampled = np.stack([np.interp(time_s, np.arange(signal.shape[1]) / rate_hz, lead) for lead in signal])
    return ((resampled - resampled.mean(1, keepdims=True)) / resampled.std(1, keepdims=True))[:, 2500:]


def echonext(signal, rate_hz):
    once = np.stack([scipy_signal.medfilt(lead, 51) for lead in signal])
    levelled = signal - np.stack([scipy_signal.medfilt(lead, 151) for lead in once])
    clipped = np.clip(levelled, np.array(LOWER)[:, np.newaxis], np.array(UPPER)[:, np.newaxis])
    return (clipped - 0.01) / 0.2


def code(signal, rate_hz):
    return np.pad(signal, ((0, 0), (48, 48)))


def ecg_jepa(signal, rate_hz):
    return signal[[0, 1, 6, 7, 8, 9, 10, 11]]


def merl(signal, rate_hz):
    swapped = signal[[0, 1, 2, 3, 5, 4, 6, 7, 8, 9, 10, 11]]
    return (swapped - swapped.min()) / (swapped.max() - swapped.min() + 1e-8)


UNFILTERED = FilterSpec("none")
ZSCORE = {"method": "zscore", "eps": 0.0}
CASES = {
    "ECGFounder": (
        ecgfounder,
        500.0,
        IngestSpec(rate_hz=500, filter=FilterSpec(order=4, notch_hz=50, median_s=(0.4,))),
        ViewSpec(**WHOLE, normalise=NormaliseSpec("zscore", "record", eps=1e-8)),
    ),
    "HuBERT-ECG": (
        hubert_ecg,
        500.0,
        IngestSpec(rate_hz=500, filter=FilterSpec("fir", 0.05, 47.0, length_s=0.3)),
        ViewSpec(window_s=5.0, normalise=NormaliseSpec("minmax", low=-1.0, extent="record")),
    ),
    "ST-MEM": (
        st_mem,
        500.0,
        IngestSpec(filter=FilterSpec("butterworth_pair", order=5), filter_at="stored"),
        ViewSpec(normalise=NormaliseSpec(scope="record", **ZSCORE)),
    ),
    "ECG-FM": (
        ecg_fm,
        400.0,
        IngestSpec(rate_hz=500, filter=UNFILTERED, resampler="linear"),
        ViewSpec(window_s=5.0, long=LongSpec(2, 5.0), normalise=NormaliseSpec(extent="record", **ZSCORE)),
    ),
    "EchoNext": (
        echonext,
        250.0,
        IngestSpec(filter=FilterSpec("none", median_s=(0.2, 0.6))),
        ViewSpec(**WHOLE, normalise=NormaliseSpec("zscore", "dataset", MEAN, STD, 0.0, lower=LOWER, upper=UPPER)),
    ),
    "CODE": (
        code,
        400.0,
        IngestSpec(rate_hz=400, filter=UNFILTERED),
        ViewSpec(window_s=10.24, test_crops_s=(0.0,), short="pad_centre"),
    ),
    "ECG-JEPA": (
        ecg_jepa,
        250.0,
        IngestSpec(leads=("I", "II", *STANDARD_LEADS[6:]), filter=UNFILTERED),
        ViewSpec(**WHOLE),
    ),
    "MERL": (
        merl,
        500.0,
        IngestSpec(leads=MIMIC_LEADS, rate_hz=500, filter=UNFILTERED),
        ViewSpec(**WHOLE, normalise=NormaliseSpec("minmax", "record")),
    ),
}
STARTS = {"ST-MEM": 1, "ECG-FM": 1}
"""Which of the test windows is compared, where it isn't the first."""


def difference(name, signal):
    """Return the relative RMS of ours less the authors' of a signal at the rate that the case wants."""
    theirs, rate_hz, ingest, seen = CASES[name]
    spec = InputSpec.from_json(InputSpec(ingest, seen).to_json())
    prepared = prepare(Record(signal, STANDARD_LEADS, rate_hz, "r"), spec.ingest)
    start = crop_starts(spec.view, spec.ingest.rate_hz, prepared.quantised.shape[1])[STARTS.get(name, 0)]
    ours = view(prepared.signal(), spec.view, stored_leads=prepared.leads, start=start, length=spec.window_samples)
    wanted = theirs(signal.astype(np.float64), rate_hz)
    assert ours.shape == wanted.shape
    return np.sqrt(((ours - wanted) ** 2).sum() / (wanted**2).sum())


@pytest.mark.parametrize("name", CASES)
def test_a_published_preparation_is_carried_out_as_its_authors_do(name):
    assert difference(name, signal_at(CASES[name][1])) < 2e-4


@pytest.mark.real_data
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1] == 500.0])
def test_the_same_holds_for_ptb_xl(real_data, name):
    for header in sorted((real_data / "ptb_xl" / "records500").glob("*/*.hea"))[::25]:
        assert difference(name, read(header, with_sha256=False).signal) < 1e-3, header.stem
