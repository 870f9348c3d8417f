"""What ``einthoven models`` prints of one model, line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from einthoven.ecg.input_words import input_in_words
from einthoven.models.contamination import seen_in_words

if TYPE_CHECKING:
    from einthoven.models.encoder import Encoder
    from einthoven.models.public.loading import LoadReport
    from einthoven.models.public.public_model import PublicModel
    from einthoven.models.public.weight_file import WeightFile
    from einthoven.study.presets import PresetDifference

__all__ = [
    "architecture_card",
    "default_encoder",
    "most_moved",
    "public_model_card",
    "report_lines",
    "usual_window",
    "what_a_token_sees",
    "what_it_is",
    "what_to_know",
]

_WIDTH = 110
_USUAL_SAMPLES = 2500  # 10 s at 250 Hz
_MOST_LABELS = 8  # of a preset that the terminal shows; the file has all


def public_model_card(model: PublicModel) -> list[str]:
    """Return all that is known of a published model."""
    lines = [f"{model.name}: {model.title}", *_entries(what_it_is(model))]
    for name, spec in model.presets.items():
        which = ", the default" if len(model.presets) > 1 and spec is model.spec else ""
        lines.append(f"  input{f' as preset {name}{which}' if len(model.presets) > 1 else ''}:")
        lines += _entries(input_in_words(spec).items(), indent=4)
    lines += _entries(what_to_know(model))
    return [*lines, f"  to use them: einthoven models convert FILE --as {model.name} --out DIR"]


def what_it_is(model: PublicModel) -> list[tuple[str, str]]:
    """Return paper and network of a published model, each with what it is called."""
    counted = f" ({model.counted})" if model.counted else ""
    return [
        ("paper", model.reference),
        ("network", f"{model.architecture}, {model.n_parameters:,} numbers{counted}"),
    ]


def what_to_know(model: PublicModel) -> list[tuple[str, str]]:
    """Return outputs, past, licence, addresses and traps of a published model, each with what it is called."""
    use = {True: "allowed", False: "not allowed", None: "not stated"}[model.commercial_use]
    numbered = ", ".join(f"{index} {label}" for index, label in enumerate(model.labels))
    facts = [("outputs", numbered or f"none: an encoder; embeddings of {_feature_width(model)} numbers")]
    if model.covariates:
        facts.append(("beside the signal", "; ".join(model.covariates)))
    facts.append(("has seen", "; ".join(map(seen_in_words, model.pretrained_on)) or "unknown"))
    facts.append(("licence", f"code {model.code_licence}; weights {model.weight_licence}; commercial use {use}"))
    for source in model.sources:
        known = f", SHA-256 {source.sha256}" if source.sha256 else ""
        facts.append(("weights", f"{source.address} {source.file}{known}"))
    return [*facts, *(("beware", warning) for warning in model.warnings)]


def architecture_card(name: str) -> list[str]:
    """Return what an architecture is with its default settings and twelve leads: settings, windows, cost."""
    from einthoven.models.architectures import ARCHITECTURES, resolved_settings
    from einthoven.models.cost import cost
    from einthoven.registry import resolve

    architecture = resolve("architectures", name, ARCHITECTURES)
    summary = (architecture.__doc__ or name).splitlines()[0]
    lines = [f"{name}: {summary}"]
    for key, value in resolved_settings(name, {}).items():
        lines += _entry(key, str(value))
    encoder = default_encoder(name)
    n_samples = usual_window(encoder)
    spent = cost(encoder, n_samples)
    lines += _entry("windows", str(encoder.lengths))
    lines += _entry("receptive field", f"of a token {what_a_token_sees(encoder)}")
    lines += _entry("features", f"{encoder.feature_width}, from tokens of {encoder.token_width}")
    lines += _entry("blocks", ", ".join(encoder.block_names))
    lines += _entry(
        f"cost of 12 leads and {n_samples} samples",
        f"{spent.n_parameters:,} weights, {spent.flops / 1e9:.2f} GFLOP (a multiplication with its addition is 2)",
    )
    return lines


def default_encoder(name: str, *, n_leads: int = 12) -> Encoder:
    """Return an architecture with its default settings: shapes without values (device ``meta``)."""
    import torch

    from einthoven.models.architectures import build_encoder

    with torch.device("meta"):
        return build_encoder(name, n_leads=n_leads)


def usual_window(encoder: Encoder) -> int:
    """Return for how many samples costs are told: 2,500, or the longest window of an encoder that doesn't take them."""
    lengths = encoder.lengths
    return _USUAL_SAMPLES if lengths.accepts(_USUAL_SAMPLES) else lengths.maximum or lengths.minimum


def what_a_token_sees(encoder: Encoder) -> str:
    """Return the receptive field in words."""
    return "the whole window" if encoder.receptive_field is None else f"{encoder.receptive_field} samples"


def report_lines(model: PublicModel, report: LoadReport, weights: WeightFile) -> list[str]:
    """Return what became of each tensor of a file; ignored ones by their reason, faults one by one."""
    verdict = "fits {}: names and shapes are the published ones" if report.complete else "does NOT fit {}"
    lines = [
        f"{weights.path} {verdict.format(model.name)}",
        f"  file: {weights.kind}, {len(weights.tensors)} tensors, SHA-256 {weights.sha256}{_known(model, weights)}",
        f"  loaded: {len(report.loaded)}",
    ]
    by_reason = sorted(report.ignored.items(), key=lambda item: (item[1], item[0]))
    for reason, group in groupby(by_reason, key=lambda item: item[1]):
        names = [name for name, _ in group]
        lines.append(f"  ignored: {len(names)} ({names[0]}{'...' if len(names) > 1 else ''}): {reason}")
    return [*lines, *(f"  wrong: {complaint}" for complaint in report.complaints)]


def most_moved(rows: Iterable[PresetDifference]) -> list[PresetDifference]:
    """Return of each preset all labels in one row, then those that move most, most first."""
    shown: list[PresetDifference] = []
    for _, group in groupby(rows, key=lambda row: row.preset):
        labels = sorted(group, key=lambda row: -row.mean_difference)
        shown += [*([_all_labels(labels)] if len(labels) > 1 else []), *labels[:_MOST_LABELS]]
    return shown


def _all_labels(rows: list[PresetDifference]) -> PresetDifference:
    import dataclasses
    from statistics import fmean

    return dataclasses.replace(
        rows[0],
        label=f"all {len(rows)}",
        mean_difference=fmean(row.mean_difference for row in rows),
        largest_difference=max(row.largest_difference for row in rows),
        rank_correlation=fmean(row.rank_correlation for row in rows),
        changed_sides=fmean(row.changed_sides for row in rows),
    )


def _known(model: PublicModel, weights: WeightFile) -> str:
    return {
        None: " (none is published to compare it with)",
        True: ", as published",
        False: ", which is NOT the published one",
    }[model.is_published(weights.sha256)]


def _feature_width(model: PublicModel) -> int:
    import torch

    from einthoven.models.architectures import build_encoder

    with torch.device("meta"):
        return build_encoder(model.architecture, n_leads=len(model.spec.leads), **model.settings).feature_width


def _entries(facts: Iterable[tuple[str, str]], *, indent: int = 2) -> list[str]:
    return [line for key, words in facts for line in _entry(key, words, indent=indent)]


def _entry(key: str, words: str, *, indent: int = 2) -> list[str]:
    return textwrap.wrap(f"{key}: {words}", _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))
