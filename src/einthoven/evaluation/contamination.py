"""Which models are judged on data that their weights had seen before: such numbers say little about other patients.

``pretrained_on`` of the predictions names what a model was pretrained on. It is held against what the records come
from: their ``group.data_set``, their ``site``, and ``data_sets`` of the protocol, which speaks for all of them. Names
are compared without case and signs (``PTB-XL`` is ``ptb_xl``); a version or part behind a name (``ptb_xl 1.0.3``)
doesn't matter. Which public sets share ECGs is not known here: a study looks that up and names both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.evaluation.context import Context
from einthoven.evaluation.label_scores import LabelScores

__all__ = ["Contamination", "contamination_notes", "find_contamination"]

PRETRAINED = "pretrained_on"
# columns that tell which data set a record is of
DATA_SET_COLUMNS = ("group.data_set", "site")
# joins the names of one cell; no name holds it
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, eq=False)
class Contamination:
    """The records of one model and split that its weights had seen.

    Attributes
    ----------
    scores : LabelScores
        Of that model and split, of the label with the most records.
    seen : bool (record,)
    data_sets : tuple of str
        That were seen, as ``pretrained_on`` names them.
    is_open : bool
        Nothing says what the records come from, so nothing can be held against ``data_sets``.
    """

    scores: LabelScores
    seen: NDArray[np.bool_]
    data_sets: tuple[str, ...]
    is_open: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """Model and split."""
        return self.scores.model, self.scores.split


def find_contamination(context: Context) -> list[Contamination]:
    """Return what was found, one per model and split; empty where nothing was pretrained on anything told."""
    if not context.has(PRETRAINED) or not pc.sum(pc.list_value_length(context.predictions.table[PRETRAINED])).as_py():
        return []
    found: list[Contamination] = []
    for place in dict.fromkeys((one.model, one.split) for one in context.scores):
        parts = [one for one in context.scores if (one.model, one.split) == place]
        # labels and seeds of a model share its records; the label with the most known truths has the most of them
        largest = max(parts, key=lambda one: one.row.size)
        found += _of_model(context, largest)
    return found


def contamination_notes(context: Context) -> list[str]:
    """Return one sentence for each model and split that is contaminated, or may be."""
    return [_sentence(one) for one in find_contamination(context)]


def _of_model(context: Context, one: LabelScores) -> Iterator[Contamination]:
    pretrained, names = _pretrained_on(context, one)
    if not names:
        return
    sources = list(_sources(context, one))
    if not sources:
        yield Contamination(one, np.zeros(one.row.size, dtype=np.bool_), names, is_open=True)
        return
    seen = np.zeros(one.row.size, dtype=np.bool_)
    hit: list[str] = []
    cells, cell = np.unique(pretrained, return_inverse=True)
    for index, text in enumerate(cells):
        own = cell.reshape(-1) == index
        for name in filter(None, str(text).split(SEPARATOR)):
            same = own & np.any([_is_same(name, source) for source in sources], axis=0)
            if same.any():
                seen |= same
                hit.append(name)
    if hit:
        yield Contamination(one, seen, tuple(dict.fromkeys(hit)))


def _pretrained_on(context: Context, one: LabelScores) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """Return each record's cell as one text, and all names in them."""
    column = pc.take(context.predictions.table[PRETRAINED], pa.array(one.row))
    texts = pc.fill_null(pc.binary_join(column, SEPARATOR), "")
    names = sorted({name for text in pc.unique(texts).to_pylist() for name in text.split(SEPARATOR) if name})
    return np.asarray(texts.combine_chunks().to_numpy(zero_copy_only=False), dtype=object), tuple(names)


def _sources(context: Context, one: LabelScores) -> Iterator[NDArray[np.object_]]:
    """Yield what the records come from, by each column that tells, and by the protocol."""
    for column in DATA_SET_COLUMNS:
        if context.has(column):
            yield context.texts(column, one)
    for name in context.protocol.data_sets:
        yield np.full(one.row.size, name, dtype=object)


def _is_same(name: str, sources: NDArray[np.object_]) -> NDArray[np.bool_]:
    values, place = np.unique(sources, return_inverse=True)
    same = np.array([_is_data_set(name, str(value)) for value in values], dtype=np.bool_)
    return same[place.reshape(-1)]


def _is_data_set(pretrained: str, source: str) -> bool:
    words, wanted = _words(pretrained), _words(source)
    # a version or a part may follow the name, but 'cinc2021' isn't 'cinc'
    return bool(wanted) and (words == wanted or _words(pretrained.partition(" ")[0]) == wanted)


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _sentence(one: Contamination) -> str:
    names = " and ".join(one.data_sets)
    model, split = one.place
    if one.is_open:
        return (
            f"Possibly contaminated: {model} was pretrained on {names}, and nothing says which data sets the "
            f"records of split {split!r} are of; name them in the protocol's data_sets."
        )
    count = f"all {one.seen.size}" if one.seen.all() else f"{int(one.seen.sum())} of {one.seen.size}"
    return (
        f"Contaminated: {model} was pretrained on {names}, and {count} records of split {split!r} are of it: "
        "its numbers there say little about other patients, and are marked."
    )
