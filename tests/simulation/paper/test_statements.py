"""Every line that a machine can print is read by einthoven, and machines err as often as they are said to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

import numpy as np
import pytest

from einthoven import read_statements
from einthoven.cohort.labels.machine_statements import unread
from einthoven.simulation.clinical_state import AvBlock, ClinicalState, Conduction, Infarct, Rhythm, Territory
from einthoven.simulation.paper.findings import FINDINGS, Interpretation, ProgramErrors, interpret
from einthoven.simulation.paper.parameters import table_of
from einthoven.simulation.paper.statements import StatementStyle, comparison_lines, statement_lines

MEASURED = {"heart_rate_bpm": 72.0, "pr_ms": 160.0, "qtc_ms": 410.0, "qrs_axis_deg": 40.0}
STYLES: tuple[StatementStyle, ...] = get_args(StatementStyle)
TABLE: Mapping[str, Any] = table_of("statements")


def state(**changes: Any) -> ClinicalState:
    return ClinicalState(age_years=60.0, sex="F", **changes)


def any_state(random: np.random.Generator) -> ClinicalState:
    infarcts = tuple(
        Infarct(territory, float(random.uniform(0.05, 1)), float(random.choice([1, 10, 500])))
        for territory in get_args(Territory)
        if random.random() < 0.2
    )
    return state(
        rhythm=str(random.choice(get_args(Rhythm))),
        conduction=str(random.choice(get_args(Conduction))),
        av_block=str(random.choice(get_args(AvBlock))),
        infarcts=infarcts,
        lvh=float(random.choice([0, 0.3, 0.6])),
        rvh=float(random.choice([0, 0.4])),
        ischaemia=float(random.choice([0, 0.1, 0.5])),
        digoxin=bool(random.random() < 0.2),
        pericarditis=float(random.choice([0, 0.5])),
        potassium_mmol_l=float(random.choice([4, 7])),
        ventricular_ectopy=float(random.choice([0, 0.1, 0.3])),
        atrial_ectopy=float(random.choice([0, 0.1, 0.3])),
        left_atrial_enlargement=float(random.choice([0, 1])),
    )


def any_lines(style: StatementStyle, n: int) -> list[tuple[str, ...]]:
    random = np.random.default_rng(11)
    printed = []
    for _ in range(n):
        heart = any_state(random)
        measured = {
            "heart_rate_bpm": float(random.integers(40, 150)),
            "pr_ms": float(random.integers(120, 260)),
            "qtc_ms": float(random.integers(380, 520)),
            "qrs_axis_deg": float(random.integers(-90, 150)),
        }
        voltage = float(random.uniform(0.3, 2))
        said = interpret(heart, measured, limb_voltage_mv=voltage, errors=ProgramErrors.draw(random))
        printed.append(statement_lines(said, heart, measured, style=style))
    return printed


@pytest.mark.parametrize("style", STYLES)
def test_each_line_of_many_hearts_is_read_to_its_last_word(style: StatementStyle) -> None:
    lines = {line for lines in any_lines(style, 1500) for line in lines}
    assert len(lines) > 50
    assert [line for line in sorted(lines) if unread([line]) or not read_statements([line])] == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_read_as_its_concept(style: StatementStyle, certain: bool, name: str) -> None:  # noqa: FBT001
    rules = TABLE["finding"][name]
    lines = statement_lines(Interpretation("sinus", {name: certain}, ()), state(), MEASURED, style=style)
    presence = read_statements(lines)[rules.get(f"concept_{style}", rules["concept"])]
    assert presence in ("present", "uncertain")
    if name.startswith("infarct_"):
        assert presence == ("present" if certain else "uncertain")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", list(TABLE["measured"]))
def test_a_number_out_of_its_limits_is_read_as_its_concept(style: StatementStyle, name: str) -> None:
    lines = statement_lines(Interpretation("sinus", {}, (name,)), state(), MEASURED, style=style)
    assert read_statements(lines)[TABLE["measured"][name]["concept"]] == "present"


@pytest.mark.parametrize(
    ("rhythm", "rate", "concepts"),
    [
        ("sinus", 72.0, ["sinus_rhythm"]),
        ("sinus", 50.0, ["sinus_bradycardia"]),
        ("sinus", 110.0, ["sinus_tachycardia"]),
        ("fibrillation", 80.0, ["atrial_fibrillation"]),
        ("fibrillation", 130.0, ["atrial_fibrillation", "rapid_ventricular_response"]),
        ("fibrillation", 45.0, ["atrial_fibrillation", "slow_ventricular_response"]),
        ("flutter", 150.0, ["atrial_flutter"]),
        ("undetermined", 80.0, ["undetermined_rhythm"]),
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_a_rhythm_is_read_as_its_concepts(style: StatementStyle, rhythm: str, rate: float, concepts: list[str]) -> None:
    measured = MEASURED | {"heart_rate_bpm": rate}
    lines = statement_lines(Interpretation(rhythm, {}, ()), state(), measured, style=style)
    assert {read_statements(lines).get(concept) for concept in concepts} == {"present"}


def test_a_healthy_heart_at_a_normal_rate_is_a_normal_ecg() -> None:
    lines = statement_lines(Interpretation("sinus", {}, ()), state(), MEASURED, style="muse")
    assert lines == ("Normal sinus rhythm", "Normal ECG")


def test_a_comparison_with_an_earlier_ecg_changes_no_finding_of_the_present_one() -> None:
    random = np.random.default_rng(0)
    said = [comparison_lines(datetime(2019, 3, 4, 9, 5), random, style="muse") for _ in range(200)]  # noqa: DTZ001
    assert {len(lines) for lines in said} == {0, 1, 2}
    for lines in said:
        assert read_statements(["Atrial fibrillation", *lines])["atrial_fibrillation"] == "present"
        assert not unread(lines)


def rate_of(heart: ClinicalState, finding: str, *, n: int = 4000) -> float:
    random = np.random.default_rng(5)
    found = [interpret(heart, MEASURED, limb_voltage_mv=1.0, errors=ProgramErrors.draw(random)) for _ in range(n)]
    return float(np.mean([finding in one.findings for one in found]))


def test_a_finding_is_stated_with_its_sensitivity_and_its_false_positives() -> None:
    rules = TABLE["finding"]["lvh"]
    assert rate_of(state(lvh=0.4), "lvh") == pytest.approx(rules["sensitivity"], abs=0.03)
    assert rate_of(state(), "lvh") == pytest.approx(rules["false_positive"], abs=0.012)


def test_nothing_is_said_of_an_infarct_in_left_bundle_branch_block() -> None:
    random = np.random.default_rng(6)
    heart = state(conduction="lbbb", infarcts=(Infarct("anterior", 0.8, 400.0),))
    found = [interpret(heart, MEASURED, limb_voltage_mv=1.0, errors=ProgramErrors.draw(random)) for _ in range(500)]
    assert not any("lbbb" in one.findings and "infarct_anterior" in one.findings for one in found)
    assert any("infarct_anterior" in one.findings for one in found)  # where the block itself was missed


def test_a_program_errs_again_on_the_same_patient() -> None:
    random = np.random.default_rng(7)
    agreement = []
    for _ in range(600):
        patient = ProgramErrors.draw(random)
        two = [
            interpret(
                state(lvh=0.4),
                MEASURED,
                limb_voltage_mv=1.0,
                errors=ProgramErrors.draw(random, of_patient=patient),
            )
            for _ in range(2)
        ]
        agreement.append(("lvh" in two[0].findings) == ("lvh" in two[1].findings))
    assert np.mean(agreement) > 0.65  # two independent draws agree in 51 %


def test_shares_of_stated_rhythms_add_up() -> None:
    for name, shares in TABLE["rhythm"].items():
        assert sum(value for key, value in shares.items() if key != "source") == pytest.approx(1.0), name
