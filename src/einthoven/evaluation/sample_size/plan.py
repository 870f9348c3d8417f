"""Every question of a planned study at once, from what is expected of the model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from einthoven.evaluation.sample_size import auroc_comparison as comparison
from einthoven.evaluation.sample_size import calibration_precision as calibration
from einthoven.evaluation.sample_size import development, mcnemar_power, net_benefit_precision
from einthoven.evaluation.sample_size import threshold_precision as at_threshold
from einthoven.evaluation.sample_size.auroc_precision import auroc_interval_width, size_for_auroc
from einthoven.evaluation.sample_size.expectation import Expectation
from einthoven.evaluation.sample_size.risk_distribution import check_share

__all__ = ["Answer", "answers"]

RILEY = "Riley et al., Stat Med 2021, doi:10.1002/sim.9025"
BINORMAL = "Hanley and McNeil, Radiology 1982, doi:10.1148/radiology.143.1.7063747"
EXACT = "Clopper and Pearson, Biometrika 1934, doi:10.1093/biomet/26.4.404"
COMPARING = "DeLong et al., Biometrics 1988, doi:10.2307/2531595"
DISCORDANT = "Miettinen, Biometrics 1968, doi:10.2307/2528039"
DEVELOPING = "Riley et al., BMJ 2020, doi:10.1136/bmj.m441"
WIDTHS, SMALLEST, COMPARED, DEVELOPED = "precision", "external validation", "comparison", "development"


@dataclass(frozen=True, slots=True)
class Answer:
    """One number with the sentence that says it.

    Attributes
    ----------
    group : {"external validation", "precision", "comparison", "development"}
    quantity : str
    value : float
        A width, a power, or a number of records.
    unit : {"records", "width", "power"}
    records, patients, events : int
        The study's: what is needed, or what was given.
    sentence, reference : str
    """

    group: str
    quantity: str
    value: float
    unit: str
    records: int
    patients: int
    events: int
    sentence: str
    reference: str


def answers(expected: Expectation) -> list[Answer]:
    """Return sizes that are needed, and widths and power of ``records`` where they are given.

    Examples
    --------
    >>> found = answers(Expectation(0.8, 0.018, ratio_width=1))
    >>> [(answer.quantity, answer.records) for answer in found][:3]
    [('O/E', 906), ('calibration slope', 17130), ('AUROC', 4252)]
    """
    return [*_validation(expected), *_precision(expected), *_comparison(expected), *_development(expected)]


def _validation(expected: Expectation) -> Iterator[Answer]:
    level, prevalence = expected.level, expected.prevalence
    ratio = calibration.size_for_observed_to_expected(prevalence, width=expected.ratio_width, level=level)
    slope = calibration.size_for_calibration_slope(expected.distribution, width=expected.slope_width, level=level)
    area = size_for_auroc(expected.auroc, prevalence, width=expected.auroc_width, level=level)
    sizes = [
        ("O/E", ratio, expected.ratio_width),
        ("calibration slope", slope, expected.slope_width),
        ("AUROC", area, expected.auroc_width),
    ]
    if expected.accuracy is not None and expected.threshold is not None:
        sensitivity, specificity = expected.accuracy
        benefit = net_benefit_precision.size_for_net_benefit(
            expected.threshold, width=expected.net_benefit_width, prevalence=prevalence,
            sensitivity=sensitivity, specificity=specificity, level=level,
        )  # fmt: skip
        sizes.append(("standardised net benefit", benefit, expected.net_benefit_width))
    for quantity, size, width in sizes:
        purpose = f"for a {level:.0%} interval of {quantity} no wider than {width:g}"
        yield _needed(expected, quantity, size, purpose, group=SMALLEST, reference=RILEY)
    if expected.accuracy is not None:
        yield from _shares(expected, *expected.accuracy)


def _shares(expected: Expectation, sensitivity: float, specificity: float) -> Iterator[Answer]:
    for metric, name in (("sensitivity", "sensitivity"), ("specificity", "specificity"), ("ppv", "PPV")):
        size = at_threshold.size_for_proportion(
            metric, width=expected.share_width, prevalence=expected.prevalence, sensitivity=sensitivity,
            specificity=specificity, level=expected.level,
        )  # fmt: skip
        purpose = f"for an exact {expected.level:.0%} interval of {name} no wider than {expected.share_width:g}"
        yield _needed(expected, name, size, purpose, group=SMALLEST, reference=EXACT)


def _precision(expected: Expectation) -> Iterator[Answer]:
    if expected.records is None:
        return
    n, level, effect = expected.records, expected.level, expected.inflation
    risks, prevalence = expected.distribution, expected.prevalence
    width = auroc_interval_width(expected.auroc, n, prevalence, level=level, design_effect=effect)
    yield _given(expected, "AUROC", width, BINORMAL)
    width = calibration.slope_width(n, risks, level=level, design_effect=effect)
    yield _given(expected, "calibration slope", width, RILEY)
    width = calibration.calibration_in_the_large_width(n, risks, level=level, design_effect=effect)
    yield _given(expected, "calibration-in-the-large", width, RILEY)
    width = calibration.observed_to_expected_width(n, prevalence, level=level, design_effect=effect)
    yield _given(expected, "O/E", width, RILEY)
    if expected.accuracy is None:
        return
    sensitivity, specificity = expected.accuracy
    shares = {"prevalence": prevalence, "sensitivity": sensitivity, "specificity": specificity}
    for metric, (positives, size) in at_threshold.expected_counts(n / effect, **shares).items():
        name = metric.upper() if metric in {"ppv", "npv"} else metric
        yield _given(expected, name, at_threshold.exact_width(positives, size, level=level), EXACT)
    if expected.threshold is not None:
        width = net_benefit_precision.net_benefit_width(
            n, expected.threshold, **shares, level=level, design_effect=effect
        )
        yield _given(expected, "standardised net benefit", width, RILEY)


def _comparison(expected: Expectation) -> Iterator[Answer]:
    if expected.against is not None:
        yield from _areas(expected, expected.against)
    if expected.discordant is not None:
        first, second = expected.discordant
        size = mcnemar_power.size_for_mcnemar(first, second, power=expected.power, level=expected.level)
        records, patients, _ = _sizes(expected, size)
        sentence = (
            f"{records:,} records on which both call ({patients:,} patients) are needed for McNemar's test to find "
            f"shares of {first:g} and {second:g} called right by one alone with a power of {expected.power:.0%}; when "
            "sensitivities are compared, these are the cases."
        )
        yield Answer(COMPARED, "McNemar", size, "records", records, patients, records, sentence, DISCORDANT)


def _areas(expected: Expectation, against: float) -> Iterator[Answer]:
    margin, level, correlation = expected.margin, expected.level, expected.correlation
    check_share(against, "the other AUROC", lowest=0.5)
    aim = (
        f"to show that an AUROC of {expected.auroc:g} is not inferior to {against:g} by more than {margin:g}"
        if margin
        else f"to find the difference between AUROCs of {expected.auroc:g} and {against:g}"
    )
    aim += f" on the same records (correlation of the scores {correlation:g})"
    size = comparison.size_for_power(
        expected.auroc, against, expected.prevalence,
        correlation=correlation, power=expected.power, level=level, margin=margin,
    )  # fmt: skip
    quantity = "non-inferior AUROC" if margin else "difference of AUROC"
    yield _needed(
        expected, quantity, size, f"{aim} with a power of {expected.power:.0%}", group=COMPARED, reference=COMPARING
    )
    if expected.records is None:
        return
    setting = {"correlation": correlation, "level": level, "design_effect": expected.inflation}
    places = (expected.auroc, against, expected.records, expected.prevalence)
    power = (
        comparison.noninferiority_power(*places, margin=margin, **setting)
        if margin
        else comparison.paired_power(*places, **setting)
    )
    records, patients, events = _counts(expected, expected.records)
    sentence = f"{records:,} records ({patients:,} patients, {events:,} cases) have a power of {power:.1%} {aim}."
    yield Answer(COMPARED, quantity, power, "power", records, patients, events, sentence, COMPARING)


def _development(expected: Expectation) -> Iterator[Answer]:
    if expected.parameters is None:
        return
    r2 = development.cox_snell_r2(expected.distribution)
    count, prevalence = expected.parameters, expected.prevalence
    model = f"a model of {count} parameters (Cox-Snell R2 {r2:.3f})"
    sizes = [
        ("shrinkage", development.size_for_shrinkage(r2, count), f"to keep the shrinkage of {model} at 0.9"),
        (
            "optimism",
            development.size_for_r2_optimism(r2, count, prevalence),
            f"to keep the optimism of Nagelkerke's R2 of {model} within 0.05",
        ),
        (
            "overall risk",
            development.size_for_overall_risk(prevalence, level=expected.level),
            "to know the overall risk to within 0.05",
        ),
    ]
    for quantity, size, purpose in sizes:
        yield _needed(expected, quantity, size, purpose, group=DEVELOPED, reference=DEVELOPING)


def _needed(expected: Expectation, quantity: str, size: int, purpose: str, *, group: str, reference: str) -> Answer:
    records, patients, events = _sizes(expected, size)
    sentence = f"{records:,} records ({patients:,} patients, {events:,} cases) are needed {purpose}."
    return Answer(group, quantity, records, "records", records, patients, events, sentence, reference)


def _given(expected: Expectation, quantity: str, width: float, reference: str) -> Answer:
    records, patients, events = _counts(expected, expected.records or 0)
    sentence = (
        f"{records:,} records ({patients:,} patients, {events:,} cases) will give a {expected.level:.0%} interval of "
        f"{quantity} about {width:.3f} wide."
    )
    return Answer(WIDTHS, quantity, width, "width", records, patients, events, sentence, reference)


def _sizes(expected: Expectation, independent: int) -> tuple[int, int, int]:
    """Return records, patients and cases that are worth so many independent records."""
    # rounding errors of the design effect must not cost a record
    return _counts(expected, math.ceil(independent * expected.inflation - 1e-9))


def _counts(expected: Expectation, records: int) -> tuple[int, int, int]:
    patients = math.ceil(records / expected.records_per_patient - 1e-9)
    return records, patients, math.ceil(records * expected.prevalence - 1e-9)
