"""The words of a machine's interpretation, as MUSE prints them or as Philips' program does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import numpy as np

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.paper.findings import FINDINGS, Interpretation
from einthoven.simulation.paper.parameters import table_of

__all__ = ["StatementStyle", "comparison_lines", "statement_lines"]

StatementStyle = Literal["muse", "philips"]
OF_RHYTHM = ("first_degree", "wenckebach", "mobitz", "complete_av_block", "ventricular_ectopy", "atrial_ectopy")
ECTOPY = {"ventricular_ectopy", "atrial_ectopy"}


def statement_lines(
    said: Interpretation, state: ClinicalState, measured: Mapping[str, float], *, style: StatementStyle
) -> tuple[str, ...]:
    """Return the lines in the order in which the program prints them; the last one judges the whole ECG.

    Parameters
    ----------
    said : Interpretation
    state : ClinicalState
        For how old an infarct is and how frequent ectopy, which the words tell.
    measured : mapping of str to float
        The rate decides between bradycardia, tachycardia and neither.
    style : ``muse`` or ``philips``
    """
    table = table_of("statements")
    words = table["wording"][style]
    lines = _rhythm_lines(said, state, measured, style=style, table=table)
    for name in FINDINGS:
        if name in said.findings and name not in OF_RHYTHM and name != "paced":
            lines.append(_finding_line(name, state, certain=said.findings[name], style=style))
    lines += [table["measured"][name][style] for name in said.measured if name not in OF_RHYTHM]
    return (*lines, words["severity"][_severity(said, measured, table)])


def comparison_lines(earlier: datetime, random: np.random.Generator, *, style: StatementStyle) -> tuple[str, ...]:
    """Return what the program says of the patient's ECG before, in some ECGs; a style may never say it."""
    share, unchanged = random.random(2).tolist()
    rules = table_of("statements")["comparison"]
    words = table_of("statements")["wording"][style]
    if not words["compared"] or share >= rules["share"]:
        return ()
    first = words["compared"][0].format(date=earlier.strftime(words["compared_date"]).upper())
    return (first, words["compared"][1]) if unchanged < rules["unchanged"] else (first,)


def _rhythm_lines(
    said: Interpretation,
    state: ClinicalState,
    measured: Mapping[str, float],
    *,
    style: StatementStyle,
    table: Mapping[str, Any],
) -> list[str]:
    words = table["wording"][style]
    if "paced" in said.findings:
        return [table["finding"]["paced"][style]]
    modifiers = [_modifier(name, state, style) for name in OF_RHYTHM if name in said.findings or name in said.measured]
    base, response = _base(said, measured, table, alone=not modifiers)
    line = words[base]
    if response:
        line = f"{line} with {words[response]}" if words["joined"] else f"{line} {words[response]}"
    if words["joined"]:
        return [" with ".join([line, *modifiers])]
    return [line, *modifiers]


def _base(
    said: Interpretation, measured: Mapping[str, float], table: Mapping[str, Any], *, alone: bool
) -> tuple[str, str]:
    """Return the rhythm's name, and how the ventricles answer it where that is told."""
    limits, rate = table["limits"], measured["heart_rate_bpm"]
    if said.rhythm == "sinus":
        if rate < limits["bradycardia_bpm"]:
            return "sinus_bradycardia", ""
        if rate > limits["tachycardia_bpm"]:
            return "sinus_tachycardia", ""
        return ("normal_sinus" if alone else "sinus"), ""
    if said.rhythm == "fibrillation":
        if rate > limits["rapid_response_bpm"]:
            return "fibrillation", "rapid"
        return "fibrillation", "slow" if rate < limits["slow_response_bpm"] else ""
    return said.rhythm, ""


def _modifier(name: str, state: ClinicalState, style: StatementStyle) -> str:
    table = table_of("statements")
    words = table["finding" if name in table["finding"] else "measured"][name][style]
    if name not in ECTOPY:
        return str(words)
    share = state.ventricular_ectopy if name == "ventricular_ectopy" else state.atrial_ectopy
    how_often = "frequent" if share > table["limits"]["occasional_ectopy"] else "occasional"
    return str(table["wording"][style][how_often].format(words))


def _finding_line(name: str, state: ClinicalState, *, certain: bool, style: StatementStyle) -> str:
    table = table_of("statements")
    rules, words = table["finding"][name], table["wording"][style]
    if name.startswith("infarct_"):
        return _infarct_line(name, state, certain=certain, style=style)
    if name == "lvh" and certain and state.lvh >= table["thresholds"]["strain_lvh"]:
        return str(words["strain"].format(rules[style]))
    return str(rules[style] if certain else rules.get(f"{style}_uncertain", rules[style]))


def _infarct_line(name: str, state: ClinicalState, *, certain: bool, style: StatementStyle) -> str:
    table = table_of("statements")
    words, limits = table["wording"][style]["infarct"], table["thresholds"]
    ages = [infarct.age_days for infarct in state.infarcts if f"infarct_{infarct.territory}" == name]
    age = "old"
    if ages and min(ages) < limits["possibly_acute_days"]:
        age = "acute" if min(ages) < limits["acute_days"] else "possibly_acute"
    line = words[age].format(table["finding"][name][style])
    if certain:
        return str(line)
    return str(words["uncertain"].format(words["old"].format(table["finding"][name][style])))


def _severity(said: Interpretation, measured: Mapping[str, float], table: Mapping[str, Any]) -> int:
    limits, rate = table["limits"], measured["heart_rate_bpm"]
    worst = 3 if said.rhythm != "sinus" else int(not limits["bradycardia_bpm"] <= rate <= limits["tachycardia_bpm"])
    of_findings = [table["finding"][name]["severity"] for name in said.findings]
    return int(max([worst, *of_findings, *(table["measured"][name]["severity"] for name in said.measured)]))
