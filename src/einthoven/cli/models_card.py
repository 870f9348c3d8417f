"""What ``einthoven models`` prints of one model, line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from einthoven.ecg.input_words import input_in_words

if TYPE_CHECKING:
    from einthoven.models.public.loading import LoadReport
    from einthoven.models.public.public_model import PublicModel
    from einthoven.models.public.weight_file import WeightFile
    from einthoven.study.presets import PresetDifference

__all__ = ["architecture_card", "most_moved", "public_model_card", "report_lines"]

_WIDTH = 110
_MOST_LABELS = 8  # of a preset that the terminal shows; the file has all


def public_model_card(model: PublicModel) -> list[str]:
    """Return all that is known of a published model."""
    counted = f" ({model.counted})" if model.counted else ""
    use = {True: "allowed", False: "not allowed", None: "not stated"}[model.commercial_use]
    lines = [
        f"{model.name}: {model.title}",
        *_entry("paper", model.reference),
        *_entry("network", f"{model.architecture}, {model.n_parameters:,} numbers{counted}"),
    ]
    for name, spec in model.presets.items():
        which = ", the default" if len(model.presets) > 1 and spec is model.spec else ""
        lines.append(f"  input{f' as preset {name}{which}' if len(model.presets) > 1 else ''}:")
        lines += [line for key, words in input_in_words(spec).items() for line in _entry(key, words, indent=4)]
    numbered = ", ".join(f"{index} {label}" for index, label in enumerate(model.labels))
    lines += _entry("outputs", numbered or f"none: an encoder; embeddings of {_feature_width(model)} numbers")
    if model.covariates:
        lines += _entry("beside the signal", ", ".join(model.covariates))
    seen = "; ".join(
        " ".join(filter(None, (one.data_set, one.version, f"({one.split})"))) for one in model.pretrained_on
    )
    lines += _entry("has seen", seen or "unknown")
    lines += _entry("licence", f"code {model.code_licence}; weights {model.weight_licence}; commercial use {use}")
    for source in model.sources:
        lines += _entry(
            "weights", f"{source.address} {source.file}{f', SHA-256 {source.sha256}' * bool(source.sha256)}"
        )
    for warning in model.warnings:
        lines += _entry("beware", warning)
    return [*lines, f"  to use them: einthoven models convert FILE --as {model.name} --out DIR"]


def architecture_card(name: str) -> list[str]:
    """Return what an architecture is with its default settings and twelve leads: settings, windows, cost."""
    import torch

    from einthoven.models.architectures import ARCHITECTURES, build_encoder, resolved_settings
    from einthoven.models.cost import cost
    from einthoven.registry import resolve

    architecture = resolve("architectures", name, ARCHITECTURES)
    summary = (architecture.__doc__ or name).splitlines()[0]
    lines = [f"{name}: {summary}"]
    for key, value in resolved_settings(name, {}).items():
        lines += _entry(key, str(value))
    with torch.device("meta"):
        encoder = build_encoder(name, n_leads=12)
    n_samples = 2500 if encoder.lengths.accepts(2500) else encoder.lengths.maximum or encoder.lengths.minimum
    spent = cost(encoder, n_samples)
    sees = "the whole window" if encoder.receptive_field is None else f"{encoder.receptive_field} samples"
    lines += _entry("windows", str(encoder.lengths))
    lines += _entry("receptive field", f"of a token {sees}")
    lines += _entry("features", f"{encoder.feature_width}, from tokens of {encoder.token_width}")
    lines += _entry("blocks", ", ".join(encoder.block_names))
    lines += _entry(
        f"cost of 12 leads and {n_samples} samples",
        f"{spent.n_parameters:,} weights, {spent.flops / 1e9:.2f} GFLOP (a multiplication with its addition is 2)",
    )
    return lines


def report_lines(model: PublicModel, report: LoadReport, weights: WeightFile) -> list[str]:
    """Return what became of each tensor of a file; ignored ones by their reason, faults one by one."""
    verdict = "is" if report.complete else "is NOT"
    lines = [
        f"{weights.path} {verdict} {model.name} as published",
        f"  file: {weights.kind}, {len(weights.tensors)} tensors, SHA-256 {weights.sha256}{_known(model, weights)}",
        f"  loaded: {len(report.loaded)}",
    ]
    by_reason = sorted(report.ignored.items(), key=lambda item: (item[1], item[0]))
    for reason, group in groupby(by_reason, key=lambda item: item[1]):
        names = [name for name, _ in group]
        lines.append(f"  ignored: {len(names)} ({names[0]}{'...' if len(names) > 1 else ''}): {reason}")
    return [*lines, *(f"  wrong: {complaint}" for complaint in report.complaints)]


def most_moved(rows: Iterable[PresetDifference]) -> list[PresetDifference]:
    """Return of each preset the labels that move most, most first."""
    shown: list[PresetDifference] = []
    for _, group in groupby(rows, key=lambda row: row.preset):
        shown += sorted(group, key=lambda row: -row.mean_difference)[:_MOST_LABELS]
    return shown


def _known(model: PublicModel, weights: WeightFile) -> str:
    published = {source.sha256 for source in model.sources if source.sha256}
    if not published:
        return " (none is published to compare it with)"
    return ", as published" if weights.sha256 in published else ", which is NOT the published one"


def _feature_width(model: PublicModel) -> int:
    import torch

    from einthoven.models.architectures import build_encoder

    with torch.device("meta"):
        return build_encoder(model.architecture, n_leads=len(model.spec.leads), **model.settings).feature_width


def _entry(key: str, words: str, *, indent: int = 2) -> list[str]:
    return textwrap.wrap(f"{key}: {words}", _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))
