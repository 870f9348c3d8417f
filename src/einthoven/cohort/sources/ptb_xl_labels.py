"""Labels of PTB-XL: SCP statements and classes of its owners, and findings of these or of the German reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import polars as pl

from einthoven.cohort.labels.codes import concepts_of_codes, unknown_codes
from einthoven.cohort.labels.german_reports import read_german_report
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.scp import ScpVocabulary, parse_statements
from einthoven.cohort.sources.requested_labels import Columns, FindingLabels, RequestedLabels, finding_columns
from einthoven.cohort.sources.source import LabelRequest, convert, require_columns
from einthoven.errors import CohortError

__all__ = ["LabelsFrom", "PtbXlLabels"]

LabelsFrom = Literal["scp_codes", "report"]
Findings = list[Mapping[str, Presence] | None]


class PtbXlLabels(NamedTuple):
    """How the statements of a table become labels.

    Attributes
    ----------
    vocabulary : ScpVocabulary
    min_likelihood : float, percent
    labels_from : ``scp_codes`` or ``report``
    file : str
        For the errors.
    """

    vocabulary: ScpVocabulary
    min_likelihood: float
    labels_from: LabelsFrom
    file: str

    def requested(self, labels: LabelRequest, auxiliary: LabelRequest) -> RequestedLabels:
        """Return which labels are asked for; a name of the owners means theirs."""
        return RequestedLabels.of(
            labels, auxiliary, owner="PTB-XL", own=self.vocabulary.members, own_sets=self.vocabulary.sets
        )

    def own_columns(self, table: pl.DataFrame, *requests: LabelRequest) -> Columns:
        """Return ``y.`` and ``u.`` columns of the owners' labels; what an earlier request names keeps its meaning."""
        codes: dict[str, frozenset[str]] = {}
        for request in requests:
            for name in (request,) if isinstance(request, str) else request:
                codes = self._codes(name) | codes
        if not codes:
            return {}
        statements = convert(table, "scp_codes", parse_statements, file=self.file, key="ecg_id")
        columns: Columns = {}
        for name, members in codes.items():
            values = [self._value(members, found) for found in statements]
            columns[f"y.{name}"] = list(values)
            columns[f"u.{name}"] = [value is None for value in values]
        return columns

    def finding_columns(
        self, table: pl.DataFrame, names: tuple[str, ...], *, measurements: Mapping[str, pl.Series], sex: pl.Series
    ) -> Columns:
        """Return ``y.`` and ``u.`` columns of findings and measurements."""
        if not names:
            return {}
        column = self.labels_from
        require_columns(table, [column], file=self.file)
        cells = table.select(column)
        different = cells.unique(maintain_order=True)
        rows = different.with_row_index("row_of").select("row_of", column)
        row_of = cells.join(rows, on=column, how="left", maintain_order="left", nulls_equal=True)["row_of"]
        findings = self._of_reports(different) if column == "report" else self._of_statements(different)
        known = FindingLabels(findings, row_of, measurements, sex=sex)
        return finding_columns(known, names)

    def _codes(self, name: str) -> dict[str, frozenset[str]]:
        if name in self.vocabulary.sets:
            return self.vocabulary.resolve(name)
        return {name: self.vocabulary.members[name]} if name in self.vocabulary.members else {}

    def _value(self, codes: frozenset[str], found: dict[str, float]) -> float | None:
        present = codes & found.keys()
        if any(self._is_sure(code, found[code]) for code in present):
            return 1.0
        return None if present else 0.0

    def _is_sure(self, code: str, likelihood: float) -> bool:
        return code not in self.vocabulary.diagnostic or likelihood >= self.min_likelihood

    def _of_statements(self, cells: pl.DataFrame) -> Findings:
        findings: Findings = []
        for found in convert(cells, "scp_codes", parse_statements, file=self.file):
            foreign = unknown_codes(found, system="scp")
            if foreign:
                raise CohortError(f"{self.file}: column 'scp_codes' holds {', '.join(foreign)}: no SCP statement")
            sure = [code for code, likelihood in found.items() if self._is_sure(code, likelihood)]
            doubtful = [code for code in found if code not in sure]
            findings.append(concepts_of_codes(sure, system="scp", uncertain=doubtful) if found else None)
        return findings

    def _of_reports(self, cells: pl.DataFrame) -> Findings:
        return [read_german_report(text) if text else None for text in cells["report"].to_list()]
