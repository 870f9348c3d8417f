"""Hearts of all kinds, each disease drawn on its own: what a network learns from before it meets real ECGs.

No hospital has such patients. Diseases are common and independent, so that none can be told by another that comes with
it; frequencies are chosen for training and are no claim about people.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from einthoven.simulation.clinical_state import AvBlock, ClinicalState, Conduction, Infarct, Rhythm, Territory

__all__ = ["LABELS", "broad_state", "labels_of"]

Name = TypeVar("Name", bound=str)

LABELS = ("AF", "LBBB", "RBBB", "MI", "LVH")
RHYTHMS: dict[Rhythm, float] = {"sinus": 0.76, "fibrillation": 0.19, "flutter": 0.05}
CONDUCTIONS: dict[Conduction, float] = {
    "normal": 0.50,
    "lbbb": 0.11,
    "rbbb": 0.08,
    "rbbb_lafb": 0.04,
    "irbbb": 0.06,
    "lafb": 0.07,
    "lpfb": 0.02,
    "ivcd": 0.05,
    "wpw": 0.02,
    "paced": 0.05,
}
AV_BLOCKS: dict[AvBlock, float] = {"none": 0.88, "first": 0.08, "wenckebach": 0.01, "mobitz": 0.01, "complete": 0.02}
TERRITORIES: dict[Territory, float] = {
    "anteroseptal": 0.27,
    "anterior": 0.22,
    "lateral": 0.13,
    "inferior": 0.33,
    "posterior": 0.05,
}
INFARCT, TWO_INFARCTS = 0.35, 0.25
INFARCT_DAYS = ((0.6, (90.0, 4000.0)), (0.2, (5.0, 90.0)), (0.2, (0.1, 5.0)))
LVH, ISCHAEMIA, ECTOPY, RARE = 0.22, 0.25, 0.08, 0.03
SURE_LVH, NO_LVH = 0.2, 0.1
LEAST_INFARCT = 0.25


def broad_state(random: np.random.Generator) -> ClinicalState:
    """Return one heart."""
    rhythm = _one_of(RHYTHMS, random)
    infarcts = _infarcts(random)
    av_block = _one_of(AV_BLOCKS, random) if rhythm == "sinus" else "none"
    return ClinicalState(
        age_years=_between(random.normal(62.0, 17.0), 18.0, 95.0),
        sex="F" if random.random() < 0.5 else "M",
        lvef=_lvef(random, infarcted=bool(infarcts)),
        rhythm=rhythm,
        heart_rate_bpm=_rate(random, rhythm, av_block),
        conduction=_one_of(CONDUCTIONS, random),
        pr_ms=_pr_ms(random, av_block),
        av_block=av_block,
        infarcts=infarcts,
        ischaemia=_sometimes(random, ISCHAEMIA, (0.1, 1.0)),
        lvh=_sometimes(random, LVH, (0.2, 1.0)) or _sometimes(random, LVH, (0.0, 0.2)),
        rvh=_sometimes(random, RARE, (0.2, 0.8)),
        left_atrial_enlargement=_sometimes(random, 0.2, (0.1, 1.0)),
        potassium_mmol_l=_between(random.normal(4.3, 0.5), 2.6, 6.8),
        calcium_mmol_l=_between(random.normal(1.2, 0.08), 0.9, 1.6),
        qt_shift_ms=_sometimes(random, 0.1, (10.0, 90.0)),
        digoxin=bool(random.random() < RARE),
        pericarditis=_sometimes(random, RARE, (0.2, 1.0)),
        atrial_ectopy=_sometimes(random, ECTOPY, (0.05, 0.25)),
        ventricular_ectopy=_sometimes(random, ECTOPY, (0.05, 0.3)),
    )


def labels_of(state: ClinicalState) -> tuple[float, ...]:
    """Return 0, 1 or NaN (borderline) for each of ``LABELS``.

    Examples
    --------
    >>> labels_of(ClinicalState(age_years=70.0, sex="F", conduction="rbbb_lafb", lvh=0.15))
    (0.0, 0.0, 1.0, 0.0, nan)
    """
    largest = max((infarct.size for infarct in state.infarcts), default=0.0)
    return (
        float(state.rhythm == "fibrillation"),
        float(state.conduction == "lbbb"),
        float(state.conduction in {"rbbb", "rbbb_lafb"}),
        float(largest > 0) if largest == 0 or largest >= LEAST_INFARCT else np.nan,
        float(state.lvh >= SURE_LVH) if state.lvh >= SURE_LVH or state.lvh <= NO_LVH else np.nan,
    )


def _infarcts(random: np.random.Generator) -> tuple[Infarct, ...]:
    if random.random() >= INFARCT:
        return ()
    shares = np.array([share for share, _ in INFARCT_DAYS])
    low, high = INFARCT_DAYS[int(random.choice(shares.size, p=shares))][1]
    age_days = float(np.exp(random.uniform(np.log(low), np.log(high))))
    count = 2 if random.random() < TWO_INFARCTS else 1
    names = random.choice(list(TERRITORIES), size=count, replace=False, p=list(TERRITORIES.values()))
    return tuple(Infarct(name, float(random.uniform(0.1, 1.0)), age_days) for name in names.tolist())


def _lvef(random: np.random.Generator, *, infarcted: bool) -> float:
    failing = random.random() < (0.4 if infarcted else 0.12)
    return _between(random.normal(36.0, 10.0) if failing else random.normal(61.0, 6.0), 12.0, 78.0)


def _rate(random: np.random.Generator, rhythm: Rhythm, av_block: AvBlock) -> float:
    if av_block in {"complete", "mobitz"}:
        return _between(random.normal(42.0, 7.0), 28.0, 60.0)
    mean, sd = {"sinus": (74.0, 17.0), "fibrillation": (90.0, 24.0), "flutter": (100.0, 28.0)}[rhythm]
    return _between(random.normal(mean, sd), 40.0, 170.0)


def _pr_ms(random: np.random.Generator, av_block: AvBlock) -> float:
    if av_block == "first":
        return _between(random.normal(250.0, 30.0), 205.0, 320.0)
    return _between(random.normal(162.0, 20.0), 110.0, 200.0)


def _between(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


def _sometimes(random: np.random.Generator, share: float, between: tuple[float, float]) -> float:
    return float(random.uniform(*between)) if random.random() < share else 0.0


def _one_of(shares: dict[Name, float], random: np.random.Generator) -> Name:
    names = list(shares)
    return names[int(random.choice(len(names), p=np.array(list(shares.values()))))]
