"""What is filtered out of a record, once and with zero phase: mains, a band, the baseline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from einthoven.errors import SpecificationError

__all__ = ["LATER", "FilterKind", "FilterSpec", "check_word"]

LATER = {"left_out_at_default": True}
"""Marks fields that came after the first stores were hashed: they stay out of the JSON while they have their default,
so the hash of a spec that doesn't use them is what it was."""

FilterKind = Literal["butterworth", "butterworth_pair", "fir", "none"]


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """Zero-phase filter that is applied once per record: notches, then the band, then the baseline.

    Zero phase is the squared magnitude of the digital filter, as by running it forwards and backwards, so the corners
    of a Butterworth filter lie at -6 dB.

    Attributes
    ----------
    kind : ``butterworth``, ``butterworth_pair``, ``fir`` or ``none``
        ``butterworth`` is one band-pass of ``order``; ``butterworth_pair`` a high-pass of ``order`` at ``low_hz`` and a
        low-pass of ``lowpass_order`` at ``high_hz``, each on its own; ``fir`` a windowed (Hamming) linear-phase filter
        of ``length_s``; ``none`` leaves the band as it is.
    low_hz, high_hz : float, optional
        Lower and upper corner. In a ``butterworth_pair`` or ``fir`` one of the two may be None: only low-pass or only
        high-pass.
    order : int
    notch_hz : float or tuple of float, optional
        Centres of narrow bands around mains that are removed, whatever the kind.
    lowpass_order : int, optional
        Of the low-pass in a ``butterworth_pair``; that of the high-pass by default.
    length_s : float, optional
        Of a ``fir`` filter: it has ``int(length_s * rate)`` taps, one more if that is even.
    median_s : tuple of float
        Widths of running medians after the band, each on the output of the one before; the last one's output is the
        baseline and is subtracted. They run at the rate that is stored, over ``int(width * rate) + 1`` samples, one
        more if that is even, with zeros beyond the record's ends.
    """

    kind: FilterKind = "butterworth"
    low_hz: float | None = 0.67
    high_hz: float | None = 40.0
    order: int = 3
    zero_phase: bool = True
    notch_hz: float | tuple[float, ...] | None = None
    lowpass_order: int | None = field(default=None, metadata=LATER)
    length_s: float | None = field(default=None, metadata=LATER)
    median_s: tuple[float, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        check_word("filter.kind", self.kind, get_args(FilterKind))
        if self.kind != "none":
            self._check_corners()
        self._check_lengths()
        if not self.zero_phase:
            raise SpecificationError(
                "only zero-phase filters are built: a causal one shifts waves against their labels"
            )

    @property
    def corners(self) -> tuple[tuple[str, float], ...]:
        """Name and frequency in Hz of each corner that the filter has."""
        both = (("low_hz", self.low_hz), ("high_hz", self.high_hz)) if self.kind != "none" else ()
        return tuple((name, frequency) for name, frequency in both if frequency is not None)

    @property
    def band(self) -> tuple[float, float]:
        """Lower and upper corner in Hz, of a filter that has both."""
        if self.low_hz is None or self.high_hz is None:
            raise SpecificationError(f"filter needs low_hz and high_hz, got {self.low_hz} and {self.high_hz}")
        return self.low_hz, self.high_hz

    @property
    def notches(self) -> tuple[float, ...]:
        """Centres of the notches in Hz."""
        if self.notch_hz is None:
            return ()
        return self.notch_hz if isinstance(self.notch_hz, tuple) else (self.notch_hz,)

    @property
    def linear(self) -> bool:
        """Whether anything is to be done beside the medians."""
        return self.kind != "none" or bool(self.notches)

    def _check_corners(self) -> None:
        frequencies = [frequency for _, frequency in self.corners]
        if self.kind == "butterworth" and len(frequencies) < 2:
            raise SpecificationError(
                "a 'butterworth' filter needs low_hz and high_hz, got "
                f"{self.low_hz} and {self.high_hz}: a 'butterworth_pair' or 'fir' may have one of them alone"
            )
        if not frequencies:
            raise SpecificationError(f"a filter of kind {self.kind!r} needs low_hz or high_hz, got neither")
        if not all(low < high for low, high in zip([0.0, *frequencies], frequencies, strict=False)):
            raise SpecificationError(f"filter needs 0 < low_hz < high_hz, got {self.low_hz} and {self.high_hz}")
        for name, order in (("order", self.order), ("lowpass_order", self.lowpass_order)):
            if order is not None and order < 1:
                raise SpecificationError(f"filter.{name} must be 1 or more, got {order}")

    def _check_lengths(self) -> None:
        if (self.kind == "fir") != (self.length_s is not None):
            raise SpecificationError(
                f"filter.length_s is what kind 'fir' needs and no other has, got {self.length_s} with {self.kind!r}"
            )
        if self.lowpass_order is not None and self.kind != "butterworth_pair":
            raise SpecificationError(
                f"filter.lowpass_order belongs to kind 'butterworth_pair', got {self.lowpass_order} with {self.kind!r}"
            )
        positive = (("length_s", (self.length_s or 0.0,) if self.kind == "fir" else ()), ("median_s", self.median_s))
        for name, values in (*positive, ("notch_hz", self.notches)):
            if not all(value > 0 for value in values):
                raise SpecificationError(f"filter.{name} must be positive, got {', '.join(map(str, values))}")


def check_word(name: str, word: str, accepted: tuple[str, ...]) -> None:
    """Refuse a word that is none of those a setting accepts."""
    if word not in accepted:
        raise SpecificationError(f"{name} must be one of {', '.join(map(repr, accepted))}, got {word!r}")
