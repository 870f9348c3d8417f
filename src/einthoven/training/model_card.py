"""What a pretrained model was made from and what it must not be used for: ``model_card.json`` and ``model_card.md``.

All but ``machine`` and ``environment`` is the same for the same run on another day. Host names aren't in it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import torch
from safetensors.torch import save

import einthoven
from einthoven.cohort.datasets import catalogue, shared_ecgs
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.plain_settings import settings_from
from einthoven.registry import resolve
from einthoven.store.durable import durable_file
from einthoven.store.store import Store
from einthoven.training.card_data import data_facts
from einthoven.training.card_page import card_page
from einthoven.training.disk_space import explained_when_full
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.objectives.objective import weights_of
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.watching.watch_summary import read_summary

__all__ = ["CARD", "CARD_FACTS", "write_model_card"]

CARD = "model_card.md"
CARD_FACTS = "model_card.json"
TYPE = "einthoven.model_card"
VERSION = 1


def write_model_card(
    run_dir: Path,
    *,
    settings: PretrainSettings,
    checkpoint: Checkpoint,
    store: Store,
    cohort: pa.Table,
    record_ids: Sequence[str],
    seed: int,
    total_steps: int,
    labels: Sequence[str] = (),
    simulated: Collection[str] = (),
    start: Checkpoint | None = None,
    environment: Mapping[str, Any] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Path:
    """Write both files into ``run_dir`` and return the path of the page.

    Parameters
    ----------
    run_dir : Path
        Where watching has left ``watching.json``.
    settings : PretrainSettings
    checkpoint : Checkpoint
        What the run made.
    store : Store
    cohort : Table
        Of all splits.
    record_ids : sequence of str
        Records that were learnt from.
    seed, total_steps : int
    labels : sequence of str
        That an objective learnt.
    simulated : collection of str
        Sources whose patients are simulated.
    start : Checkpoint, optional
        What the weights began as.
    environment : mapping, optional
        Versions of code and packages.
    sources : mapping of str to str, optional
        Data set of the cohort to its name in the catalogue.
    """
    watched = read_summary(run_dir)
    machine = watched.pop("machine", {})
    data = data_facts(cohort, record_ids=record_ids, splits=settings.splits, simulated=simulated, sources=sources or {})
    facts = {
        "type": TYPE,
        "version": VERSION,
        "model": _model(checkpoint, start),
        "objectives": _objectives(settings),
        "labels_learnt": list(labels),
        "data": {**data, "ingest_hash": store.ingest_hash},
        "input": json.loads(checkpoint.spec.to_json()),
        "training": _training(settings, seed=seed, total_steps=total_steps, ecgs=data["ecgs"]),
        "watching": {name: value for name, value in watched.items() if name not in ("type", "version")},
        "limits": _limits(checkpoint, data, start),
        "environment": dict(environment or {"einthoven": einthoven.__version__, "torch": torch.__version__}),
        "machine": machine,
    }
    _write(run_dir / CARD_FACTS, json.dumps(facts, indent=1) + "\n")
    _write(run_dir / CARD, card_page(facts))
    return run_dir / CARD


def _write(path: Path, text: str) -> None:
    with explained_when_full(path), durable_file(path) as file:
        file.write(text.encode())


def _model(checkpoint: Checkpoint, start: Checkpoint | None) -> dict[str, Any]:
    network = checkpoint.network()
    encoder = network.encoder
    window = torch.zeros(1, encoder.n_leads, checkpoint.spec.window_samples)
    with torch.inference_mode():
        tokens = encoder.tokens(window).shape[1]
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.state.items()}
    return {
        "architecture": checkpoint.architecture,
        "settings": dict(checkpoint.settings),
        "encoder_parameters": sum(parameter.numel() for parameter in encoder.parameters()),
        "head_parameters": sum(parameter.numel() for parameter in network.head.parameters()),
        "feature_width": encoder.feature_width,
        "tokens": tokens,
        "labels": list(checkpoint.labels),
        "weights_sha256": hashlib.sha256(save(weights)).hexdigest(),
        "started_from": None if start is None else _started_from(start),
    }


def _started_from(start: Checkpoint) -> dict[str, Any]:
    return {
        "public": start.public,
        "licence": start.licence,
        "seen": [dataclasses.asdict(one) for one in start.seen_in_pretraining],
        "pretrained_on": list(start.pretrained_on),
    }


def _objectives(settings: PretrainSettings) -> dict[str, Any]:
    """Return weight and all settings of each objective, defaults filled in."""
    found = {}
    for name, weight in weights_of(settings.objectives).items():
        kind = resolve("objectives", name, OBJECTIVES)
        given = {key: value for key, value in settings.objectives[name].items() if key != "weight"}
        resolved = settings_from(kind.settings_type, given, where=f"objective {name}")
        found[name] = {"weight": weight, "settings": dataclasses.asdict(resolved)}
    return found


def _training(settings: PretrainSettings, *, seed: int, total_steps: int, ecgs: int) -> dict[str, Any]:
    """Return how was trained; settings that stand elsewhere in the card, or don't decide the weights, left out."""
    elsewhere = ("objectives", "architecture", "settings", "labels", "watch", "seeds", "save_every_minutes", "steps")
    plain = {name: value for name, value in dataclasses.asdict(settings).items() if name not in elsewhere}
    samples = total_steps * settings.batch_size
    return {
        "steps": total_steps,
        "samples": samples,
        "passes_over_the_ecgs": round(samples / max(ecgs, 1), 2),
        "seed": seed,
        "settings": plain,
    }


def _limits(checkpoint: Checkpoint, data: Mapping[str, Any], start: Checkpoint | None) -> list[str]:
    """Return what the model must not be used for, in sentences."""
    names = [one["name"] for one in data["data_sets"]]
    encoder = "its embeddings mean nothing by themselves. Train a head on them, and test that on patients whom neither"
    contaminated = "what is tested on these patients' ECGs, here or in other collections, says little about others."
    scores = "Its scores are those of a pretraining: they aren't calibrated, and were tested on nobody."
    said = [
        "It is not a medical device: nobody has tested it for decisions about patients.",
        scores if checkpoint.labels else f"It is an encoder: {encoder} has seen.",
        f"It has learnt from {' and '.join(names)}: {contaminated}",
    ]
    related = sorted({other for name in names if name in catalogue() for other in shared_ecgs(catalogue()[name])})
    if related:
        said.append(f"Collections that hold ECGs of these: {', '.join(related)}.")
    if start is not None and start.seen_in_pretraining:
        seen = ", ".join(one.data_set for one in start.seen_in_pretraining)
        said.append(f"The weights that it began with had seen {seen} before.")
    ages = [one["age_years"]["quartiles"] for one in data["data_sets"] if one["age_years"]["quartiles"]]
    if ages:
        low, high = min(one[0] for one in ages), max(one[-1] for one in ages)
        said.append(f"It has seen nobody younger than {low:g} or older than {high:g} years.")
    made = sum(one["ecgs"] for one in data["data_sets"] if one["simulated"])
    if made:
        said.append(
            f"{made:,} of {data['ecgs']:,} ECGs are simulated: what it learnt from them holds for the simulator, and "
            "for patients as far as the simulator is right."
        )
    spec = checkpoint.spec
    said.append(
        f"It wants {len(spec.leads)} leads ({', '.join(spec.leads)}) at {spec.ingest.rate_hz:g} Hz, prepared as below; "
        "other leads, rates and filters are another input than it knows."
    )
    return said
