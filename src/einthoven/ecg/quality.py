"""Signal quality of a raw record: what is wrong with which lead, and whether a cardiologist would read it.

The score is the probability of "acceptable" in the sense of the PhysioNet/CinC Challenge 2011 (Silva, Moody, Celi,
Computing in Cardiology 2011;38:273): a logistic function of the share of time in which leads can't be read, and of how
well the worst and the median lead agree with the others about when the heart beats. Nothing else enters it: mains,
wander, exchanged electrodes and a wrong unit are reported beside it, since an ECG can be readable in spite of them.

"PTB-XL" below means the 6,000 leads of its records 1 to 500.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.calibration_pulse import calibration_samples
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.quality_electrodes import measure_electrodes
from einthoven.ecg.quality_features import LEADS_TO_COMPARE, LeadFeatures, measure_leads
from einthoven.ecg.record import Record

__all__ = ["Quality", "quality"]

WEIGHTS = {"intercept": -5.27, "unusable": -12.6, "worst": 1.95, "typical": 7.97}
"""Fitted on PhysioNet/CinC Challenge 2011 set A, 300 records (one without verdict), by benchmarks/quality_cinc2011.py.
AUROC in tenfold cross-validation 0.977 (0.963 to 0.990)."""

WEIGHTS_ALONE = {"intercept": 0.39, "unusable": -14.7, "worst": 4.63, "typical": 0.0}
"""For one or two leads, which have no others to agree with: fitted by the same script on the leads of that set that
were judged one by one, each as a record of its own. AUROC in tenfold cross-validation 0.984 (0.974 to 0.994)."""

ACCEPTABLE_SCORE = 0.5
"""More likely acceptable than not, where a quarter of the records is not (the share in that set)."""

UNUSABLE_SHARE = 0.5
"""Of a lead: unreadable for most of the time."""

CLIPPED_SHARE = 0.02
"""0.2 s in 10 s at the very same highest or lowest value; the largest share in PTB-XL is 0.012."""

WANDER_MV = 1.5
"""A printed lead would run into its neighbour; 1 % of PTB-XL exceeds 1.2 mV."""

NOISE_MV = 0.1
"""As high as a P wave; 1 % of PTB-XL exceeds 0.04 mV."""

MAINS_MV = 0.03
"""A third of the height of a P wave; the largest amplitude in PTB-XL is 0.023 mV."""

LOWEST_HEIGHT_MV, HIGHEST_HEIGHT_MV = 0.03, 30.0
"""Records span 0.3 to 3 mV: a unit that is wrong by 1,000 either way lands a factor of 10 beyond."""

EINTHOVEN_ERROR = 0.1
"""I + III = II and aVR + aVL + aVF = 0 hold within 0.015 in 99 % of PTB-XL; an exchanged label breaks them by 1."""

ARM_REVERSAL_SCORE = 0.5
"""No record of PTB-XL reaches it; 90 % of them do when lead I is turned over (exchanged arm electrodes)."""

LOWEST_LIMB_SHARE = 0.1
"""A right-leg electrode on an arm leaves one of I, II, III nearly flat; the lowest share in PTB-XL is 0.17."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Signal quality of one record.

    Attributes
    ----------
    acceptable : bool
        ``score >= 0.5`` and a plausible height.
    score : float in [0, 1]
        Probability that a reader would accept the record; higher is better.
    unusable_share : float in [0, 1]
        Of time, mean over the leads: flat, missing, buried in noise, or moving by more than 7 mV in a second.
    agreement, typical_agreement : float in [-1, 1]
        Of the worst and of the median lead with the others about when the heart beats (in records of one or two leads
        with itself a beat later).
    leads_missing, leads_flat, leads_clipped, leads_unusable, leads_wandering, leads_noisy, leads_mains : int
        Bit masks over the 12 standard leads. Missing: NaN throughout.
    nan_share, flat_share, clipped_share : float in [0, 1]
        Of the worst lead.
    height_mv, wander_mv, noise_mv, mains_50_mv, mains_60_mv : float, optional
        Median over the leads of what a second spans; of the worst lead the span of the baseline, noise above about 25
        Hz, and mains amplitude. None for a record without unit.
    height_plausible : bool
        False when the height says that the unit is wrong by about 1,000; True where there is no unit.
    einthoven_error : float, optional
        What is left of I + III - II (or aVR + aVL + aVF) as a share of the largest of the three; None without them or
        without unit.
    einthoven_violated : bool
    arm_reversal_score : float in [-1, 1], optional
        Minus the correlation of the slopes of I and V6: high when the arm electrodes are exchanged, or in dextrocardia.
    arms_reversed : bool
    lowest_limb_share : float, optional
        Size of the lowest of I, II, III relative to the highest; None without them or without unit.
    leg_reversed : bool
        An arm electrode was exchanged with that of the right leg.
    """

    acceptable: bool
    score: float
    unusable_share: float
    agreement: float
    typical_agreement: float
    leads_missing: int
    leads_flat: int
    leads_clipped: int
    leads_unusable: int
    leads_wandering: int
    leads_noisy: int
    leads_mains: int
    nan_share: float
    flat_share: float
    clipped_share: float
    height_mv: float | None
    wander_mv: float | None
    noise_mv: float | None
    mains_50_mv: float | None
    mains_60_mv: float | None
    height_plausible: bool
    einthoven_error: float | None
    einthoven_violated: bool
    arm_reversal_score: float | None
    arms_reversed: bool
    lowest_limb_share: float | None
    leg_reversed: bool

    def to_dict(self) -> dict[str, bool | int | float | None]:
        """Return the fields as plain values, the same keys for every record."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(field.name for field in dataclasses.fields(Quality))


def quality(record: Record) -> Quality:
    """Return the signal quality of a raw, unfiltered record.

    Works for 1 to 12 leads, any rate and any length; rules in millivolts are off for a record without unit, and what
    has no meaning there is None. A calibration pulse at the end is left out.

    Parameters
    ----------
    record : Record

    Examples
    --------
    >>> flat = Record(np.zeros((1, 5000), dtype=np.float32), ("I",), 500.0, "r1")
    >>> measured = quality(flat)
    >>> measured.acceptable, measured.leads_flat
    (False, 1)
    """
    in_mv = record.unit == "mV"
    features = measure_leads(_without_pulse(record), record.sampling_rate_hz, in_mv=in_mv)
    unusable_share = sum(features.unusable_share.tolist()) / len(record.leads)
    agreement, typical_agreement = _agreements(features)
    score = 1 / (1 + math.exp(-_logit(unusable_share, agreement, typical_agreement, n_leads=len(record.leads))))
    height = _typical_height(features)
    plausible = not in_mv or height == 0 or LOWEST_HEIGHT_MV < height < HIGHEST_HEIGHT_MV
    numbers = _worst_leads(features) | {"height_mv": height}
    values: dict[str, Any] = {
        name: None if name.endswith("_mv") and not in_mv else number for name, number in numbers.items()
    }
    values |= _lead_masks(features, record.leads, in_mv=in_mv)
    values |= _electrode_faults(features, record.leads, in_mv=in_mv)
    return Quality(
        acceptable=plausible and score >= ACCEPTABLE_SCORE,
        score=score,
        unusable_share=unusable_share,
        agreement=agreement,
        typical_agreement=typical_agreement,
        height_plausible=plausible,
        **values,
    )


def _without_pulse(record: Record) -> NDArray[np.float32]:
    """Return the signal up to a calibration pulse: the same in all leads, it would break Einthoven's law."""
    if record.unit != "mV":
        return record.signal
    length = calibration_samples(record.signal, sampling_rate_hz=record.sampling_rate_hz)
    return record.signal[:, : record.signal.shape[1] - length]


def _worst_leads(features: LeadFeatures) -> dict[str, float]:
    names = ("nan_share", "flat_share", "clipped_share", "wander_mv", "noise_mv", "mains_50_mv", "mains_60_mv")
    per_lead = np.array([getattr(features, name.removesuffix("_mv")) for name in names])
    return dict(zip(names, per_lead.max(axis=1).tolist(), strict=True))


def _agreements(features: LeadFeatures) -> tuple[float, float]:
    """Return that of the worst lead and that of the (lower) median lead."""
    ascending = np.sort(features.agreement)
    return float(ascending[0]), float(ascending[(ascending.size - 1) // 2])


def _logit(unusable_share: float, agreement: float, typical_agreement: float, *, n_leads: int) -> float:
    weight = WEIGHTS if n_leads >= LEADS_TO_COMPARE else WEIGHTS_ALONE
    # the root: the first seconds that are lost matter most
    lost = weight["unusable"] * math.sqrt(unusable_share)
    return weight["intercept"] + lost + weight["worst"] * agreement + weight["typical"] * typical_agreement


def _typical_height(features: LeadFeatures) -> float:
    moving = np.sort(features.height[features.height > 0])
    return float(moving[moving.size // 2]) if moving.size else 0.0


def _lead_masks(features: LeadFeatures, leads: tuple[str, ...], *, in_mv: bool) -> dict[str, int]:
    missing = features.nan_share == 1
    flat = (features.flat_share > UNUSABLE_SHARE) & ~missing
    flags = {
        "leads_missing": missing,
        "leads_flat": flat,
        "leads_clipped": (features.clipped_share > CLIPPED_SHARE) & ~missing & ~flat,
        "leads_unusable": features.unusable_share > UNUSABLE_SHARE,
        "leads_wandering": (features.wander > WANDER_MV) & in_mv,
        "leads_noisy": (features.noise > NOISE_MV) & in_mv,
        "leads_mains": (np.maximum(features.mains_50, features.mains_60) > MAINS_MV) & in_mv,
    }
    masks = np.array(list(flags.values())) @ _lead_bits(leads)
    return dict(zip(flags, masks.tolist(), strict=True))


@lru_cache(maxsize=64)
def _lead_bits(leads: tuple[str, ...]) -> NDArray[np.int64]:
    """Return each row's bit; a lead beyond the 12 has none."""
    return np.array([1 << STANDARD_LEADS.index(lead) if lead in STANDARD_LEADS else 0 for lead in leads])


def _electrode_faults(features: LeadFeatures, leads: tuple[str, ...], *, in_mv: bool) -> dict[str, float | bool | None]:
    rows = {
        lead: row for row, (lead, share) in enumerate(zip(leads, features.nan_share.tolist(), strict=True)) if share < 1
    }
    numbers = measure_electrodes(features.coarse, rows)
    arms = numbers.arm_reversal_score
    # without unit each lead may have a scale of its own
    error, limb = (numbers.einthoven_error, numbers.lowest_limb_share) if in_mv else (None, None)
    return {
        "einthoven_error": error,
        "einthoven_violated": error is not None and error > EINTHOVEN_ERROR,
        "arm_reversal_score": arms,
        "arms_reversed": arms is not None and arms > ARM_REVERSAL_SCORE,
        "lowest_limb_share": limb,
        "leg_reversed": limb is not None and limb < LOWEST_LIMB_SHARE,
    }
