"""What the experiment says: what the audit found, areas on validation, and, once opened, what pretraining gains."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.label_factor import label_factor
from einthoven.evaluation.statistics.learning_curve import LearningCurve, learning_band, learning_curve
from einthoven.evaluation.statistics.learning_curve_difference import learning_curve_difference
from einthoven.report.figures.label_curves import LabelCurve, label_curves_figure
from einthoven.training.selection import macro_auroc
from measuring import table
from pretraining_arms import Arrays, chosen_recipes, read_arrays, result_path
from pretraining_ecgs import ARRAYS, SUPERCLASSES
from pretraining_settings import ARMS, ENCODERS, SIZES, TUNING_SIZES
from pretraining_split import Experiment

__all__ = ["audit_text", "test_text", "validation_text"]

AIM_DIFFERENCE, AIM_FACTOR = 0.05, 3.0
DOTS_PER_INCH = 160


def audit_text(parts: Experiment) -> str:
    """Return which ECGs each split has, and what the search for one recording in two folders found."""
    counts = parts.table.group_by("split").len()
    of = dict(zip(counts["split"], counts["len"], strict=True))
    audit = parts.audit
    found = {name: audit.kind(name) for name in (f"{ARRAYS}/", "multi_source/HR")}
    arrays, files = found.values()
    return (
        f"Arrays: {of['train']} to draw labels from, {of['validation']} for validation, {of['test']} of test patients. "
        f"Pretraining sees {of['pretraining']:,} other ECGs and the arrays of the first two; "
        f"{len(parts.left_out_by_number)} ECGs in other folders are left out because their patient is tested, and "
        f"{len(parts.left_out_by_signal)} more by signal alone.\n\nOne recording in two folders, found by signal "
        f"alone: {arrays[0]} of the {arrays[1]} arrays that are in `ptb_xl`, {files[0]} of the {files[1]} `HR` files; "
        f"{len(audit.found - audit.known)} further pairs. {audit.patients_in_both} patients have ECGs in both the "
        "arrays and `ptb_xl`."
    )


def validation_text(run: Path, arms: list[str], *, draws: int) -> str:
    """Return the areas on validation ECGs, of recipes and of the draws that count."""
    arrays = read_arrays(run / "arrays.npz")
    rows = []
    for arm in arms:
        recipes = chosen_recipes(run, arm)
        areas = [f"{np.mean([_validation(run, arrays, arm, size, d) for d in range(draws)]):.3f}" for size in SIZES]
        tuned = [_words(recipes[size][0]) for size in sorted(set(TUNING_SIZES.values()))]
        rows.append((ARMS[arm].name, *areas, *tuned))
    head = (
        "validation",
        *(str(size) for size in SIZES),
        *(f"recipe at {s}" for s in sorted(set(TUNING_SIZES.values()))),
    )
    return f"Macro AUROC of validation ECGs, mean of {draws} draws:\n\n{table(head, rows)}"


def test_text(run: Path, arms: list[str], *, draws: int) -> str:
    """Return tables of the test patients, and write ``learning_curves.csv`` and ``.png``."""
    curves = {arm: _curve(run, arm, draws=draws) for arm in arms}
    _write_curves(run, curves)
    pairs = [
        (arm, other)
        for arm in arms
        for other in arms
        if ARMS[arm].pretraining and not ARMS[other].pretraining and ARMS[arm].encoder == ARMS[other].encoder
    ]
    areas = [(ARMS[arm].name, *_banded(curve)) for arm, curve in curves.items()]
    differences, factors = [], []
    for arm, other in pairs:
        tests = learning_curve_difference(curves[arm], curves[other])
        differences.append((ARMS[arm].name, *(f"{_signed(one.difference)}, p {_p(one.p_value)}" for one in tests)))
        factor = label_factor(curves[arm], curves[other])
        reached = _reached(tests[0].difference.value, factor.at_smallest)
        factors.append((ARMS[arm].name, _factor(factor.at_smallest), _factor(factor.over_range), reached))
    sizes = tuple(str(size) for size in SIZES)
    some = next(iter(curves.values()))
    tested = (
        f"Macro AUROC of {some.records} test ECGs of {some.patients} patients, mean of {draws} nested draws of labels "
        "(95 % over draws and patients):"
    )
    aims = (
        f"Label factor, n(scratch) / n(pretrained) at equal AUROC; the aims are {AIM_DIFFERENCE:+.2f} at {SIZES[0]} "
        f"labels and a factor of {AIM_FACTOR:g}:"
    )
    return "\n\n".join(
        [
            tested,
            table(("arm", *sizes), areas),
            "Pretrained less from scratch, the same architecture, draws and patients:",
            table(("arm", *sizes), differences),
            aims,
            table(("arm", f"at the area of {SIZES[0]} labels", "over the common range", "aims"), factors),
        ]
    )


def _curve(run: Path, arm: str, *, draws: int) -> LearningCurve:
    arrays = read_arrays(run / "arrays.npz")
    tested = np.flatnonzero(arrays.split == "test")
    scores = np.stack(
        [np.stack([np.load(result_path(run, arm, size, d))["scores"][tested] for size in SIZES]) for d in range(draws)]
    )
    return learning_curve(
        scores, arrays.truth[tested], sizes=SIZES, clusters=arrays.patient[tested], labels=SUPERCLASSES
    )


def _validation(run: Path, arrays: Arrays, arm: str, size: int, draw: int) -> float:
    """Return the area on the validation patients; training patients that aren't labelled differ by draw."""
    scores = np.load(result_path(run, arm, size, draw))["scores"]
    rows = np.flatnonzero(arrays.split == "validation")
    return macro_auroc(scores[rows], arrays.truth[rows])


def _write_curves(run: Path, curves: dict[str, LearningCurve]) -> None:
    bands = {arm: learning_band(curve) for arm, curve in curves.items()}
    with (run / "learning_curves.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("arm", "labels", "auroc", "low", "high"))
        for arm, band in bands.items():
            rows = np.stack([values for values in (band.y, band.low, band.high) if values is not None], axis=1)
            writer.writerows((arm, int(n), *map(_six, row)) for n, row in zip(band.x, rows, strict=True))
    encoders = list(ENCODERS)
    colour = {arm: encoders.index(ARMS[arm].encoder) for arm in curves}
    for arm in curves:  # a second pretraining of an architecture has a colour of its own
        if any(colour[arm] == colour[other] and ARMS[other].pretraining for other in curves if other < arm):
            colour[arm] = len(encoders) if ARMS[arm].pretraining else colour[arm]
    lines = [LabelCurve(ARMS[arm].name, bands[arm], colour[arm], not ARMS[arm].pretraining) for arm in curves]
    some = next(iter(curves.values()))
    figure = label_curves_figure(f"Five superclasses of PTB-XL, {some.records} test ECGs", lines)
    figure.savefig(run / "learning_curves.png", dpi=DOTS_PER_INCH, facecolor="white")


def _banded(curve: LearningCurve) -> list[str]:
    band = learning_band(curve)
    assert band.low is not None
    assert band.high is not None
    return [f"{y:.3f} ({a:.3f} to {b:.3f})" for y, a, b in zip(band.y, band.low, band.high, strict=True)]


def _signed(difference: Estimate) -> str:
    return f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"


def _factor(estimate: Estimate) -> str:
    if math.isnan(estimate.value):
        return str(estimate.reason)
    sign = "" if not estimate.reason else ">= " if math.isinf(estimate.high) and estimate.value > 1 else "<= "
    high = "no upper limit" if math.isinf(estimate.high) else f"{estimate.high:.1f}"
    return f"{sign}{estimate.value:.1f} ({estimate.low:.1f} to {high})"


def _reached(difference: float, factor: Estimate) -> str:
    names = {"difference": difference >= AIM_DIFFERENCE, "factor": factor.value >= AIM_FACTOR}
    return ", ".join(f"{name} {'reached' if is_reached else 'missed'}" for name, is_reached in names.items())


def _words(recipe: object) -> str:
    from pretraining_fine_tuning import Recipe

    assert isinstance(recipe, Recipe)
    if not recipe.steps:
        return f"probe, C {recipe.probe_strength:g}"
    return f"{recipe.steps} steps, {recipe.learning_rate:g}" + (", probe first" if recipe.probe_strength else "")


def _six(value: float) -> str:
    return f"{value:.6f}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
