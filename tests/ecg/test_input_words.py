"""What is said of an input is what its spec holds."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.input_words import input_in_words


def _words(ingest: dict | None = None, **view) -> dict[str, str]:
    return input_in_words(InputSpec(IngestSpec(**(ingest or {})), ViewSpec(**view)))


def test_leads_rate_and_window_are_named():
    words = _words({"leads": ("II", "V1"), "rate_hz": 500.0, "resampler": "linear"}, window_s=2.5)
    assert words["leads"] == "2: II V1"
    assert words["signal"] == "500 Hz, in mV, linear interpolation"
    assert words["window"] == "2.5 s, 1250 samples"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (FilterSpec(kind="none"), "none"),
        (FilterSpec(kind="none", median_s=(0.2, 0.6)), "less the running median over 0.2 then 0.6 s"),
        (
            FilterSpec(order=4, notch_hz=(50.0, 60.0)),
            "band-pass 0.67 to 40 Hz, order 4, zero phase; notch at 50 and 60 Hz",
        ),
        (
            FilterSpec(kind="butterworth_pair", low_hz=0.5, high_hz=None, order=2),
            "high-pass 0.5 Hz, order 2, zero phase",
        ),
        (
            FilterSpec(kind="butterworth_pair", low_hz=None, high_hz=40.0, order=5),
            "low-pass 40 Hz, order 5, zero phase",
        ),
        (
            FilterSpec(kind="fir", low_hz=0.05, high_hz=47.0, length_s=0.3),
            "band-pass 0.05 to 47 Hz, FIR of 0.3 s, zero phase",
        ),
    ],
)
def test_filters_are_described(spec, said):
    assert _words({"filter": spec})["filter"] == said


def test_a_filter_behind_the_resampling_is_told():
    words = _words({"filter": FilterSpec(kind="none", median_s=(0.4,)), "filter_at": "stored"})
    assert words["filter"] == "less the running median over 0.4 s; all after resampling"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (NormaliseSpec(), "as they are"),
        (NormaliseSpec("zscore", "lead"), "z-score of each lead"),
        (NormaliseSpec("zscore", "lead", extent="record"), "z-score of each lead, over the whole record"),
        (NormaliseSpec("zscore", "dataset", mean=(0.0,), std=(0.5,)), "times 2"),
        (NormaliseSpec("zscore", "dataset", mean=(0.0,), std=(1.0,)), "as they are"),
        (NormaliseSpec("zscore", "dataset", mean=(0.1,), std=(0.5,)), "less 0.1, then divided by 0.5"),
        (NormaliseSpec("zscore", "dataset", mean=(0.0,) * 12, std=(0.5,) * 12), "z-score fixed for each lead"),
        (NormaliseSpec("minmax", low=-1.0, high=1.0), "minimum and maximum to -1 and 1 of each lead"),
    ],
)
def test_amplitudes_are_described(spec, said):
    assert _words(normalise=spec)["amplitudes"] == said
    clipped = dataclasses.replace(ViewSpec(normalise=spec), clip_mv=3.0)
    assert input_in_words(InputSpec(view=clipped))["amplitudes"] == f"clipped at 3 mV; {said}"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ({"test_crops_s": (0.0,)}, "the window from 0 s on"),
        ({"test_crops_s": (0.0, 0.5)}, "windows from 0, 0.5 s on, their mean"),
        ({"long": LongSpec(2)}, "up to 2 windows, their mean per label"),
        (
            {"long": LongSpec(2, 5.0, max_labels=("VT",))},
            "up to 2 windows 5 s apart, their mean per label (maximum for VT)",
        ),
    ],
)
def test_longer_records_are_described(view, said):
    assert _words(**view)["longer"] == said


@pytest.mark.parametrize(
    ("short", "said"),
    [("refuse", "refused"), ("pad_zero", "zeros behind"), ("pad_centre", "zeros on both sides")],
)
def test_shorter_records_are_described(short, said):
    assert _words(short=short)["shorter"] == said
