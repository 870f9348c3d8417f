"""What is true of a patient's heart at the moment of an ECG: all that the ECG is made from but the personal traits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from einthoven.errors import SpecificationError

__all__ = ["AvBlock", "ClinicalState", "Conduction", "Infarct", "Rhythm", "Territory"]

Territory = Literal["anteroseptal", "anterior", "lateral", "inferior", "posterior"]
Rhythm = Literal["sinus", "fibrillation", "flutter"]
Conduction = Literal["normal", "lbbb", "rbbb", "irbbb", "lafb", "lpfb", "rbbb_lafb", "ivcd", "wpw", "paced"]
AvBlock = Literal["none", "first", "wenckebach", "mobitz", "complete"]


@dataclass(frozen=True, slots=True)
class Infarct:
    """A dead or dying part of the left ventricle.

    Attributes
    ----------
    territory : Territory
    size : float in (0, 1]
        Share of the territory.
    age_days : float >= 0
        Below 3 the ST segment is raised, then T turns negative, after some weeks only Q waves are left.
    """

    territory: Territory
    size: float
    age_days: float

    def __post_init__(self) -> None:
        if self.territory not in get_args(Territory):
            raise SpecificationError(
                f"territory must be one of {', '.join(get_args(Territory))}, got {self.territory!r}"
            )
        if not 0 < self.size <= 1 or self.age_days < 0:
            raise SpecificationError(
                f"size must lie in (0, 1], age_days at 0 or above; got {self.size}, {self.age_days}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalState:
    """A heart as it is on one day.

    Attributes
    ----------
    age_years : float
    sex : ``F`` or ``M``
    lvef : float, %
    rhythm : Rhythm
        Of the atria.
    heart_rate_bpm : float
        Of the ventricles, on average over the record.
    conduction : Conduction
        How the ventricles are activated.
    pr_ms : float
        Onset of P to onset of QRS where an atrial wave is conducted.
    av_block : AvBlock
        ``first`` says no more than ``pr_ms`` does.
    infarcts : tuple of Infarct
    ischaemia : float in [0, 1]
        Subendocardial, of the left ventricle: ST depression and flat T waves.
    lvh : float >= 0
        Left ventricular hypertrophy: the share by which the wall's mass exceeds a healthy one; 0.3 is moderate.
    rvh : float >= 0
        The same of the right ventricle.
    left_atrial_enlargement : float in [0, 1]
    potassium_mmol_l : float
    calcium_mmol_l : float
        Ionised.
    qt_shift_ms : float
        What drugs or a congenital long QT add to the QT interval.
    digoxin : bool
    pericarditis : float in [0, 1]
    atrial_ectopy, ventricular_ectopy : float in [0, 0.5]
        Share of beats that are premature.
    """

    age_years: float
    sex: Literal["F", "M"]
    lvef: float = 62.0
    rhythm: Rhythm = "sinus"
    heart_rate_bpm: float = 70.0
    conduction: Conduction = "normal"
    pr_ms: float = 160.0
    av_block: AvBlock = "none"
    infarcts: tuple[Infarct, ...] = ()
    ischaemia: float = 0.0
    lvh: float = 0.0
    rvh: float = 0.0
    left_atrial_enlargement: float = 0.0
    potassium_mmol_l: float = 4.2
    calcium_mmol_l: float = 1.2
    qt_shift_ms: float = 0.0
    digoxin: bool = False
    pericarditis: float = 0.0
    atrial_ectopy: float = 0.0
    ventricular_ectopy: float = 0.0
