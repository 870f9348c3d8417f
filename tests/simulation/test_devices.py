"""Devices filter and quantise as their table says."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from einthoven.simulation.devices import DEVICES, filtered, quantised


def _gain(device, frequency_hz: float) -> complex:
    """Return gain and shift of a tone that fits the record."""
    n_samples = round(100 * device.rate_hz)
    angle = 2 * np.pi * frequency_hz * np.arange(n_samples) / device.rate_hz
    tone = np.cos(angle).astype(np.float32)[None]
    return complex(2 * np.mean(filtered(tone, device)[0] * np.exp(-1j * angle)))


@pytest.mark.parametrize("name", DEVICES)
def test_the_band_ends_where_three_decibels_are_lost(name):
    device = replace(DEVICES[name], notch_hz=0.0)
    for frequency_hz in device.band_hz:
        assert abs(_gain(device, frequency_hz)) == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert abs(_gain(device, 10.0)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", [name for name, device in DEVICES.items() if device.notch_hz])
def test_the_notch_takes_hum_and_leaves_its_neighbours(name):
    device = DEVICES[name]
    assert abs(_gain(device, device.notch_hz)) < 0.01
    assert abs(_gain(device, device.notch_hz - 5)) > 0.85 * abs(
        _gain(replace(device, notch_hz=0.0), device.notch_hz - 5)
    )


def test_a_causal_baseline_filter_shifts_slow_tones_forward_and_a_digital_one_none():
    assert np.angle(_gain(DEVICES["schiller"], 0.1)) > 0.3
    assert abs(np.angle(_gain(DEVICES["ge"], 0.2))) < 0.01


@pytest.mark.parametrize("name", DEVICES)
def test_amplitudes_are_whole_steps(name):
    device = DEVICES[name]
    signal = np.random.default_rng(0).normal(0, 1, (3, 100)).astype(np.float32)
    steps = quantised(signal, device) / (device.microvolts_per_step / 1000)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-3)
    assert np.abs(quantised(signal, device) - signal).max() <= device.microvolts_per_step / 2000 + 1e-6


def test_the_table_names_a_source_for_each_device_and_a_rate_that_divides_a_thousand():
    text = resources.files("einthoven.simulation").joinpath("devices.toml").read_text(encoding="utf-8")
    known = {"assumption", *tomllib.loads(text)["sources"]}
    for device in DEVICES.values():
        assert set(device.source.split()) <= known
        assert 1000 % device.rate_hz == 0
        assert device.leads_stored in (8, 12)


def test_filters_are_named_as_a_reader_of_its_files_would():
    assert DEVICES["ge"].filters == ("high-pass 0.16 Hz", "low-pass 150 Hz", "notch 60 Hz")
    assert DEVICES["schiller"].filters == ("high-pass 0.05 Hz", "low-pass 150 Hz")
