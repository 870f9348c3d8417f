"""Why a measurement is absent or doubtful: the one table of reasons."""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = ["REASONS", "Reason", "Validity"]


class Validity(StrEnum):
    """What a number is worth: absent has no value, doubtful has one and a reason to look at the ECG."""

    MEASURED = "measured"
    DOUBTFUL = "doubtful"
    ABSENT = "absent"


class Reason(IntEnum):
    """Code of a reason, as the arrays hold it; 0 stands for a measured value."""

    NONE = 0
    NO_BEATS = 1
    TOO_FEW_BEATS = 2
    NO_P = 3
    ATRIAL_FIBRILLATION = 4
    NO_QRS = 5
    NO_T = 6
    NO_UNIT = 7
    LEAD_MISSING = 8
    LEAD_UNUSABLE = 9
    NO_DEFLECTION = 10
    SMALL_DEFLECTION = 11
    RATE_OUT_OF_RANGE = 12
    PACED = 13
    UNSURE_P = 14
    UNSURE_QRS = 15
    UNSURE_T = 16
    NO_DIRECTION = 17
    FREE_P = 18
    NOISE = 19
    SEX_UNKNOWN = 20
    LEADS_CONTRADICT = 21
    IMPLAUSIBLE = 22
    LEAD_DERIVED = 23
    ATRIAL_FLUTTER = 24
    P_IN_T = 25


REASONS = {
    Reason.NONE: "",
    Reason.NO_BEATS: "no beats found",
    Reason.TOO_FEW_BEATS: "too few beats",
    Reason.NO_P: "no P wave",
    Reason.ATRIAL_FIBRILLATION: "atrial fibrillation",
    Reason.NO_QRS: "borders of QRS not found",
    Reason.NO_T: "T wave not found",
    Reason.NO_UNIT: "no unit",
    Reason.LEAD_MISSING: "lead missing",
    Reason.LEAD_UNUSABLE: "lead unusable",
    Reason.NO_DEFLECTION: "no such deflection",
    Reason.SMALL_DEFLECTION: "below 20 uV",
    Reason.RATE_OUT_OF_RANGE: "heart rate outside the formula's range",
    Reason.PACED: "paced",
    Reason.UNSURE_P: "P wave uncertain",
    Reason.UNSURE_QRS: "QRS uncertain",
    Reason.UNSURE_T: "T wave uncertain",
    Reason.NO_DIRECTION: "no prevailing direction",
    Reason.FREE_P: "P waves without QRS",
    Reason.NOISE: "noisy lead",
    Reason.SEX_UNKNOWN: "sex unknown",
    Reason.LEADS_CONTRADICT: "limb leads contradict Einthoven's law",
    Reason.IMPLAUSIBLE: "implausibly short or long",
    Reason.LEAD_DERIVED: "lead derived, without borders of its own",
    Reason.ATRIAL_FLUTTER: "atrial flutter",
    Reason.P_IN_T: "P wave within T",
}
"""In the words of tables and reports."""
