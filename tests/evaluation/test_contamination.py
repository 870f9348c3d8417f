"""Whoever is judged on data that the weights had seen is told, by name, split and number of records."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.contamination import contamination_notes, find_contamination
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions


def pretrained(*, net=("ptb_xl",), column="site", name="PTB-XL"):
    """Return predictions of which ``net`` was pretrained and half of the records are of a data set."""
    table = fake_predictions().table
    models = table["model"].to_pylist()
    seen = pa.array([list(net) if model == "net" else None for model in models], pa.list_(pa.string()))
    own = [name if int(record[-1]) % 2 else "elsewhere" for record in table["record_id"].to_pylist()]
    return Predictions(table.append_column("pretrained_on", seen).append_column(column, pa.array(own)))


def notes(predictions, **settings):
    """Return what is said of the test split."""
    return contamination_notes(context_for(predictions, Protocol(splits=("test",), **settings)))


@pytest.mark.parametrize("column", ["site", "group.data_set"])
def test_records_of_a_seen_data_set_are_counted(column):
    """Half of them, of one model; the other model isn't named."""
    (told,) = notes(pretrained(column=column))
    context = context_for(pretrained(column=column), Protocol(splits=("test",)))
    (found,) = find_contamination(context)
    assert found.seen.tolist() == (context.texts(column, found.scores) == "PTB-XL").tolist()
    count = f"{found.seen.sum()} of {found.seen.size}"
    assert 0 < found.seen.sum() < found.seen.size
    assert told.startswith(f"Contaminated: net was pretrained on ptb_xl, and {count} records of split 'test' are of it")


def test_the_protocol_speaks_for_all_records():
    """Its data_sets are what the test records come from."""
    (told,) = notes(pretrained(name="B"), data_sets=("ptb-xl",))
    assert "and all " in told


@pytest.mark.parametrize(
    ("net", "name", "is_same"),
    [
        ("ptb_xl 1.0.3 (folds 1 to 8)", "PTB XL", True),
        ("PTB-XL", "ptb_xl", True),
        ("cinc2021", "cinc", False),
        ("ptb", "ptb_xl", False),
        ("ptb_xl", "ptb", False),
        ("!", "?", False),
    ],
)
def test_names_are_compared_without_case_signs_and_version(net, name, is_same):
    """And never by their beginning."""
    assert bool(notes(pretrained(net=(net,), name=name))) is is_same


def test_nothing_is_said_of_other_data_and_of_models_without_pretraining():
    """Neither a note nor a search."""
    assert notes(pretrained(net=("mimic_iv_ecg",))) == []
    assert notes(pretrained(net=())) == []
    assert notes(fake_predictions()) == []


def test_where_nothing_says_what_the_records_are_it_stays_open():
    """No site, no data set, no word of the protocol."""
    bare = Predictions(pretrained().table.drop_columns(["site"]))
    (told,) = notes(bare)
    assert told.startswith("Possibly contaminated: net was pretrained on ptb_xl, and nothing says which data sets")
    assert "protocol's data_sets" in told
    (found,) = find_contamination(context_for(bare, Protocol(splits=("test",))))
    assert not np.any(found.seen)


def test_each_split_is_looked_at_by_itself():
    """The external split holds none of it."""
    table = pretrained().table
    index = table.column_names.index("site")
    own = ["PTB-XL" if split == "test" else "B" for split in table["split"].to_pylist()]
    predictions = Predictions(table.set_column(index, "site", pa.array(own)))
    found = find_contamination(context_for(predictions, Protocol()))
    assert [one.place for one in found] == [("net", "test")]


def test_each_record_is_held_against_its_own_cell():
    """Two sets of weights under one name: what one had seen says nothing of the other's records."""
    table = pretrained(name="B").table
    index = {name: table.column_names.index(name) for name in ("pretrained_on", "site")}
    odd = [int(record[-1]) % 2 == 1 for record in table["record_id"].to_pylist()]
    table = table.set_column(index["site"], "site", pa.array(["PTB-XL" if one else "Georgia" for one in odd]))
    cells = pa.array([["georgia"] if one else ["code15"] for one in odd], pa.list_(pa.string()))
    assert notes(Predictions(table.set_column(index["pretrained_on"], "pretrained_on", cells))) == []
