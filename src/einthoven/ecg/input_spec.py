"""What a model is fed, in two halves: how a record is ingested (once) and how a model views it.

The ingest half fixes leads, unit, rate and filter at ingest or at the service's door, and its hash names a store. The
view half (window, crops, normalisation; ``view_spec``) is cheap and belongs to each model.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from einthoven.ecg.filter_spec import LATER, FilterSpec, check_word
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Unit
from einthoven.ecg.view_spec import LongSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError
from einthoven.registry import nearest

__all__ = ["FilterSpec", "IngestSpec", "InputSpec", "LongSpec", "NormaliseSpec", "ViewSpec"]

VERSION = 1


Resampler = Literal["fft", "polyphase", "linear"]
FilterAt = Literal["recorded", "stored"]


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
    resampler : ``fft``, ``polyphase`` or ``linear``
        ``fft`` filters and resamples in one real FFT; the others resample what was filtered at the record's own rate.
        ``linear`` draws straight lines between the samples; what lies behind the last one is as that.
    filter_at : ``recorded`` or ``stored``
        The rate for which the digital filter is designed, that of the record or ``rate_hz``: filter first and resample
        then, or the other way round. The corners are the same, the slopes of filters of one order differ a little.
    """

    leads: tuple[str, ...] = STANDARD_LEADS
    missing_lead: Literal["refuse", "zero", "derive"] = "derive"
    unit: Unit = "mV"
    rate_hz: float = 250.0
    filter: FilterSpec = field(default_factory=FilterSpec)
    pad_s: float = 5.0
    resampler: Resampler = "fft"
    version: int = VERSION
    filter_at: FilterAt = field(default="recorded", metadata=LATER)

    def __post_init__(self) -> None:
        unknown = [lead for lead in self.leads if lead not in STANDARD_LEADS]
        if unknown or len(set(self.leads)) != len(self.leads) or not self.leads:
            raise SpecificationError(
                f"leads must be some of {', '.join(STANDARD_LEADS)}, each once, got {list(self.leads)}"
            )
        if not self.rate_hz > 0:
            raise SpecificationError(f"rate_hz must be positive, got {self.rate_hz}")
        for name, frequency in self.filter.corners:
            if frequency >= self.rate_hz / 2:
                raise SpecificationError(
                    f"filter.{name} must lie below half of rate_hz ({self.rate_hz / 2}), got {frequency}"
                )
        check_word("resampler", self.resampler, get_args(Resampler))
        check_word("filter_at", self.filter_at, get_args(FilterAt))
        if self.filter.length_s is not None and self.filter.length_s > self.pad_s:
            raise SpecificationError(
                f"filter.length_s must not exceed pad_s ({self.pad_s}), got {self.filter.length_s}: the filter would "
                "reach beyond the extension of the record"
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
class InputSpec:
    """Both halves; travels inside every checkpoint."""

    ingest: IngestSpec = field(default_factory=IngestSpec)
    view: ViewSpec = field(default_factory=ViewSpec)

    def __post_init__(self) -> None:
        if self.ingest.unit == "arbitrary" and self.view.normalise.method == "none":
            raise SpecificationError(
                "unit 'arbitrary' needs a normalisation: set input.view.normalise.method = 'zscore' or 'minmax'"
            )
        foreign = [lead for lead in self.view.leads if lead not in self.ingest.leads]
        if foreign:
            raise SpecificationError(f"view.leads must be stored leads {list(self.ingest.leads)}, got {foreign}")
        for name, limits in (("lower", self.view.normalise.lower), ("upper", self.view.normalise.upper)):
            if len(limits) not in {0, 1, len(self.leads)}:
                raise SpecificationError(
                    f"normalise.{name} needs one value, or one for each of {len(self.leads)} leads, got {len(limits)}"
                )

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

_CORNERS = ("low_hz", "high_hz")


def _to_plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = [f for f in dataclasses.fields(value) if f.metadata != LATER or getattr(value, f.name) != f.default]
        return {f.name: _to_plain(getattr(value, f.name)) for f in kept}
    return list(value) if isinstance(value, tuple) else value


def _from_plain(kind: Any, values: Mapping[str, Any], where: str) -> Any:
    accepted = [f.name for f in dataclasses.fields(kind)]
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        if key not in accepted:
            raise SpecificationError(f"{where} has no key {key!r}{nearest(key, accepted)}")
        if key in _CORNERS and value == "none":
            arguments[key] = None  # TOML has no word for it
        elif key in _NESTED:
            arguments[key] = _from_plain(_NESTED[key], value, f"{where}.{key}")
        else:
            arguments[key] = tuple(value) if isinstance(value, list) else value
    if arguments.get("version", VERSION) > VERSION:
        raise SpecificationError(f"{where} has version {arguments['version']}, this einthoven reads up to {VERSION}")
    return kind(**arguments)
