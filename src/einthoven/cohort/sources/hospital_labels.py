"""Labels of a hospital's ECGs from what their machines stated and measured."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.sources.requested_labels import FindingLabels, RequestedLabels, finding_columns
from einthoven.cohort.sources.understood import findings_of, not_understood
from einthoven.errors import CohortError

__all__ = ["hospital_labels"]


def hospital_labels(
    table: pl.DataFrame, requested: RequestedLabels, *, separator: str, notes: list[str]
) -> dict[str, list[object]]:
    """Return the columns ``y.`` and ``u.`` of the labels that statements and measurements decide.

    Parameters
    ----------
    table : DataFrame
        One row per ECG, with ``statements``, ``measurement.<name>`` and ``sex`` as far as they are there.
    requested : RequestedLabels
    separator : str
        What stands between two statements of an ECG.
    notes : list of str
        What was not understood is added here.

    Raises
    ------
    CohortError
        When an outcome needs statements and no ECG has any.
    """
    if not requested.shared:
        return {}
    texts = pl.repeat(None, table.height, dtype=pl.String, eager=True)
    if requested.stated and "statements" in table.columns:
        texts = table["statements"]
    needed = [name for name in requested.stated if name in requested.outcomes]
    if needed and texts.is_null().all():
        raise CohortError(
            f"labels such as {needed[0]!r} need the ECGs' statements, and there are none: map ecgs.columns.statements"
        )
    notes += not_understood([one for text in texts.drop_nulls() for one in _statements(text, separator)])
    distinct = texts.unique(maintain_order=True)
    places = pl.DataFrame({"text": distinct}).with_row_index("at")
    row_of = pl.DataFrame({"text": texts}).join(places, on="text", how="left", nulls_equal=True, maintain_order="left")
    measured = [name for name in table.columns if name.startswith("measurement.")]
    known = FindingLabels(
        findings=[findings_of(_statements(text or "", separator)) for text in distinct],
        row_of=row_of["at"],
        measurements={name.removeprefix("measurement."): table[name] for name in measured},
        sex=table["sex"] if "sex" in table.columns else None,
    )
    return finding_columns(known, requested.shared)


def _statements(text: str, separator: str) -> list[str]:
    return [statement.strip() for statement in text.split(separator) if statement.strip()]
