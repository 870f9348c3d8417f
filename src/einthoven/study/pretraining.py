"""The pretrainings of a study: each is one stage per seed, made before the arms that start from it, or on its own."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from einthoven.cohort.cohort import Cohort
from einthoven.errors import SpecificationError
from einthoven.registry import nearest
from einthoven.study.pretrain_checks import asked_labels, check_labels, serving
from einthoven.study.run import Announce, Run, announce_nothing
from einthoven.study.run_folder import run_lock
from einthoven.study.stage import hash_of

if TYPE_CHECKING:
    from einthoven.study.settings import StudySettings

__all__ = ["Pretrained", "pretrain_study", "pretrained", "seed_to_start_from"]

logger = logging.getLogger(__name__)
FITTED = ("train", "validation")
# of the settings: other seeds, and what leaves the weights as they are
WITHOUT_EFFECT = ("seeds", "watch", "save_every_minutes")


@dataclass(frozen=True, slots=True)
class Pretrained:
    """One finished pretraining, and where its checkpoint, history and model card lie."""

    name: str
    seed: int
    folder: Path


def pretrain_study(
    settings: StudySettings,
    out: Path,
    *,
    names: Sequence[str] = (),
    announce: Announce = announce_nothing,
    first: bool = True,
) -> list[Pretrained]:
    """Ingest, make the cohort, and carry out the pretrainings that aren't done yet; nothing else of the study.

    Parameters
    ----------
    settings : StudySettings
    out : Path
        The run folder; made when absent, gone on with when it holds the same study.
    names : sequence of str
        Which pretrainings; all when empty.
    announce : callable
        Gets the name of each stage that starts, and returns the callback for its progress.
    first : bool
        Whether this process leads; the others of ``torchrun`` wait until it has made store and cohort, then join in.

    Raises
    ------
    EinthovenError
        See the stages; what was finished before stays and is not done again.
    """
    if not settings.pretrain:
        raise SpecificationError("the study has no [pretrain.NAME], so there is nothing to pretrain")
    for name in names:
        if name not in settings.pretrain:
            raise SpecificationError(f"the study has no pretraining {name!r}{nearest(name, settings.pretrain)}")
    run = Run(settings, out.resolve(), announce, first)
    chosen = tuple(names) or tuple(settings.pretrain)
    for name in chosen:
        check_labels(name, settings.pretrain[name], run.tasks)
    if not first:
        return _all(run, chosen)
    run.check_folder()
    run.out.mkdir(parents=True, exist_ok=True)
    with run_lock(run.out):
        run.describe()
        return _all(run, chosen)


def _all(run: Run, names: Sequence[str]) -> list[Pretrained]:
    seeds = run.settings.pretrain
    return [Pretrained(name, seed, pretrained(run, name, seed)) for name in names for seed in seeds[name].seeds]


def pretrained(run: Run, name: str, seed: int) -> Path:
    """Return the folder of a pretraining, carried out where it isn't done yet."""
    from einthoven.training.pretrain import pretrain  # torch, which reading a study does without

    settings, store, view = run.settings.pretrain[name], run.store, run.settings.input.view
    settings = dataclasses.replace(settings, labels=asked_labels(settings, run.tasks, outcomes=run.labels))
    watched = _rows(run)
    used = dataclasses.replace(run.cohort, table=_learnt(run, name, watched))

    def work(folder: Path) -> None:
        pretrain(
            settings,
            store,
            used.table,
            view=view,
            run_dir=folder,
            seed=seed,
            progress=run.announce(f"Pretraining {name}, seed {seed}"),
            status=logger.info,
            simulated=used.simulated,
            watch_tasks=run.labels,
            environment=run.environment,
            sources={name: section.source for name, section in run.settings.data.items()},
            watched=watched,
        )

    inputs = {
        "cohort": used.hash,
        "signals": _signals_hash(run, used),
        "ingest": store.ingest_hash,
        "view": dataclasses.asdict(view),
        "settings": {key: value for key, value in dataclasses.asdict(settings).items() if key not in WITHOUT_EFFECT},
    }
    if settings.vectors.path:
        inputs["vectors"] = _file_hash(name, Path(settings.vectors.path))
    return run.stage("pretrain", inputs, arm=name, seed=seed).run_once(work, together=True)


def seed_to_start_from(seeds: Sequence[int], seed: int) -> int:
    """Return the pretraining's seed for an arm's: the same one where there is one, otherwise the first.

    Examples
    --------
    >>> seed_to_start_from((1, 2), 2), seed_to_start_from((1, 2), 7)
    (2, 1)
    """
    return seed if seed in seeds else seeds[0]


def _rows(run: Run) -> pa.Table:
    """Return what pretraining may see: rows of the splits that are fitted, and of outcomes those that are yes or no."""
    table = run.cohort.table
    fitted = table.filter(pc.is_in(table["split"], pa.array(FITTED)))
    if not fitted.num_rows:
        raise SpecificationError("no ECG is in the splits train and validation: give them a share in cohort.split")
    other = [f"y.{name}" for name, task in run.settings.cohort.tasks.items() if task.kind != "binary"]
    return fitted.drop_columns(other)


def _learnt(run: Run, name: str, rows: pa.Table) -> pa.Table:
    """Return the rows of the data and splits that a pretraining asks for."""
    settings = run.settings.pretrain[name]
    sources = pa.array(serving(settings, run.settings.data))
    asked = pc.and_(pc.is_in(rows["source"], sources), pc.is_in(rows["split"], pa.array(settings.splits)))
    found = rows.filter(asked)
    if not found.num_rows:
        raise SpecificationError(
            f"pretrain.{name} has no ECG: none of {', '.join(sources.to_pylist())} is in {', '.join(settings.splits)}"
        )
    return found


def _signals_hash(run: Run, used: Cohort) -> str:
    """SHA-256 over the samples of the records used; another test set doesn't pretrain anew."""
    manifest = run.store.manifest.select(["record_id", "signal_hash"])
    held = manifest.filter(pc.is_in(manifest["record_id"], used.table["record_id"].combine_chunks()))
    return hash_of(json.dumps(sorted(zip(*(column.to_pylist() for column in held.columns), strict=True))))


def _file_hash(name: str, path: Path) -> str:
    if not path.is_file():
        raise SpecificationError(f"pretrain.{name}.vectors.path: there is no file {path}")
    return hash_of(path)
