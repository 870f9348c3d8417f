"""ECGs and reports become a cohort: the design of the recalibration study on a timeline that one can follow by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest

from einthoven.cohort.build import build_cohort
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.history import HistorySettings
from einthoven.cohort.outcomes import OutcomeSettings
from einthoven.cohort.pairing import PairingSettings
from einthoven.cohort.settings import CohortSettings, ComorbiditySettings
from einthoven.cohort.sources.source import SourceData
from einthoven.cohort.split import SplitSettings
from einthoven.errors import CohortError, LeakageError, SpecificationError

START = datetime(2020, 1, 1)  # noqa: DTZ001 - hospitals export local time without a zone


def at(day):
    return START + timedelta(days=day)


# p1 has a baseline pair, a follow-up pair with history, and an ECG without a report; p2 a report without LVEF; p3 a
# report too far away; p4 is a child; p5 has no age
ECGS = [
    ("e1", "p1", 0, 60.0, "F"),
    ("e2", "p1", 100, 60.3, "F"),
    ("e3", "p1", 300, 60.8, "F"),
    ("e4", "p2", 0, 50.0, "M"),
    ("e5", "p3", 0, 71.0, "U"),
    ("e6", "p4", 0, 12.0, "M"),
    ("e7", "p5", 0, None, "M"),
    ("e8", "p6", 0, 80.0, "M"),
]
REPORTS = [
    ("r1", "p1", 5, 60.0),
    ("r2", "p1", 95, 35.0),
    ("r3", "p2", 1, None),
    ("r4", "p3", 20, 30.0),
    ("r5", "p4", 1, 60.0),
    ("r6", "p9", 1, 60.0),
    ("r7", "p6", 2, 30.0),
]


def hospital(ecgs=ECGS, reports=REPORTS, diagnoses=None, **columns):
    columns = {
        "record_id": [row[0] for row in ecgs],
        "patient_id": [row[1] for row in ecgs],
        "ecg_time": [at(row[2]) for row in ecgs],
        "age_years": [row[3] for row in ecgs],
        "sex": [row[4] for row in ecgs],
    } | columns
    table = None
    if reports is not None:
        table = pl.DataFrame(
            [(name, patient, at(day), lvef) for name, patient, day, lvef in reports],
            schema={
                "outcome_id": pl.String,
                "patient_id": pl.String,
                "outcome_time": pl.Datetime("us"),
                "lvef": pl.Float64,
            },
            orient="row",
        )
    flow = (FlowStep("ECGs in the table", len(ecgs), len({row[1] for row in ecgs})),)
    return SourceData(columns, (), flow, labels=(), reports=table, diagnoses=diagnoses)


DESIGN = {
    "outcomes": {"lvsd": "lvef <= 40"},
    "pairing": PairingSettings(window_days=14),
    "history_outcome": "lvef",
    "eligible": {"adults": "age_years >= 18"},
}


def build(data=None, role="develop", **options):
    settings = CohortSettings(**DESIGN | options)
    built = build_cohort({"A": (role, data or hospital())}, None, settings=settings, seed=1)
    rows = pl.DataFrame(built.cohort.table)
    return built, {(row["record_id"][2:], row["outcome_id"][2:]): row for row in rows.to_dicts()}


def test_pairs_outcomes_and_history_follow_the_design():
    """The first pair is the baseline; the follow-up pair knows it; what has no report has no outcome."""
    _, rows = build()
    assert set(rows) == {("e1", "r1"), ("e2", "r2"), ("e3", ""), ("e4", ""), ("e5", ""), ("e8", "r7")}
    assert [rows[key]["pair"] for key in (("e1", "r1"), ("e2", "r2"), ("e3", ""))] == ["baseline", "followup", "none"]
    assert [rows[key]["y.lvsd"] for key in (("e1", "r1"), ("e2", "r2"), ("e3", ""))] == [0.0, 1.0, None]
    assert rows["e2", "r2"]["history"] == [
        {"record_id": "A:e1", "outcome_id": "A:r1", "outcome": 60.0, "gap_days": 100.0}
    ]
    assert rows["e2", "r2"]["outcome_gap_days"] == -5
    assert not rows["e1", "r1"]["history"]


def test_what_outcomes_were_read_from_is_kept_for_the_evaluation():
    """The measured value and the method; an ECG without a report has neither; no other column is written over."""
    data = hospital()
    method = pl.Series("lvef.method", ["simpson", "visual", None, "simpson", "visual", None, "m_mode"])
    data = replace(data, reports=data.reports.with_columns(method))
    _, rows = build(data)
    kept = {key: (row["covariate.lvef"], row["group.lvef_method"]) for key, row in rows.items()}
    assert kept["e1", "r1"] == (60.0, "simpson")
    assert kept["e2", "r2"] == (35.0, "visual")
    assert kept["e3", ""] == (None, None)
    own = hospital(**{"covariate.lvef": [1.0] * len(ECGS)})
    assert {row["covariate.lvef"] for row in build(own)[1].values()} == {1.0}


def test_everybody_who_leaves_is_counted_with_the_reason():
    """ECGs and reports apart."""
    built, _ = build()
    out = {(step.label, step.counted): step.records for step in built.flow if step.excluded}
    assert out == {
        ("not eligible: adults", "ECGs"): 1,
        ("unknown: adults", "ECGs"): 1,
        ("report without an outcome of the study", "reports"): 1,
        ("report of a patient without an eligible ECG", "reports"): 2,
        ("report without an ECG within 14 days", "reports"): 1,
    }
    assert FlowStep("pairs of ECG and report", 3, 2, counted="pairs") in built.flow


def test_patients_without_a_report_are_kept_for_weighting_unless_told_otherwise():
    """They are the unverified."""
    _, rows = build(unpaired="drop")
    assert set(rows) == {("e1", "r1"), ("e2", "r2"), ("e8", "r7")}


def test_all_rows_of_a_patient_share_a_split_and_externals_are_never_split():
    """Paired or not."""
    built, _ = build()
    per_patient = pl.DataFrame(built.cohort.table).group_by("patient_id").agg(pl.col("split").n_unique())
    assert per_patient["split"].to_list() == [1] * per_patient.height
    _, rows = build(role="external")
    assert {row["split"] for row in rows.values()} == {"external"}


def test_a_rule_about_reports_filters_reports_before_they_are_paired():
    """The ECG stays, unpaired."""
    _, rows = build(eligible={"a plausible LVEF": "lvef >= 33"})
    assert ("e8", "") in rows
    assert ("e2", "r2") in rows


def test_a_rule_about_both_makes_an_ecg_unpaired_and_the_next_pair_the_baseline():
    """The first pair of p1 isn't eligible, so the second is its first."""
    _, rows = build(eligible={"low, or not so young": "lvef < 50 or age_years > 60.2"})
    assert rows["e1", ""]["pair"] == "none"
    assert rows["e2", "r2"]["pair"] == "baseline"
    assert not rows["e2", "r2"]["history"]


def test_groups_come_from_rules_and_diagnoses_at_the_date_of_the_ecg():
    """Nobody is in a group before the diagnosis, and unknown sex is in none."""
    diagnoses = pl.DataFrame({"patient_id": ["p1"], "code": ["E11.9"], "diagnosis_time": [at(50)]})
    _, rows = build(
        hospital(diagnoses=diagnoses),
        comorbidities=ComorbiditySettings(conditions=("diabetes",)),
        subgroups={"age": {"<= 70": "age_years <= 70", "> 70": "age_years > 70"}, "woman": "sex == F"},
    )
    assert [rows[key]["group.diabetes"] for key in (("e1", "r1"), ("e2", "r2"))] == ["no", "yes"]
    assert [rows[key]["group.age"] for key in (("e1", "r1"), ("e8", "r7"))] == ["<= 70", "> 70"]


def test_earlier_ecgs_are_listed_whether_paired_or_not():
    """For models that see no measured value."""
    _, rows = build(history=HistorySettings(earlier_ecgs=2))
    assert [entry["record_id"] for entry in rows["e3", ""]["earlier_ecgs"]] == ["A:e2", "A:e1"]


def test_grades_and_values_are_outcomes_too():
    """A grade counts the cuts that are reached."""
    outcomes = {
        "lvsd": "lvef <= 40",
        "lvef": {"value": "lvef"},
        "grade": {"value": "lvef", "cuts": (30, 40, 50)},
    }

    long = {name: OutcomeSettings(**task) if isinstance(task, dict) else task for name, task in outcomes.items()}
    _, rows = build(outcomes=long)
    assert [rows["e2", "r2"][f"y.{name}"] for name in outcomes] == [1.0, 35.0, 1.0]


def test_an_uncertain_outcome_is_unknown_unless_the_best_guess_is_asked_for():
    """A range across the bound."""
    data = hospital()
    ranged = data.reports.with_columns(**{"lvef.low": pl.col("lvef") - 10, "lvef.high": pl.col("lvef") + 10})
    data = SourceData(data.columns, (), data.flow, labels=(), reports=ranged)
    _, rows = build(data)
    assert (rows["e2", "r2"]["y.lvsd"], rows["e2", "r2"]["u.lvsd"]) == (None, True)
    _, rows = build(data, outcomes={"lvsd": OutcomeSettings(rule="lvef <= 40", uncertain="best_guess")})
    assert (rows["e2", "r2"]["y.lvsd"], rows["e2", "r2"]["u.lvsd"]) == (1.0, True)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (hospital(reports=[("r1", "p1", 40, 30.0)]), {}, "none has one within 14 days .*2020-01-01 to 2020-10-27"),
        (hospital(reports=[("r1", "x1", 40, 30.0)]), {}, "ids such as 'A:p1', reports such as 'A:x1'"),
        (hospital(reports=[("r1", "p1", 0, None)]), {}, "none has an outcome"),
        (hospital(reports=None), {}, r"no source has a table of reports \(A\)"),
        (hospital(), {"pairing": None}, "add pairing ="),
        (hospital(), {"outcomes": {"lvsd": "lvfe <= 40"}}, "lvfe.*did you mean 'lvef'"),
        (hospital(), {"history_outcome": "lvfe"}, "lvfe.*did you mean 'lvef'"),
        (hospital(), {"eligible": {"adults": "agee > 18"}}, "'adults'.*agee"),
        (hospital(), {"eligible": {"giants": "age_years > 300"}}, "no ECG is left. The last that left"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused_with_the_reason_and_the_remedy(data, options, message):
    """Each ends in one sentence."""
    with pytest.raises(CohortError, match=message):
        build(data, **options)


def test_what_happened_later_chooses_and_groups_nobody():
    """Survivors are known afterwards."""
    data = hospital(**{"event.death": [False] * len(ECGS)})
    for options in ({"eligible": {"survivors": "not event.death"}}, {"subgroups": {"dead": "event.death"}}):
        with pytest.raises(SpecificationError, match=r"event\.death.*after the ECG"):
            build(data, **options)
    _, rows = build(data, outcomes={"death": "event.death"})
    assert rows["e1", "r1"]["y.death"] == 0


def test_a_column_that_ecgs_and_reports_share_has_two_names():
    """A rule means one of them."""
    data = hospital(site=["A"] * len(ECGS))
    data = replace(data, reports=data.reports.with_columns(site=pl.lit("lab")))
    _, rows = build(data, outcomes={"x": 'lvef <= 40 and report_site == "lab"', "z": 'lvef <= 40 and site == "lab"'})
    assert (rows["e2", "r2"]["y.x"], rows["e2", "r2"]["y.z"]) == (1.0, 0.0)


def test_an_ecg_whose_reports_disagree_is_told():
    """It would be learnt as both."""
    built, _ = build(hospital(ECGS, [*REPORTS, ("r8", "p6", 3, 60.0)]))
    assert any("1 ECGs have reports that disagree on lvsd" in note for note in built.notes)


def test_an_id_that_stands_for_many_patients_is_refused():
    """Pairs of strangers, and histories without end."""
    many = range(1100)
    ecgs = [(f"e{n}", "0", n * 40, 60.0, "U") for n in many]
    with pytest.raises(CohortError, match=r"patient 'A:0' has 1,100 pairs"):
        build(hospital(ecgs, [(f"r{n}", "0", n * 40, 50.0) for n in many]))


def test_an_ecg_without_a_patient_is_refused():
    """Its name is told."""
    with pytest.raises(CohortError, match="A: 1 ECGs have no patient, the first is e1"):
        build(hospital([("e1", None, 0, 60.0, "F"), *ECGS[1:]]))


def test_sources_that_share_their_numbering_share_their_patients():
    """The person who is in both may not be trained on and tested."""
    settings = CohortSettings(**DESIGN)
    sources = {"A": ("develop", hospital()), "B": ("external", hospital())}
    table = build_cohort(sources, None, settings=settings, seed=1).cohort.table
    assert "B:p1" in table["patient_id"].to_pylist()
    shared = {name: (role, replace(data, numbering="town")) for name, (role, data) in sources.items()}
    with pytest.raises(LeakageError, match="4 patients are in two splits, the first is town:"):
        build_cohort(shared, None, settings=settings, seed=1)


def test_conditions_need_diagnoses_somewhere():
    """A group that is always unknown is no group."""
    with pytest.raises(CohortError, match=r"\[data.NAME.diagnoses\]"):
        build(comorbidities=ComorbiditySettings(conditions=("diabetes",)))


def test_the_same_tables_in_another_order_give_the_same_cohort():
    """Pairs, history and splits don't depend on the order of rows."""
    settings = CohortSettings(**DESIGN, split=SplitSettings(fractions={"train": 0.5, "validation": 0.25, "test": 0.25}))
    hashes = {
        build_cohort({"A": ("develop", data)}, None, settings=settings, seed=1).cohort.hash
        for data in (hospital(), hospital(ecgs=ECGS[::-1], reports=REPORTS[::-1]))
    }
    assert len(hashes) == 1
