"""Methods in words, put together from the resolved study file and from what the estimates say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from einthoven.report.blocks import Notice, Prose, Section
from einthoven.report.evidence import Evidence
from einthoven.report.notation import RULE_NAMES
from einthoven.report.pretraining_words import beginning_words, few_label_words, pretraining_sentence

__all__ = ["section"]

METRIC_NAMES = {
    "auroc": "area under the ROC curve",
    "auprc": "average precision",
    "brier": "Brier score",
    "calibration_slope": "calibration slope",
    "calibration_intercept": "calibration intercept",
    "sensitivity": "sensitivity, specificity and predictive values",
}

# what a method says of the one label that it was used for
OF_ONE_LABEL = re.compile(r" on \d+ patients with the outcome| \(the bootstrap[^)]*\)")
UNPLANNED = "No protocol named these numbers before the scores were opened, so all of them are exploratory."
PLANNED = "Numbers with a dagger were not named in the protocol and are exploratory."
MOST_NAMED = 12
SETTING_WORDS = {
    "batch_size": "batches of {}",
    "max_learning_rate": "peak learning rate {:g}",
    "weight_decay": "weight decay {:g}",
    "ema_decay": "moving average of the weights {:g}",
    "label_smoothing": "label smoothing {:g}",
}
SCOPES = {
    "lead": "per ECG and lead",
    "record": "per ECG",
    "dataset": "with means and standard deviations of the data set",
}
CRITERIA = {"auroc": "highest AUROC on the validation split", "loss": "lowest loss on the validation split"}


def section(evidence: Evidence) -> Section:
    """Return one paragraph each on data, signals, models and statistics."""
    if evidence.is_scores_alone:
        return Section(
            "methods", "Methods", (Prose((("Scores.", _scores(evidence)), ("Statistics.", _statistics(evidence)))),)
        )
    if not evidence.study:
        return Section("methods", "Methods", (Notice("The run holds no study.json.", tone="absent"),))
    paragraphs = [
        ("Data.", _data(evidence)),
        ("Signals.", _signals(evidence.study.get("input", {}))),
        ("Models.", _models(evidence.study)),
        ("Statistics.", _statistics(evidence)),
    ]
    return Section("methods", "Methods", (Prose(tuple((head, text) for head, text in paragraphs if text)),))


def _scores(evidence: Evidence) -> str:
    readers = evidence.readers
    scored = [model for model in evidence.models if model not in readers]
    text = f"Models were evaluated by their scores alone: {_listed(scored)}. " if scored else ""
    text += f"Readers answered yes or no: {_listed(readers)}. " if readers else ""
    return text + "How the scores came about is not part of this report."


def _data(evidence: Evidence) -> str:
    study = evidence.study
    sources = [
        f"{name} ({section.get('source', 'unknown source')}"
        + {"external": ", external: no fitting touched it)", "pretrain": ", for pretraining alone)"}.get(
            str(section.get("role")), ")"
        )
        for name, section in study.get("data", {}).items()
    ]
    cohort = study.get("cohort", {})
    text = f"ECGs came from {_listed(sources)}. " if sources else ""
    labels = cohort.get("labels")
    if isinstance(labels, str):
        text += f"Outcomes are the labels of the set “{labels}” of the source. "
    elif labels and len(labels) > MOST_NAMED:
        text += f"Outcomes are {len(labels)} labels, listed with the patients. "
    elif labels:
        text += f"Outcomes are {_listed([str(label) for label in labels])}. "
    text += _pairing(cohort)
    text += _split(cohort.get("split", {}))
    if cohort.get("duplicates") == "drop":
        text += "Of ECGs with identical samples only the first was kept. "
    if cohort.get("near_duplicates") == "drop":
        text += "Recordings under two ids were looked for by signal; whoever was recognised so is in one split alone. "
    return text.strip()


def _split(split: Mapping[str, Any]) -> str:
    method = split.get("method")
    if method == "official":
        return "Patients were split as the data’s owners publish it; all ECGs of a patient are in one split. "
    if method == "patient":
        shares = [f"{100 * float(part):.0f}% {name}" for name, part in split.get("fractions", {}).items()]
        return (
            f"Patients were split at random, stratified by label ({', '.join(shares)}); no patient is in two splits. "
        )
    if method == "site":
        sites = [
            f"{_listed([str(site) for site in found])} for {name}" for name, found in split.get("sites", {}).items()
        ]
        text = f"ECGs were split by site ({'; '.join(sites)})"
    elif method == "time":
        periods = [f"{name} before {day}" for name, day in split.get("before", {}).items()]
        text = f"ECGs were split by date ({', '.join(periods)}, the rest after)"
    elif method == "given":
        text = "ECGs were split as a given table says"
    else:
        return ""
    return f"{text}; what that leaves open was dealt out at random by patient. No patient is in two splits. "


def _pairing(cohort: Mapping[str, Any]) -> str:
    """Tell who was eligible, how reports found their ECGs, and what the outcomes are."""
    text = ""
    if eligible := cohort.get("eligible"):
        text += f"Eligible were {_listed([f'{name} ({rule})' for name, rule in eligible.items()])}. "
    if pairing := cohort.get("pairing"):
        which = "the nearest ECG" if pairing["per_report"] == "nearest" else "every ECG"
        text += f"Each report was paired with {which} within {pairing['window_days']:g} days; "
        text += "a patient’s first pair is the baseline, pairs of a later ECG with another report are follow-up. "
    if outcomes := cohort.get("outcomes"):
        told = [f"{name} ({_outcome(outcome)})" for name, outcome in outcomes.items()]
        text += f"{'Further outcomes' if cohort.get('labels') else 'Outcomes'} by rule: {_listed(told)}. "
    return text


def _outcome(outcome: str | Mapping[str, Any]) -> str:
    if isinstance(outcome, str):
        return outcome
    if outcome.get("rule"):
        return str(outcome["rule"])
    cuts = outcome.get("cuts") or ()
    return f"the grade of {outcome['value']} at {_listed([f'{cut:g}' for cut in cuts])}" if cuts else outcome["value"]


def _signals(spec: Mapping[str, Any]) -> str:
    ingest, view = spec.get("ingest", {}), spec.get("view", {})
    if not ingest:
        return ""
    text = f"Each ECG was brought to {len(ingest.get('leads', ()))} leads at {ingest.get('rate_hz', 0):g} Hz"
    text += _filtering(ingest.get("filter", {}))
    text += " and stored " + ("in millivolts. " if ingest.get("unit") == "mV" else "in relative units. ")
    text += _window(view)
    normalise = view.get("normalise", {})
    scope = SCOPES.get(str(normalise.get("scope")), "")
    if normalise.get("extent") == "record":
        scope += ", over the full record"
    if normalise.get("method") == "zscore":
        text += f" Amplitudes were standardised {scope}".rstrip() + "."
    elif normalise.get("method") == "minmax":
        text += f" Amplitudes were mapped to {normalise.get('low', 0):g} to {normalise.get('high', 1):g} {scope}."
    return text


def _filtering(spec: Mapping[str, Any]) -> str:
    """Return what follows the rate, such as ``, band-pass filtered from 0.67 to 40 Hz (zero-phase ...)``."""
    kind, low, high = spec.get("kind", "none"), spec.get("low_hz"), spec.get("high_hz")
    order = spec.get("order")
    designs = {
        "butterworth": f"Butterworth, order {order}",
        "butterworth_pair": f"Butterworth, order {order}, low-pass of order {spec.get('lowpass_order') or order}",
        "fir": f"FIR of {spec.get('length_s') or 0:g} s, Hamming window",
    }
    steps = []
    if kind in designs:
        band = f"band-pass filtered from {low or 0:g} to {high or 0:g} Hz"
        if low is None or high is None:
            band = f"low-pass filtered at {high or 0:g} Hz" if low is None else f"high-pass filtered at {low:g} Hz"
        steps.append(f", {band} (zero-phase {designs[kind]})")
    notches = spec.get("notch_hz") or ()
    if notches:
        centres = [f"{notch:g}" for notch in (notches if isinstance(notches, list | tuple) else (notches,))]
        steps.append(f" with a notch at {_listed(centres)} Hz")
    if spec.get("median_s"):
        steps.append(f", less a running median over {_listed([f'{width:g}' for width in spec['median_s']])} s")
    return "".join(steps) or " without further filtering"


def _window(view: Mapping[str, Any]) -> str:
    if not view:
        return ""
    crops = [f"{float(start):g}" for start in view.get("test_crops_s", ())]
    text = f"Models saw windows of {view.get('window_s', 0):g} s"
    text += (
        ", cut at random places in training" if view.get("crop") == "random" else ", cut at fixed places in training"
    )
    if len(crops) > 1:
        text += f"; in testing the scores of the windows from {_listed(crops)} s were averaged"
    return text + "."


def _models(study: Mapping[str, Any]) -> str:
    arms = study.get("arm", {})
    begun = {arm.get("start") for arm in arms.values()}
    before = [
        pretraining_sentence(name, settings, study.get("data", {}))
        for name, settings in study.get("pretrain", {}).items()
        if name in begun
    ]
    return " ".join([*before, *(_arm(name, settings) for name, settings in arms.items())])


def _arm(name: str, arm: Mapping[str, Any]) -> str:
    text = f"“{name}” is a network of type {arm.get('architecture', 'unknown')}"
    text += beginning_words(arm)
    leads, auxiliary = arm.get("leads") or (), arm.get("auxiliary_labels") or ()
    text += f" on leads {_listed([str(lead) for lead in leads])}" if leads else ""
    epochs, settings = (
        arm.get("epochs"),
        [words.format(arm[key]) for key, words in SETTING_WORDS.items() if arm.get(key)],
    )
    text += f", trained for {'at most ' if arm.get('patience') else ''}{epochs} epochs" if epochs else ""
    text += f" ({', '.join(settings)})" if settings else ""
    criterion = CRITERIA.get(str(arm.get("early_stopping", "")), "")
    text += f"; the weights of the epoch with the {criterion} were kept" if criterion else ""
    text += f"; auxiliary labels ({_auxiliary(auxiliary)}) were learnt along" if auxiliary else ""
    seeds = arm.get("seeds") or ()
    text += few_label_words(arm)
    text += f"; the scores of {len(seeds)} seeds were averaged" if len(seeds) > 1 and not arm.get("n_labels") else ""
    return text + "."


def _auxiliary(patterns: Sequence[object]) -> str:
    return "all of the cohort" if "*" in patterns else ", ".join(map(str, patterns))


def _statistics(evidence: Evidence) -> str:
    if evidence.evaluation is None:
        return ""
    methods: dict[str, dict[str, None]] = {}
    for row in evidence.evaluation.results:
        if row.analysis == "performance" and row.metric in METRIC_NAMES and not row.estimate.reason:
            methods.setdefault(METRIC_NAMES[row.metric], {})[_general(row.estimate.method)] = None
    described = [f"{name}: {' or '.join(found)}" for name, found in methods.items()]
    text = f"Intervals cover {evidence.coverage} ({'; '.join(described)}). " if described else ""
    by_split: dict[str, set[str]] = {}
    for threshold in evidence.evaluation.thresholds:
        by_split.setdefault(threshold.split, set()).add(RULE_NAMES.get(threshold.rule, threshold.rule))
    text += " ".join(
        f"Cut-offs were chosen on the {split} split ({', '.join(sorted(rules))}) and then frozen."
        if split
        else "Cut-offs were stated beforehand."
        for split, rules in sorted(by_split.items())
    )
    return f"{text.strip()} {PLANNED if evidence.has_plan else UNPLANNED}".strip()


def _general(method: str) -> str:
    """Return a method without what it says of a single label."""
    return OF_ONE_LABEL.sub("", method).partition(";")[0]


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
