"""What a model sees of a stored record: leads, windows, normalisation; the half of a spec that no store depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from einthoven.ecg.filter_spec import LATER, check_word
from einthoven.errors import SpecificationError

__all__ = ["LongSpec", "NormaliseSpec", "Short", "ViewSpec"]

Short = Literal["refuse", "pad_zero", "pad_centre"]
Aggregate = Literal["mean", "max"]
Method = Literal["none", "zscore", "minmax"]
Scope = Literal["lead", "record", "dataset"]
Extent = Literal["window", "record"]


@dataclass(frozen=True, slots=True)
class LongSpec:
    """How a record that is longer than the window becomes several windows and one score.

    Attributes
    ----------
    windows : int
    stride_s : float
        From the start of one window to that of the next; 0 spreads them evenly over the record.
    aggregate : ``mean`` or ``max``
        Of a label's probabilities over the windows.
    max_labels : tuple of str
        Labels of which the maximum counts whatever ``aggregate`` says: what comes and goes, such as an extrasystole.
    """

    windows: int = 1
    stride_s: float = 0.0
    aggregate: Aggregate = "mean"
    max_labels: tuple[str, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        check_word("long.aggregate", self.aggregate, get_args(Aggregate))
        if self.max_labels and self.windows < 2:
            raise SpecificationError(
                f"long.max_labels needs long.windows of 2 or more, got {self.windows} with {list(self.max_labels)}"
            )


@dataclass(frozen=True, slots=True)
class NormaliseSpec:
    """How amplitudes are scaled.

    Attributes
    ----------
    method : ``none``, ``zscore`` or ``minmax``
        ``zscore`` subtracts the mean and divides by ``sd + eps``; ``minmax`` maps smallest and largest amplitude to
        ``low`` and ``high``; ``none`` keeps millivolts. Where all amplitudes are the same, they become 0 or ``low``.
    scope : ``lead``, ``record`` or ``dataset``
        Whose amplitudes: of each lead by itself, of all leads together, or the fixed ``mean`` and ``std`` of a data
        set.
    mean, std : tuple of float
        Of a data set, one value or one per lead, in the spec's unit.
    eps : float
    low, high : float
        Of ``minmax``.
    extent : ``window`` or ``record``
        Over which stretch: what the record fills of the window that the model sees, or the full record before windows
        are cut. Leads are chosen and amplitudes clipped (``clip_mv``) before in either case.
    lower, upper : tuple of float
        Limits at which amplitudes are cut off before the fixed values of a data set are applied, one value or one per
        lead, in the spec's unit.
    """

    method: Method = "none"
    scope: Scope = "lead"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    eps: float = 1e-6
    low: float = field(default=0.0, metadata=LATER)
    high: float = field(default=1.0, metadata=LATER)
    extent: Extent = field(default="window", metadata=LATER)
    lower: tuple[float, ...] = field(default=(), metadata=LATER)
    upper: tuple[float, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        check_word("normalise.method", self.method, get_args(Method))
        check_word("normalise.scope", self.scope, get_args(Scope))
        check_word("normalise.extent", self.extent, get_args(Extent))
        fixed = self.method == "zscore" and self.scope == "dataset"
        if self.method == "minmax" and self.scope == "dataset":
            raise SpecificationError(
                "normalise.method 'minmax' takes scope 'lead' or 'record', got 'dataset': fixed limits are lower and "
                "upper of a 'zscore'"
            )
        if self.method == "minmax" and not self.low < self.high:
            raise SpecificationError(f"normalise needs low < high, got {self.low} and {self.high}")
        if self.method != "minmax" and (self.low, self.high) != (0.0, 1.0):
            raise SpecificationError(
                f"normalise.low and high belong to method 'minmax', got {self.low} and {self.high} with {self.method!r}"
            )
        if self.extent == "record" and (self.method == "none" or fixed):
            raise SpecificationError(
                "normalise.extent 'record' needs statistics of the record: method 'zscore' or 'minmax' with scope "
                f"'lead' or 'record', got {self.method!r} with {self.scope!r}"
            )
        if (self.lower or self.upper) and not fixed:
            raise SpecificationError(
                "normalise.lower and upper belong to method 'zscore' with scope 'dataset', "
                f"got {self.method!r} with {self.scope!r}; view.clip_mv limits amplitudes before any normalisation"
            )
        self._check_limits()

    def _check_limits(self) -> None:
        for lower, upper in zip(self.lower, self.upper, strict=False):
            if not lower < upper:
                raise SpecificationError(f"normalise needs lower < upper for each lead, got {lower} and {upper}")


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
    short : ``refuse``, ``pad_zero`` or ``pad_centre``
        What happens to a record that is shorter than the window: it is refused, followed by zeros, or laid in the
        middle, with zeros on both sides (an odd one behind).
    long : LongSpec
    normalise : NormaliseSpec
    clip_mv : float, optional
        Amplitudes beyond are cut off before normalisation.
    """

    leads: tuple[str, ...] = ()
    window_s: float = 9.0
    crop: Literal["random"] | tuple[float, ...] = "random"
    test_crops_s: tuple[float, ...] = (0.0, 0.5, 1.0)
    short: Short = "refuse"
    long: LongSpec = field(default_factory=LongSpec)
    normalise: NormaliseSpec = field(default_factory=NormaliseSpec)
    clip_mv: float | None = None

    def __post_init__(self) -> None:
        if not self.window_s > 0 or any(start < 0 for start in self.test_crops_s) or not self.test_crops_s:
            raise SpecificationError(
                "window_s must be positive and test_crops_s start at 0 or later, "
                f"got {self.window_s} and {self.test_crops_s}"
            )
        check_word("view.short", self.short, get_args(Short))
