"""What a model is fed, in two halves: how a record is ingested (once) and how a model views it.

The ingest half fixes leads, unit, rate and filter at ingest or at the service's door, and its hash names a store. The
view half (window, crops, normalisation) is cheap and belongs to each model.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Unit
from einthoven.errors import SpecificationError
from einthoven.registry import nearest

__all__ = ["FilterSpec", "IngestSpec", "InputSpec", "LongSpec", "NormaliseSpec", "ViewSpec"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """Zero-phase band-pass that is applied once per record.

    ``butterworth`` is the squared magnitude of a Butterworth filter of the given order, so the corners lie at -6 dB;
    ``none`` leaves the signal as it is. ``notch_hz`` removes a narrow band around mains, if given.
    """

    kind: Literal["butterworth", "none"] = "butterworth"
    low_hz: float = 0.67
    high_hz: float = 40.0
    order: int = 3
    zero_phase: bool = True
    notch_hz: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("butterworth", "none"):
            raise SpecificationError(f"filter kind must be 'butterworth' or 'none', got {self.kind!r}")
        if self.kind == "butterworth" and not 0 < self.low_hz < self.high_hz:
            raise SpecificationError(f"filter needs 0 < low_hz < high_hz, got {self.low_hz} and {self.high_hz}")
        if not self.zero_phase:
            raise SpecificationError(
                "only zero-phase filters are built: a causal one shifts waves against their labels"
            )


@dataclass(frozen=True, slots=True)
class IngestSpec:
    """The half that fixes what a store holds.

    Attributes
    ----------
    leads : tuple of str
        Stored leads, in this order.
    missing_lead : ``refuse``, ``zero`` or ``derive``
        ``derive`` computes limb leads from two others by Einthoven's law and refuses what can't be computed; ``zero``
        stores a lead that isn't there as absent and fills it with zero when it is read.
    unit : ``mV`` or ``arbitrary``
        A mV spec refuses records without a unit; an arbitrary one takes both and requires normalisation.
    rate_hz : float
    filter : FilterSpec
    pad_s : float
        Odd extension on both sides while filtering, at most the record's length less one sample.
    resampler : ``fft`` or ``polyphase``
        ``fft`` filters and resamples in one real FFT.
    """

    leads: tuple[str, ...] = STANDARD_LEADS
    missing_lead: Literal["refuse", "zero", "derive"] = "derive"
    unit: Unit = "mV"
    rate_hz: float = 250.0
    filter: FilterSpec = field(default_factory=FilterSpec)
    pad_s: float = 5.0
    resampler: Literal["fft", "polyphase"] = "fft"
    version: int = VERSION

    def __post_init__(self) -> None:
        unknown = [lead for lead in self.leads if lead not in STANDARD_LEADS]
        if unknown or len(set(self.leads)) != len(self.leads) or not self.leads:
            raise SpecificationError(
                f"leads must be some of {', '.join(STANDARD_LEADS)}, each once, got {list(self.leads)}"
            )
        if not self.rate_hz > 0:
            raise SpecificationError(f"rate_hz must be positive, got {self.rate_hz}")
        if self.filter.kind == "butterworth" and self.filter.high_hz >= self.rate_hz / 2:
            raise SpecificationError(
                f"filter.high_hz must lie below half of rate_hz ({self.rate_hz / 2}), got {self.filter.high_hz}"
            )

    @property
    def ingest_hash(self) -> str:
        """SHA-256 over the canonical JSON of this half; names the store it belongs to."""
        return hashlib.sha256(json.dumps(_to_plain(self), sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        plain: dict[str, Any] = _to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> IngestSpec:
        """Inverse of ``to_dict``; an unknown key is an error that names the nearest one."""
        spec: IngestSpec = _from_plain(cls, values, where="ingest")
        return spec


@dataclass(frozen=True, slots=True)
class LongSpec:
    """How a record that is longer than the window becomes several windows and one score."""

    windows: int = 1
    stride_s: float = 0.0
    aggregate: Literal["mean", "max"] = "mean"


@dataclass(frozen=True, slots=True)
class NormaliseSpec:
    """How amplitudes are scaled.

    ``zscore`` subtracts the mean and divides by ``sd + eps``, per ``lead``, per whole ``record``, or with the fixed
    ``mean`` and ``std`` of a ``dataset``; ``none`` keeps millivolts.
    """

    method: Literal["none", "zscore"] = "none"
    scope: Literal["lead", "record", "dataset"] = "lead"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    eps: float = 1e-6


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """The half that fixes what a model sees of a stored record.

    Attributes
    ----------
    leads : tuple of str
        The subset that the model sees; empty means all that are stored.
    window_s : float
    crop : ``random`` or tuple of float
        Where a training window starts: anywhere, or at one of these seconds, drawn at random.
    test_crops_s : tuple of float
        Where test windows start, in seconds; the scores of one record are averaged.
    short : ``pad_zero`` or ``refuse``
        What happens to a record that is shorter than the window.
    long : LongSpec
    normalise : NormaliseSpec
    clip_mv : float, optional
        Amplitudes beyond are cut off before normalisation.
    """

    leads: tuple[str, ...] = ()
    window_s: float = 9.0
    crop: Literal["random"] | tuple[float, ...] = "random"
    test_crops_s: tuple[float, ...] = (0.0, 0.5, 1.0)
    short: Literal["pad_zero", "refuse"] = "refuse"
    long: LongSpec = field(default_factory=LongSpec)
    normalise: NormaliseSpec = field(default_factory=NormaliseSpec)
    clip_mv: float | None = None

    def __post_init__(self) -> None:
        if not self.window_s > 0 or any(start < 0 for start in self.test_crops_s) or not self.test_crops_s:
            raise SpecificationError(
                "window_s must be positive and test_crops_s start at 0 or later, "
                f"got {self.window_s} and {self.test_crops_s}"
            )


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Both halves; travels inside every checkpoint."""

    ingest: IngestSpec = field(default_factory=IngestSpec)
    view: ViewSpec = field(default_factory=ViewSpec)

    def __post_init__(self) -> None:
        if self.ingest.unit == "arbitrary" and self.view.normalise.method == "none":
            raise SpecificationError(
                "unit 'arbitrary' needs a normalisation: set input.view.normalise.method = 'zscore'"
            )
        foreign = [lead for lead in self.view.leads if lead not in self.ingest.leads]
        if foreign:
            raise SpecificationError(f"view.leads must be stored leads {list(self.ingest.leads)}, got {foreign}")

    @property
    def leads(self) -> tuple[str, ...]:
        """Leads that the model sees."""
        return self.view.leads or self.ingest.leads

    @property
    def window_samples(self) -> int:
        """Window length in samples."""
        return round(self.view.window_s * self.ingest.rate_hz)

    def to_json(self) -> str:
        """Return canonical JSON."""
        return json.dumps(_to_plain(self), sort_keys=True, indent=1)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> InputSpec:
        """Build a spec from parsed JSON or TOML; an unknown key is an error that names the nearest one."""
        spec: InputSpec = _from_plain(cls, values, where="input")
        return spec

    @classmethod
    def from_json(cls, text: str) -> InputSpec:
        """Inverse of ``to_json``."""
        return cls.from_dict(json.loads(text))


_NESTED: dict[str, type] = {
    "ingest": IngestSpec,
    "view": ViewSpec,
    "filter": FilterSpec,
    "long": LongSpec,
    "normalise": NormaliseSpec,
}


def _to_plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return list(value) if isinstance(value, tuple) else value


def _from_plain(kind: Any, values: Mapping[str, Any], where: str) -> Any:
    accepted = [f.name for f in dataclasses.fields(kind)]
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        if key not in accepted:
            raise SpecificationError(f"{where} has no key {key!r}{nearest(key, accepted)}")
        if key in _NESTED:
            arguments[key] = _from_plain(_NESTED[key], value, f"{where}.{key}")
        else:
            arguments[key] = tuple(value) if isinstance(value, list) else value
    if arguments.get("version", VERSION) > VERSION:
        raise SpecificationError(f"{where} has version {arguments['version']}, this einthoven reads up to {VERSION}")
    return kind(**arguments)
