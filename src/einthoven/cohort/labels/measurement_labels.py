"""Labels that a measurement decides, such as QRS above 140 ms, from what a machine measured.

A value outside ``measurement_limits.csv`` is no measurement but a code for a missing one (0, -1, 999, 9999, 29999,
32767 are in use) or a failure; the label is then unknown. The limits are our own and wide: they refuse what no adult
ECG shows, not what is rare. QT is corrected after Bazett (Heart 1920;7:353) or Fridericia
(Acta Med Scand 1920;53:469); the limits of 450 ms in men and 470 ms in women for adults are of Goldenberg
(J Cardiovasc Electrophysiol 2006, doi:10.1111/j.1540-8167.2006.00408.x).
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import CohortError

__all__ = ["MeasurementRule", "Measurements", "measured_label"]

Measurements = Mapping[str, Sequence[float | None]]
Values = NDArray[np.float64]

# the machine's own value first; one whose formula isn't told counts as Bazett's, which most machines print
QTC_COLUMNS = {"bazett": ("qtc_bazett_ms", "qtc_ms"), "fridericia": ("qtc_fridericia_ms",)}
CORRECTED = {"qtc_ms": "bazett", "qtc_bazett_ms": "bazett", "qtc_fridericia_ms": "fridericia"}
EXPONENT = {"bazett": 1 / 2, "fridericia": 1 / 3}


@dataclass(frozen=True, slots=True)
class MeasurementRule:
    """When a measurement makes its label true.

    Attributes
    ----------
    quantity : str
        As in ``ecg/formats/measurement_names.py``; ``qtc_ms`` is corrected after Bazett as
        ``qtc_bazett_ms`` is, ``qtc_fridericia_ms`` after Fridericia.
    sense : ``>`` or ``<``
        The limit itself doesn't count.
    limit : float
        In the unit that the quantity's name carries.
    limit_women : float, optional
        Where it differs for women.
    """

    quantity: str
    sense: Literal[">", "<"]
    limit: float
    limit_women: float | None = None

    @classmethod
    def parse(cls, text: str) -> MeasurementRule:
        """Read a rule.

        Examples
        --------
        >>> MeasurementRule.parse("qtc_ms > 450 F 470")
        MeasurementRule(quantity='qtc_ms', sense='>', limit=450.0, limit_women=470.0)
        """
        words = text.split()
        has_women = len(words) == 5 and words[3] == "F"
        if (len(words) != 3 and not has_women) or words[1] not in (">", "<"):
            raise CohortError(f"a rule looks like 'pr_ms > 200' or 'qtc_ms > 450 F 470', got {text!r}")
        sense: Literal[">", "<"] = ">" if words[1] == ">" else "<"
        return cls(words[0], sense, float(words[2]), float(words[4]) if has_women else None)


def measured_label(
    rule: MeasurementRule,
    measurements: Measurements,
    *,
    n: int,
    sex: Sequence[str] | None = None,
) -> list[float | None]:
    """Return 1, 0 or None (not measured) for each of ``n`` ECGs.

    Parameters
    ----------
    rule : MeasurementRule
    measurements : mapping of name to sequence of float or None, each of length n
        Heart rate and RR stand in for each other; a corrected QT that isn't given is computed from QT and RR.
    n : int
    sex : sequence of F, M or anything else for unknown, optional
        Where it is unknown and matters, the label is only known where both limits agree.

    Raises
    ------
    CohortError
        For a column of another length.
    """
    value = _quantity(rule.quantity, measurements, n=n)
    by_limit = [_beyond(value, rule.sense, limit) for limit in (rule.limit, rule.limit_women) if limit is not None]
    men, women = by_limit[0], by_limit[-1]
    sexes = np.array(sex if sex is not None else ["U"] * n, dtype=object)
    if len(sexes) != n:
        raise CohortError(f"sex has {len(sexes)} entries for {n} ECGs")
    either = np.where(men == women, men, np.nan)
    label = np.where(sexes == "M", men, np.where(sexes == "F", women, either))
    return [None if np.isnan(one) else float(one) for one in label]


def _beyond(value: Values, sense: str, limit: float) -> Values:
    beyond = value > limit if sense == ">" else value < limit
    return np.where(np.isnan(value), np.nan, beyond.astype(np.float64))


def _quantity(name: str, measurements: Measurements, *, n: int) -> Values:
    """Return plausible values of a quantity, measured or computed from others; NaN elsewhere."""

    def plausible(column: str) -> Values:
        return _plausible(column, measurements, n=n)

    if name == "heart_rate_bpm":
        return _first(plausible("heart_rate_bpm"), 60_000 / plausible("rr_ms"))
    if name in CORRECTED:
        formula = CORRECTED[name]
        rr_ms = _first(plausible("rr_ms"), 60_000 / plausible("heart_rate_bpm"))
        computed = plausible("qt_ms") / (rr_ms / 1000) ** EXPONENT[formula]
        low, high = _limits()["qtc_ms"]
        computed[~((computed >= low) & (computed <= high))] = np.nan
        return _first(*(plausible(column) for column in QTC_COLUMNS[formula]), computed)
    if name == "qrs_axis_deg":
        axis = plausible(name)
        return 180 - (180 - axis) % 360  # machines write -90 to 270 as well as -180 to 180
    return plausible(name)


def _plausible(column: str, measurements: Measurements, *, n: int) -> Values:
    given = measurements.get(column)
    if given is None:
        return np.full(n, np.nan)
    value = np.array(given, dtype=np.float64)
    if value.shape != (n,):
        raise CohortError(f"measurement {column!r} has {len(given)} entries for {n} ECGs")
    low, high = _limits()[column]
    value[~((value >= low) & (value <= high))] = np.nan
    return value


def _first(*columns: Values) -> Values:
    """Return for each ECG the first number that there is."""
    chosen = columns[0]
    for column in columns[1:]:
        chosen = np.where(np.isnan(chosen), column, chosen)
    return chosen


@functools.cache
def _limits() -> dict[str, tuple[float, float]]:
    text = resources.files("einthoven.cohort.labels").joinpath("measurement_limits.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["quantity"]: (float(row["low"]), float(row["high"])) for row in rows}
