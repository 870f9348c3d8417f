"""UK Biobank: resting 12-lead ECGs (field 20205) or bicycle tests (field 6025), and a table of the participants.

ECGs are XML of GE CardioSoft named ``<eid>_<field>_<instance>_<array>.xml`` (biobank.ndph.ox.ac.uk, field 20205).
Everybody exports other fields under other names, so the columns of the table are mapped in the study file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.followed_ecgs import FollowedEcgs, followed_ecgs
from einthoven.cohort.sources.published import (
    flow_step,
    identifiers,
    numbers,
    read_published,
    recoded,
    times,
)
from einthoven.cohort.sources.requested_labels import Columns
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.sources.uk_biobank_events import followed_up
from einthoven.cohort.sources.uk_biobank_files import ORIGIN, ecg_files, withdrawn_eids
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["UkBiobank"]

# the names of the Research Analysis Platform: sex, age at and date of a visit
COLUMNS = {"patient_id": "eid", "sex": "p31", "age_years": "p21003_i{instance}", "ecg_time": "p53_i{instance}"}
FILLED = ("sex", "age_years", "ecg_time", "site")
FAMILIES = ("covariate.", "group.")
SEX = {"0": "F", "1": "M", "female": "F", "male": "M"}  # data-coding 9


@dataclass(frozen=True)
class UkBiobank:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with the XML files, also in folders within, and with the table.
    participants : str
        The CSV of participants.
    columns : dict of str to str
        ``patient_id``, ``sex``, ``age_years``, ``ecg_time``, ``site``, ``covariate.<name>``, ``group.<name>``, the name
        of a label -> column of the CSV; ``{instance}`` in it stands for the number of the ECG's visit. Labels have the
        name of their column where they aren't mapped.
    events : dict of str to str
        Event -> column of its date; ``death`` ends the follow-up of the others.
    followed_until : date, optional
        Until which day the registries behind the events are complete.
    withdrawn : str, optional
        A file with an ``eid`` per line: participants who withdrew since.
    ecg_field : 20205 or 6025
    """

    path: str
    participants: str = "participants.csv"
    columns: dict[str, str] = field(default_factory=lambda: dict(COLUMNS))
    events: dict[str, str] = field(default_factory=dict)
    followed_until: date | None = None
    withdrawn: str | None = None
    ecg_field: Literal[20205, 6025] = 20205

    def load(self, labels: LabelRequest = "", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the names of the files, and the table.

        Labels are columns of 0, 1 or a number. The machines' statements are in the XML files, and are not read here.

        Raises
        ------
        CohortError
            For a missing folder, table or column, no ECG, or an unreadable cell.
        """
        outcomes = _as_names(labels)
        helpers = tuple(name for name in _as_names(auxiliary) if name not in outcomes)
        mapped = self._mapped((*outcomes, *helpers))
        folder = Path(self.path)
        ecgs = ecg_files(folder, self.ecg_field)
        instances = ecgs["instance"].unique().sort().to_list()
        people = self._people(folder, mapped, instances=instances)
        flow = [flow_step(f"ECGs of field {self.ecg_field}", ecgs["patient_id"])]
        withdrew = pl.col("patient_id").is_in(withdrawn_eids(folder, self.withdrawn).implode())
        ecgs = _keep(ecgs, ~withdrew, flow, "withdrew since")
        listed = pl.col("patient_id").is_in(people["patient_id"].implode())
        ecgs = _keep(ecgs, listed, flow, f"not in {self.participants}")
        rows = ecgs.join(people, on="patient_id", how="left", maintain_order="left")
        columns: Columns = {name: ecgs[name].to_list() for name in ("record_id", "patient_id", "path")}
        columns |= {_place(name): _of_visit(name, rows, instances).to_list() for name in mapped}
        kept = people.join(ecgs, on="patient_id", how="semi", maintain_order="left")
        known = followed_up(kept, self.events, self.followed_until)
        followed = self._followed(columns, known.events)
        dropped = [*known.dropped, *followed.notes]
        return SourceData(
            columns=columns | followed.columns,
            locations=tuple(_locations(folder, columns)),
            flow=tuple(flow),
            labels=outcomes,
            auxiliary=helpers,
            events=known.events,
            date_only=frozenset({"ecgs"}),
            dropped=pl.concat(dropped) if dropped else None,
        )

    def _followed(self, columns: Columns, events: pl.DataFrame | None) -> FollowedEcgs:
        if events is not None and "ecg_time" not in columns:
            raise CohortError("events need the day of the ECG: map data.*.columns.ecg_time, such as 'p53_i{instance}'")
        names = ("patient_id", "ecg_time") if events is not None else ()
        return followed_ecgs(pl.DataFrame({name: columns[name] for name in names}), events, by_date=True)

    def _mapped(self, labels: tuple[str, ...]) -> dict[str, str]:
        """Return cohort column or label -> column of the table, ids left out."""
        mapped = {name: column for name, column in self.columns.items() if name != "patient_id"}
        foreign = [name for name in mapped if name not in (*FILLED, *labels) and not name.startswith(FAMILIES)]
        known = [*FILLED, *FAMILIES, *labels]
        # a label that this study doesn't ask for may stay mapped
        unknown = next((name for name in foreign if nearest(name, FILLED).startswith("; did")), None)
        if unknown is not None:
            raise CohortError(
                f"data.*.columns maps {unknown!r}, which is no column of a cohort{nearest(unknown, known)}"
            )
        return {name: at for name, at in mapped.items() if name not in foreign} | {
            label: self.columns.get(label, label) for label in labels
        }

    def _people(self, folder: Path, mapped: dict[str, str], *, instances: list[int]) -> pl.DataFrame:
        """Return a row per participant: ``<name>.<instance>`` of each mapped column, and ``<event>_time``."""
        eid, file = self.columns.get("patient_id", "eid"), str(folder / self.participants)
        places = {(name, one): at.replace("{instance}", str(one)) for name, at in mapped.items() for one in instances}
        wanted = dict.fromkeys((eid, *places.values(), *self.events.values()))
        table = read_published(folder, self.participants, origin=ORIGIN, columns=tuple(wanted))
        people = table.with_row_index("line", offset=2).select(
            "line",
            identifiers(table, eid, file=file).alias("patient_id"),
            *(_read(name, table, at, file=file).alias(f"{name}.{one}") for (name, one), at in places.items()),
            *(times(table, column, file=file).alias(f"{event}_time") for event, column in self.events.items()),
        )
        return people.unique("patient_id", keep="first", maintain_order=True)


def _as_names(request: LabelRequest) -> tuple[str, ...]:
    names = (request,) if isinstance(request, str) else request
    return tuple(dict.fromkeys(name for name in names if name))


def _place(name: str) -> str:
    return name if name in FILLED or name.startswith(FAMILIES) else f"y.{name}"


def _keep(ecgs: pl.DataFrame, condition: pl.Expr, flow: list[FlowStep], label: str) -> pl.DataFrame:
    """Filter, and note who leaves when anybody does."""
    gone = ecgs.filter(~condition)
    if gone.height:
        flow.append(flow_step(label, gone["patient_id"], excluded=True))
    return ecgs.filter(condition)


def _read(name: str, table: pl.DataFrame, column: str, *, file: str) -> pl.Series:
    """Return a column of the table as what the cohort's ``name`` holds."""
    if name == "sex":
        return recoded(table, column, SEX, unknown="U")
    if name == "ecg_time":
        return times(table, column, file=file)
    if name == "site" or name.startswith("group."):
        return table[column]
    return numbers(table, column, file=file)


def _of_visit(name: str, rows: pl.DataFrame, instances: list[int]) -> pl.Series:
    """Return what is known of each ECG at its own visit."""
    own = [pl.when(pl.col("instance") == one).then(pl.col(f"{name}.{one}")) for one in instances]
    return rows.select(pl.coalesce(own).alias(name))[name]


def _locations(folder: Path, columns: Columns) -> Iterator[RecordLocation]:
    for record_id, patient_id, path in zip(columns["record_id"], columns["patient_id"], columns["path"], strict=True):
        yield RecordLocation(str(record_id), f"{folder}/{path}", "cardiosoft", patient_id=str(patient_id))
