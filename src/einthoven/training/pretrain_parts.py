"""What a pretraining is put together from: data, an encoder and objectives that suit each other."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CheckpointError, SpecificationError
from einthoven.models.architectures import build_encoder, resolved_settings
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.encoder import Encoder
from einthoven.store.pretraining_data import PretrainingData
from einthoven.store.store import Store
from einthoven.training.composition import Composition, composition
from einthoven.training.objectives.objective import Facts, Pairing
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.pretraining_data import pretraining_data
from einthoven.training.reproducible import reseed

__all__ = ["PretrainParts", "pretrain_parts"]


@dataclass(frozen=True, slots=True, eq=False)
class PretrainParts:
    """What is trained, and on what."""

    data: PretrainingData
    encoder: Encoder
    objectives: Composition


def pretrain_parts(
    settings: PretrainSettings,
    store: Store,
    cohort: pa.Table,
    *,
    spec: InputSpec,
    seed: int,
    start: Checkpoint | None = None,
) -> PretrainParts:
    """Return data, encoder and objectives; all weights come from ``seed``, or the encoder's from ``start``.

    Raises
    ------
    SpecificationError, UnknownNameError
        An architecture or objective doesn't exist, or they don't suit each other.
    CohortError, StoreError
        As ``pretraining_data``.
    CheckpointError
        ``start`` has another architecture or other leads.
    """
    parts = _parts(settings, store, cohort, spec=spec, seed=seed, start=start, pairing="none")
    pairing = parts.objectives.pairing  # which only the objectives themselves can tell
    if pairing == "none":
        return parts
    return _parts(settings, store, cohort, spec=spec, seed=seed, start=start, pairing=pairing)


def _parts(
    settings: PretrainSettings,
    store: Store,
    cohort: pa.Table,
    *,
    spec: InputSpec,
    seed: int,
    start: Checkpoint | None,
    pairing: Pairing,
) -> PretrainParts:
    data = pretraining_data(settings, store, cohort, needs_labels=bool(settings.labels), pairing=pairing)
    reseed(seed)
    encoder = build_encoder(settings.architecture, n_leads=len(spec.leads), **settings.settings)
    encoder.lengths.check(spec.window_samples, name=settings.architecture)
    if start is not None:
        _begin_with(encoder, start, settings, spec)
    facts = Facts(
        leads=spec.leads,
        window_samples=spec.window_samples,
        rate_hz=spec.ingest.rate_hz,
        labels=data.labels,
        positives=data.positives,
        negatives=data.negatives,
        vector_width=data.vector_width,
    )
    objectives = composition(settings.objectives, encoder, facts)
    if settings.augmentation.mixup and not objectives.learns_labels_alone:
        raise SpecificationError(
            "augmentation.mixup mixes ECGs with their labels, which no other objective can take: set it to 0, or learn "
            f"labels alone; got {', '.join(settings.objectives)}"
        )
    return PretrainParts(data, encoder, objectives)


def _begin_with(encoder: Encoder, start: Checkpoint, settings: PretrainSettings, spec: InputSpec) -> None:
    wanted = resolved_settings(settings.architecture, settings.settings)
    if start.architecture != settings.architecture or dict(start.settings) != wanted:
        raise CheckpointError(
            f"the checkpoint to start from is a {start.architecture} of {dict(start.settings)}, but the pretraining is "
            f"for a {settings.architecture} of {wanted}"
        )
    if start.adaptation.kind != "none" or start.spec.leads != spec.leads:
        raise CheckpointError(
            f"the checkpoint to start from sees the leads {list(start.spec.leads)} (adaptation: "
            f"{start.adaptation.kind}), but the pretraining sees {list(spec.leads)}"
        )
    encoder.load_state_dict(
        {name.removeprefix("encoder."): t for name, t in start.state.items() if name.startswith("encoder.")}
    )
