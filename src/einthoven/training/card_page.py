"""The model card as a page of Markdown that a person reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from einthoven.training.card_data_page import data_details, data_table, labels_table, splits_table
from einthoven.training.energy import energy_from
from einthoven.training.markdown import listed, plain, table
from einthoven.training.training_progress import duration_phrase

__all__ = ["card_page"]

_PRECISIONS = {"32-true": "fp32", "bf16-mixed": "bf16 (mixed)"}
_COUNTED = "forward and backward, encoder and objectives together"


def card_page(facts: Mapping[str, Any]) -> str:
    """Return the page of ``model_card.json``."""
    model, objectives = facts["model"], facts["objectives"]
    parts = [
        f"# Model card: {model['architecture']}, pretrained by {' and '.join(objectives)}",
        _summary(facts),
        "## What it must not be used for",
        listed(facts["limits"]),
        "## Data that it has learnt from",
        data_table(facts["data"]["data_sets"]),
        *data_details(facts["data"]["data_sets"]),
        "### Splits",
        splits_table(facts["data"]["splits"]),
        *labels_table(facts),
        "## Model and objectives",
        _model(facts),
        "## Input",
        _settings_list(facts["input"]),
        "## Training",
        _training(facts),
        "## What was seen on the way",
        *_watching(facts["watching"]),
        "## Identity",
        _identity(facts),
        "## Machine",
        _machine(facts),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(facts: Mapping[str, Any]) -> str:
    data, model, training = facts["data"], facts["model"], facts["training"]
    head = f" and a head of {len(model['labels'])} labels" if model["labels"] else ", without a head"
    began = model["started_from"]
    start = "random weights" if began is None else (began["public"] or "the weights of an earlier training")
    return (
        f"An encoder of {model['encoder_parameters']:,} weights{head}, trained from {start} on {data['ecgs']:,} ECGs "
        f"of {data['patients']:,} patients in {training['steps']:,} steps ({training['samples']:,} windows)."
    )


def _model(facts: Mapping[str, Any]) -> str:
    model = facts["model"]
    size = f"{model['encoder_parameters']:,} weights, {model['tokens']} tokens per window"
    lines = [
        f"architecture: {model['architecture']}, {size}, features of width {model['feature_width']}",
        f"settings: {plain(model['settings'])}",
    ]
    for name, one in facts["objectives"].items():
        lines.append(f"objective: {name}, weight {one['weight']:g}: {plain(one['settings']) or 'no settings'}")
    beside = facts["watching"].get("trained_parameters", 0) - model["encoder_parameters"]
    if beside > 0:
        lines.append(f"trained beside the encoder (decoders, predictors, heads): {beside:,} weights")
    began = model["started_from"]
    if began is not None:
        seen = ", ".join(" ".join(filter(None, (s["data_set"], s["version"], s["split"]))) for s in began["seen"])
        known = seen or ", ".join(began["pretrained_on"]) or "nothing that is known"
        licence = began["licence"] or "not stated"
        lines.append(f"started from: {began['public'] or 'an earlier training'}, licence {licence}; had seen {known}")
    return listed(lines)


def _training(facts: Mapping[str, Any]) -> str:
    training = facts["training"]
    settings = training["settings"]
    augmentation = {name: value for name, value in settings["augmentation"].items() if value}
    kept = f"averages with decay {settings['ema_decay']:g}" if settings["ema_decay"] else "those of the last step"
    clip = f"clipped at {settings['gradient_clip']:g}" if settings["gradient_clip"] else "not clipped"
    windows = f"{training['samples']:,} windows, {training['passes_over_the_ecgs']:g} for each ECG"
    rates = f"{settings['max_learning_rate']:g} after {settings['warm_up']:.0%} of the steps, then along a cosine to"
    betas = " and ".join(f"{beta:g}" for beta in settings["betas"])
    decay = f"weight decay {settings['weight_decay']:g}"
    lines = [
        f"{training['steps']:,} steps of {settings['batch_size']:,} windows: {windows}; seed {training['seed']}",
        f"AdamW: learning rate {rates} {settings['min_learning_rate']:g}; {decay}; betas {betas}; gradients {clip}",
        f"weights that are kept: {kept}",
        f"augmentation: {plain(augmentation) or 'none'}",
    ]
    return listed(lines)


def _watching(watched: Mapping[str, Any]) -> Iterable[str]:
    if not watched:
        yield "This run was not watched."
        return
    looks = {"before training": "first_look", "best": "best_look", "at the end": "last_look"}
    found = {words: watched[name] for words, name in looks.items() if watched.get(name)}
    if found:
        yield _looks_in_words(next(iter(found.values())))
        yield _looks_table(found)
    alarms = [
        f"alarm {one['name']}, steps {one['first_step']:,} to {one['last_step']:,}: {one['sentence']}"
        for one in watched["alarms"]
    ]
    yield listed([*alarms, *watched["notes"]] or ["No alarm was raised."])


def _looks_in_words(look: Mapping[str, Any]) -> str:
    labels = f"{look['labels']:.0f} label{'s' if look['labels'] > 1 else ''}"
    asked = (
        f", asked for {labels} (macro AUROC on the validation split: a linear probe, and the 20 nearest neighbours)"
        if look["labels"]
        else ", for which no labels were named"
    )
    return (
        f"Embeddings of {look['records']:.0f} ECGs of training and validation split{asked}, and how many of their "
        f"{look['width']:.0f} directions they use."
    )


def _looks_table(looks: Mapping[str, Mapping[str, Any]]) -> str:
    names = ("linear_auroc", "neighbour_auroc", "effective_rank", "normalised_deviation")
    header = ["", "step", "linear probe", "neighbours", "effective rank", "normalised deviation", "dead dimensions"]
    rows = [
        [
            words,
            f"{look['step']:,.0f}",
            *(f"{look[name]:.3g}" if name in look else "not asked" for name in names),
            f"{look['dead_share']:.0%}",
        ]
        for words, look in looks.items()
    ]
    return table(header, rows)


def _identity(facts: Mapping[str, Any]) -> str:
    environment = facts["environment"]
    packages = environment.get("packages", {})
    versions = {name: value for name, value in environment.items() if name != "packages"} | dict(packages)
    return listed(
        [
            f"weights, SHA-256: `{facts['model']['weights_sha256']}`",
            f"rows of the cohort that were learnt from, SHA-256: `{facts['data']['rows_hash']}`",
            f"preparation of the signals: `{facts['data']['ingest_hash']}`",
            f"versions: {plain(versions)}",
        ]
    )


def _machine(facts: Mapping[str, Any]) -> str:
    machine, model = facts["machine"], facts["model"]
    if not machine:
        return "Not recorded."
    count = machine["processes"]
    precision = _PRECISIONS.get(machine["precision"], machine["precision"])
    took, looks = duration_phrase(machine["training_s"]), duration_phrase(machine["looks_s"])
    lines = [
        f"{machine['hardware']}; {count} process{'es' if count > 1 else ''}; {precision}",
        f"trained for {took} ({machine['samples_per_s']:,.0f} windows/s), and {looks} more to look at the embeddings",
    ]
    flops, share = facts["watching"].get("flops_per_sample"), machine["utilisation"]
    if flops and share is not None:
        window = f"window of {model['tokens']} tokens"
        rate = f"{machine['matrix_rate'] / 1e9:,.0f} GFLOP/s that matrix products reached here in the same precision"
        lines.append(f"{flops / 1e9:.3g} GFLOP per {window}, {_COUNTED}: {share:.1%} of the {rate}")
    whose = " of the first process and its machine" if count > 1 else ""
    lines.append(f"energy{whose}: {energy_from(machine['energy']).in_words()}")
    return listed(lines)


def _settings_list(values: Mapping[str, Any]) -> str:
    lines = []
    for name, value in values.items():
        lines.append(f"{name}: {plain(value) if isinstance(value, Mapping) else value}")
    return listed(lines)
