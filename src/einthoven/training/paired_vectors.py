"""The other modality's vectors, out of a Parquet file with a row per record or patient."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.errors import CohortError, SpecificationError
from einthoven.registry import nearest
from einthoven.training.pretrain_settings import VectorSettings
from einthoven.training.text_encoders import text_encoder

__all__ = ["paired_vectors"]


def paired_vectors(settings: VectorSettings, keys: Sequence[str]) -> NDArray[np.float32]:
    """Return the vector of each key, float32 (record, V), rows of NaN where the file has none.

    Texts go through the text encoder once, those of the asked keys alone and each key's once.

    Parameters
    ----------
    settings : VectorSettings
    keys : sequence of str
        ``record_id`` or ``patient_id`` of each record, as ``settings.key`` says.

    Raises
    ------
    SpecificationError
        The file can't be read or lacks a column, the column holds something else, vectors differ in width, or hold
        texts without a text encoder (or numbers with one).
    CohortError
        A key is there twice, or none of the keys is in the file.
    """
    table = _table(settings)
    wanted, own = np.unique(np.asarray(keys, dtype=object), return_inverse=True)
    table = table.filter(pc.is_in(table[settings.key], value_set=pa.array(wanted.tolist(), pa.string())))
    table = table.filter(pc.is_valid(table[settings.column]))
    _check_keys(table, settings, n_wanted=len(wanted))
    vectors = _vectors(table[settings.column], settings)
    place = pc.index_in(pa.array(wanted.tolist(), pa.string()), value_set=table[settings.key])
    row = place.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)[own]
    paired = np.full((len(row), vectors.shape[1]), np.nan, dtype=np.float32)
    paired[row >= 0] = vectors[row[row >= 0]]
    return paired


def _table(settings: VectorSettings) -> pa.Table:
    try:
        names = pq.read_schema(Path(settings.path)).names
        for name in (settings.key, settings.column):
            if name not in names:
                raise SpecificationError(f"vectors.path {settings.path} has no column {name!r}{nearest(name, names)}")
        table = pq.read_table(Path(settings.path), columns=[settings.key, settings.column])
    except (OSError, pa.ArrowInvalid) as error:
        raise SpecificationError(f"vectors.path {settings.path} can't be read as Parquet: {error}") from error
    place = table.column_names.index(settings.key)
    return table.set_column(place, settings.key, table[settings.key].cast(pa.string()).combine_chunks())


def _check_keys(table: pa.Table, settings: VectorSettings, *, n_wanted: int) -> None:
    keys = table[settings.key]
    if not len(keys):
        raise CohortError(
            f"none of the {n_wanted} values of {settings.key} of the pretraining data is in {settings.path}: see "
            "whether its values are written as those of the cohort"
        )
    counts = keys.value_counts()
    repeated = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(repeated):
        raise CohortError(
            f"vectors.path {settings.path} has {repeated[0]['counts'].as_py()} rows with the {settings.key} "
            f"{repeated[0]['values'].as_py()!r} ({len(repeated)} values are there more than once): keep one row each"
        )


def _vectors(column: pa.ChunkedArray, settings: VectorSettings) -> NDArray[np.float32]:
    """Return float32 (row, V) of a column without nulls."""
    kind = column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    where = f"column {settings.column!r} of {settings.path}"
    if is_text != bool(settings.text_encoder):
        raise SpecificationError(
            f"{where} holds texts: name a vectors.text_encoder"
            if is_text
            else f"vectors.text_encoder is {settings.text_encoder!r}, but {where} holds {kind}, no texts"
        )
    if is_text:
        return np.asarray(text_encoder(settings.text_encoder).encode(column.to_pylist()), dtype=np.float32)
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if not is_list or not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        raise SpecificationError(f"{where} must hold lists of numbers, got {kind}")
    array = column.combine_chunks()
    widths = np.unique(pc.list_value_length(array).to_numpy(zero_copy_only=False))
    if len(widths) != 1 or widths[0] < 1:
        raise SpecificationError(
            f"vectors must have one width, got {widths[0]:.0f} to {widths[-1]:.0f} numbers in {where}"
        )
    values = array.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    return np.asarray(values.reshape(len(array), int(widths[0])), dtype=np.float32)
