"""Recorders: rate, gain, band and noise of the devices that simulated hospitals own, and what they do to a signal."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft

__all__ = ["DEVICES", "Device", "filtered", "quantised"]

_LOW_PASS_ORDER = 3
_NOTCH_QUALITY = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One model of recorder.

    Attributes
    ----------
    name : str
        In ``DEVICES``.
    manufacturer, model : str
    source : str
        Where the numbers come from, an entry of ``devices.toml``.
    rate_hz : float
    microvolts_per_step : float
        Of the numbers stored.
    band_hz : pair of float
        -3 dB points.
    baseline_filter : ``causal`` or ``zero_phase``
        First order as an RC filter, or Butterworth's second order without shift in time.
    notch_hz : float
        0: none.
    mains_hz : float
        Of the country.
    mains_factor : float
        How much hum reaches the amplifier.
    floor_uv : float
        Root mean square of the amplifier's own noise in each lead.
    leads_stored : 8 or 12
        With 8, the other limb leads are computed from those as they are stored.
    file_format : str
        Name in the table of formats.
    """

    name: str
    manufacturer: str
    model: str
    source: str
    rate_hz: float
    microvolts_per_step: float
    band_hz: tuple[float, float]
    baseline_filter: Literal["causal", "zero_phase"]
    notch_hz: float
    mains_hz: float
    mains_factor: float
    floor_uv: float
    leads_stored: int
    file_format: str

    @property
    def filters(self) -> tuple[str, ...]:
        """Return what the device does, as a reader of its files would say."""
        low, high = self.band_hz
        notch = (f"notch {self.notch_hz:g} Hz",) if self.notch_hz else ()
        return (f"high-pass {low:g} Hz", f"low-pass {high:g} Hz", *notch)


def filtered(signal: NDArray[np.float32], device: Device) -> NDArray[np.float32]:
    """Return float32 (lead, sample) as the device's filters pass it on.

    The signal is taken to go round: what its first and last tenths of a second hold is not what a recorder stores.
    """
    n_samples = signal.shape[-1]
    spectrum = fft.rfft(signal, axis=-1)
    spectrum *= _transfer(device, n_samples)
    return np.asarray(fft.irfft(spectrum, n_samples, axis=-1, overwrite_x=True), dtype=np.float32)


def quantised(signal: NDArray[np.float32], device: Device) -> NDArray[np.float32]:
    """Return float32 (lead, sample), mV: the nearest whole steps."""
    step_mv = np.float32(device.microvolts_per_step / 1000)
    steps = np.multiply(signal, 1 / step_mv, dtype=np.float32)
    np.rint(steps, out=steps)
    steps *= step_mv
    return steps


@lru_cache(maxsize=32)
def _transfer(device: Device, n_samples: int) -> NDArray[np.complex64]:
    """Return complex64 (frequency,): the device's transfer function."""
    frequency = fft.rfftfreq(n_samples, 1 / device.rate_hz)
    low, high = device.band_hz
    transfer = (1 / np.sqrt(1 + (frequency / high) ** (2 * _LOW_PASS_ORDER))).astype(np.complex128)
    ratio = frequency / low
    transfer *= (
        1j * ratio / (1 + 1j * ratio) if device.baseline_filter == "causal" else ratio**2 / np.sqrt(1 + ratio**4)
    )
    if device.notch_hz:
        band = (frequency * device.notch_hz / _NOTCH_QUALITY) ** 2
        gap = (frequency**2 - device.notch_hz**2) ** 2
        transfer *= np.sqrt(gap / (gap + band))
    kept: NDArray[np.complex64] = transfer.astype(np.complex64)
    kept.flags.writeable = False
    return kept


def _devices() -> MappingProxyType[str, Device]:
    text = resources.files(__package__).joinpath("devices.toml").read_text(encoding="utf-8")
    tables = {name: table for name, table in tomllib.loads(text).items() if name != "sources"}
    return MappingProxyType(
        {name: Device(**{**table, "name": name, "band_hz": tuple(table["band_hz"])}) for name, table in tables.items()}
    )


DEVICES = _devices()
"""All recorders by name; MappingProxyType of str to Device."""
