"""No patient is in two splits whatever the method, and nobody leaves uncounted."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pyarrow as pa
import pytest

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.split import SplitSettings, require_both_classes, split_rows
from einthoven.errors import SplitError


def ecgs(**columns: list[object]) -> pl.DataFrame:
    """Rows before they are split, one ECG per patient unless said otherwise."""
    n = len(next(iter(columns.values())))
    default = {
        "record_id": [f"h:r{number}" for number in range(n)],
        "patient_id": [f"h:p{number}" for number in range(n)],
        "source": ["h"] * n,
        "split": [None] * n,
        "y.AF": [float(number % 2) for number in range(n)],
    }
    return pl.DataFrame(default | columns, schema_overrides={"split": pl.String})


def split(rows: pl.DataFrame, method: str, **settings: object):
    """Split by a method."""
    return split_rows(rows, settings=SplitSettings(method, **settings), labels=["AF"], seed=1)


def placed(rows: pl.DataFrame, method: str, **settings: object) -> dict[str, str]:
    """Split of each record that stays."""
    found = split(rows, method, **settings).rows
    return {record.removeprefix("h:"): name for record, name in zip(found["record_id"], found["split"], strict=True)}


YEARS = [datetime(year, 6, 1) for year in (2016, 2017, 2018, 2019, 2020)]  # noqa: DTZ001 - times of a cohort have no zone
SITES = {"train": ("A",), "validation": ("B",), "test": ("C",)}
ENDS = {"train": date(2018, 1, 1), "validation": date(2019, 1, 1)}


def test_sites_go_to_their_splits_as_wholes():
    """Whole sites are what a new hospital looks like."""
    assert placed(ecgs(site=["A", "C", "B", "A"]), "site", sites=SITES) == {
        "r0": "train",
        "r1": "test",
        "r2": "validation",
        "r3": "train",
    }


def test_patients_of_the_sites_that_are_not_named_are_dealt_out():
    """One site is kept for the test, and train and validation come from the others in proportion."""
    found = placed(ecgs(site=["A", "B"] * 40 + ["C"] * 5), "site", sites={"test": ("C",)})
    assert [name for record, name in found.items() if int(record[1:]) >= 80] == ["test"] * 5
    rest = [name for record, name in found.items() if int(record[1:]) < 80]
    assert (rest.count("train"), rest.count("validation")) == (70, 10)


def test_site_without_ecgs_is_refused_by_name():
    """A slip in a site's name would silently change who is tested."""
    with pytest.raises(SplitError, match=r"names 'Bern', of which there is no ECG; did you mean 'Berne'"):
        split(ecgs(site=["A", "B", "Berne"]), "site", sites={"test": ("Bern",)})


def test_site_that_no_split_names_is_refused_by_name():
    """Each of them is listed."""
    with pytest.raises(SplitError, match=r"doesn't name 'D', 'E'"):
        split(ecgs(site=["A", "B", "C", "E", "D"]), "site", sites=SITES)


def test_split_to_which_no_site_is_left_is_refused_with_the_remedy():
    """Train and test take all sites; the message says how validation is filled."""
    with pytest.raises(SplitError, match=r"none is left for validation.*name the sites of test alone"):
        split(ecgs(site=["A", "C"]), "site", sites={"train": ("A",), "test": ("C",)})


def test_ecg_without_a_site_is_refused_with_a_count():
    """It can be left out by a rule."""
    with pytest.raises(SplitError, match=r"1 ECGs have no site, the first is h:r1.*site is known"):
        split(ecgs(site=["A", None]), "site", sites=SITES)


def test_patient_at_sites_of_two_splits_is_refused_or_leaves():
    """The message names patient and places; dropped, all ECGs of the patient go, and are counted."""
    rows = ecgs(site=["A", "C", "A", "B", "C"], patient_id=["h:p0", "h:p0", "h:p1", "h:p2", "h:p3"])
    with pytest.raises(SplitError, match=r"1 patients .*h:p0 \(h:r0 in train, h:r1 in test\).*torn = 'drop'"):
        split(rows, "site", sites=SITES)
    found = split(rows, "site", sites=SITES, torn="drop")
    assert found.rows["record_id"].to_list() == ["h:r2", "h:r3", "h:r4"]
    assert found.steps == [FlowStep("patient at sites of different splits", 2, 1, excluded=True)]


def test_dates_part_the_ecgs():
    """The first day that is named belongs to the later split."""
    rows = ecgs(ecg_time=[*YEARS, datetime(2018, 1, 1)])  # noqa: DTZ001
    assert list(placed(rows, "time", before=ENDS).values()) == ["train"] * 2 + ["validation"] + ["test"] * 2 + [
        "validation"
    ]


def test_splits_without_a_date_between_them_share_a_period():
    """Only the test is later; train and validation are dealt out among those before."""
    rows = ecgs(ecg_time=[YEARS[0]] * 80 + [YEARS[4]] * 10)
    names = list(placed(rows, "time", before={"validation": date(2019, 1, 1)}).values())
    assert names[80:] == ["test"] * 10
    assert (names[:80].count("train"), names[:80].count("validation")) == (70, 10)
    names = list(placed(rows, "time", before={"train": date(2019, 1, 1)}).values())
    assert names[:80] == ["train"] * 80
    assert sorted(names[80:]) == ["test"] * 7 + ["validation"] * 3


def test_patient_of_two_periods_stays_in_the_first():
    """Later ECGs leave and are counted, or stay with the first where that is asked for, or are refused."""
    rows = ecgs(ecg_time=[YEARS[4], YEARS[0], YEARS[3]], patient_id=["h:p0", "h:p0", "h:p1"])
    found = split(rows, "time", before=ENDS)
    assert found.rows.select("record_id", "split").rows() == [("h:r1", "train"), ("h:r2", "test")]
    assert found.steps == [FlowStep("later ECG of a patient of an earlier period", 1, 1, excluded=True)]
    assert placed(rows, "time", before=ENDS, torn="first") == {"r0": "train", "r1": "train", "r2": "test"}
    with pytest.raises(SplitError, match=r"h:p0 \(h:r1 in train, h:r0 in test\)"):
        split(rows, "time", before=ENDS, torn="refuse")


def test_ecg_without_a_time_is_refused_with_a_count():
    """Nobody knows which period it belongs to."""
    with pytest.raises(SplitError, match=r"1 of 2 have none, the first is h:r1; .*ecg_time = 'drop'"):
        split(ecgs(ecg_time=[YEARS[0], None]), "time", before=ENDS)


@pytest.mark.parametrize("method", ["patient", "site", "time", "given"])
def test_rows_of_an_external_source_are_never_touched(method, tmp_path):
    """Not by a site, date or table that would place them, nor for a site or time that they lack; order stays."""
    (tmp_path / "split.csv").write_text("patient_id,split\np0,train\np1,test\np2,test\n")
    settings = {
        "patient": {},
        "site": {"sites": {"train": ("A",), "test": ("C",), "validation": ("B",)}},
        "time": {"before": ENDS},
        "given": {"file": str(tmp_path / "split.csv")},
    }[method]
    rows = ecgs(
        patient_id=["h:p0", "x:p2", "h:p1", "x:p9", "h:p4"],
        source=["h", "x", "h", "x", "h"],
        split=[None, "external", None, "external", None],
        site=["A", "C", "C", None, "B"],
        ecg_time=[YEARS[0], YEARS[4], YEARS[4], None, YEARS[2]],
    )
    found = split(rows, method, **settings).rows
    assert found["record_id"].to_list() == rows["record_id"].to_list()
    assert found["split"].to_list()[1::2] == ["external", "external"]
    assert "external" not in found["split"].to_list()[::2]


def test_split_of_a_table_is_taken_over(tmp_path):
    """Ids are those of the source; what the table doesn't hold goes to the splits that it doesn't name."""
    (tmp_path / "split.csv").write_text("record_id;split\nr0;test\nr2;test\nr99;test\n")
    found = placed(ecgs(site=["A"] * 82), "given", file=str(tmp_path / "split.csv"))
    assert (found["r0"], found["r2"]) == ("test", "test")
    assert [list(found.values()).count(name) for name in ("train", "validation")] == [70, 10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patient_id,split\np0,train\np0,test\n", r"gives h:p0 more than one split: test, train"),
        ("patient_id,split\np0,trian\n", r"got 'trian'; did you mean 'train'"),
        ("patient_id,split\np0,train\np1,validation\np2,test\n", r"1 of 4 ECGs are given no split, the first is h:r3"),
        ("ecg,split\n1,train\n", r"must have the columns split and either record_id or patient_id, got ecg, split"),
        ("patient_id,split\nq0,train\n", r"no ECG of the cohort: its ids are such as 'h:q0', the cohort's .*'h:p0'"),
        ("record_id,split\nr0,train\nr1,test\nr2,test\nr3,validation\n", None),
    ],
)
def test_table_that_does_not_place_the_ecgs_is_refused(tmp_path, text, message):
    """Two splits for one id, slips of the pen, gaps, other columns, other ids."""
    (tmp_path / "split.csv").write_text(text)
    rows = ecgs(site=["A"] * 4)
    if message is None:
        torn = rows.with_columns(patient_id=pl.lit("h:p0"))
        with pytest.raises(SplitError, match=r"h:r0 in train, h:r3 in validation, h:r1 in test"):
            split(torn, "given", file=str(tmp_path / "split.csv"))
        return
    with pytest.raises(SplitError, match=message):
        split(rows, "given", file=str(tmp_path / "split.csv"))


def test_table_for_several_sources_says_which(tmp_path):
    """Patient 1 of one hospital isn't patient 1 of another."""
    file = tmp_path / "split.csv"
    rows = ecgs(source=["a", "b"], patient_id=["a:1", "b:1"])
    file.write_text("patient_id,split\n1,train\n")
    with pytest.raises(SplitError, match=r"needs a column source, because ids of a, b may be equal"):
        split(rows, "given", file=str(file))
    file.write_text("source,patient_id,split\na,1,train\nb,1,test\n")
    assert list(placed(rows, "given", file=str(file)).values()) == ["train", "test"]


def test_split_of_a_column_is_taken_over():
    """A hospital's own table may hold it."""
    rows = ecgs(**{"group.fold": ["train", "validation", "test"]})
    assert list(placed(rows, "given", column="group.fold").values()) == ["train", "validation", "test"]
    with pytest.raises(SplitError, match=r"no column 'group\.flod'; did you mean 'group\.fold'"):
        split(rows, "given", column="group.flod")


def test_ecg_of_nobody_is_refused():
    """Its patient may be in another split."""
    with pytest.raises(SplitError, match="1 ECGs have no patient, the first is h:r1"):
        split(ecgs(patient_id=["h:p0", None]), "patient")


def test_split_without_a_positive_is_refused_with_the_remedy():
    """The message names label, split and what to change."""
    table = pa.table({"split": ["train", "train", "validation", "validation"], "y.AF": [1.0, 0.0, 0.0, 0.0]})
    with pytest.raises(
        SplitError, match=r"'AF' has no positive among the 2 rows of the validation split, and 1 in all; leave it out"
    ):
        require_both_classes(table, ["AF"])


def test_empty_split_is_refused():
    """A cohort without validation can't choose a threshold."""
    table = pa.table({"split": ["train", "train"], "y.AF": [1.0, 0.0]})
    with pytest.raises(SplitError, match="'validation' is empty"):
        require_both_classes(table, ["AF"])
