from __future__ import annotations

import dataclasses

import numpy as np

from einthoven.evaluation.estimate import Curve
from einthoven.evaluation.rows import CurveRow
from einthoven.report.sections.more_curves import section


def curve():
    x = np.linspace(0.05, 0.5, 5)
    return Curve(x, 0.2 - x / 4, ("threshold probability", "net benefit"), 0.1 - x / 4, 0.3 - x / 4)


def evidence_with(full, curves):
    return dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, curves=curves))


def test_models_share_a_panel_and_strata_have_one_each(full):
    """One decision panel of two models with their reference; a survival panel per model."""
    a, b = full.arms
    label = full.labels()[0]
    rows = [CurveRow(arm, -1, "test", label, "decision", curve()) for arm in (a, b)]
    rows += [CurveRow(arm, -1, "test", label, "decision_all", curve()) for arm in (a, b)]
    rows += [CurveRow(a, -1, "test", label, "kaplan_meier", curve(), at=at) for at in ("low", "high")]
    decision, survival = section(evidence_with(full, rows)).blocks
    (panel,) = decision.panels
    assert panel.alt == f"Decision curves: net benefit by threshold of {label}: {a}, {b}, all treated"
    assert [one.alt for one in survival.panels] == [f"Kaplan-Meier curves by risk stratum of {label}, {a}: low, high"]


def test_bands_are_told_of_only_where_there_are_any(full):
    """A curve without a band has a caption without one."""
    bare = dataclasses.replace(curve(), low=None, high=None)
    arm, label = full.arms[0], full.labels()[0]
    with_band, without = (
        section(evidence_with(full, [CurveRow(arm, -1, "test", label, "risk_coverage", one)])).blocks[0].caption
        for one in (curve(), bare)
    )
    assert ("bands" in with_band, "bands" in without) == (True, False)


def test_without_such_curves_there_is_no_section(full, empty):
    """ROC and reliability have a section of their own."""
    kinds = {"roc", "pr", "calibration"}
    rows = [row for row in full.evaluation.curves if row.kind in kinds]
    assert section(evidence_with(full, rows)) is None
    assert section(empty) is None
