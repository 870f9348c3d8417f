"""What the methods say of pretraining: what an encoder had learnt before, from whom, and of few labels afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

__all__ = ["beginning_words", "few_label_words", "pretraining_sentence"]


def pretraining_sentence(name: str, pretraining: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Return a sentence on what an encoder was pretrained for, on which data, and how long.

    Examples
    --------
    >>> pretraining = {"objectives": {"cpc": {}}, "splits": ["train"], "epochs": 50, "steps": 300, "batch_size": 32}
    >>> pretraining_sentence("quiet", pretraining, {"A": {}, "B": {"role": "external"}})
    '“quiet” was pretrained by cpc on ECGs of A (split train), for 300 steps of 32 windows.'
    """
    sources = pretraining.get("data") or [one for one, section in data.items() if section.get("role") != "external"]
    steps = f"{pretraining['steps']:,} steps" if pretraining.get("steps") else f"{pretraining.get('epochs')} epochs"
    return (
        f"“{name}” was pretrained by {' and '.join(pretraining.get('objectives', {}))} on ECGs of "
        f"{' and '.join(map(str, sources))} (split {' and '.join(pretraining.get('splits', ()))}), for {steps} of "
        f"{pretraining.get('batch_size')} windows."
    )


def beginning_words(arm: Mapping[str, Any]) -> str:
    """Return which weights an arm's encoder began with; nothing where they were random.

    Examples
    --------
    >>> beginning_words({"start": "quiet"}), beginning_words({"start": ""})
    (' whose encoder began with the weights of “quiet”', '')
    """
    start = str(arm.get("start") or "")
    return f" whose encoder began with the weights of “{PurePath(start).name}”" if start else ""


def few_label_words(arm: Mapping[str, Any]) -> str:
    """Return of how few labelled ECGs an arm learnt; nothing where it learnt from all.

    Examples
    --------
    >>> few_label_words({"n_labels": 64, "n_validation_labels": 0, "seeds": [1, 2]})
    '; it learnt from 64 labelled ECGs of the training split, drawn anew for each of 2 seeds'
    """
    parts = {"training": arm.get("n_labels"), "validation": arm.get("n_validation_labels")}
    drawn = [f"{n:,} labelled ECGs of the {split} split" for split, n in parts.items() if n]
    if not drawn:
        return ""
    seeds = len(arm.get("seeds") or ())
    return f"; it learnt from {' and '.join(drawn)}" + (f", drawn anew for each of {seeds} seeds" if seeds > 1 else "")
