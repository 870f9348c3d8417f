"""The catalogue of public data sets is complete, consistent, and says what shares ECGs with what."""

from __future__ import annotations

import re

import pytest

from einthoven.cohort.datasets import catalogue, find_dataset, read_catalogue, shared_ecgs
from einthoven.cohort.sources import SOURCES
from einthoven.errors import SpecificationError, UnknownNameError

ENTRY = """
[a_set]
title = "A set"
licence = "CC BY 4.0"
access = "open"
page = "https://example.org"
good_for = "this test"
"""


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_an_entry_says_all_that_somebody_needs_to_get_it(name):
    """An open one can be fetched, any other one has steps; addresses are encrypted."""
    dataset = find_dataset(name)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert all((dataset.title, dataset.licence, dataset.good_for, dataset.page, dataset.warnings))
    assert dataset.access != "open" or dataset.listing != "none"
    assert (dataset.access == "open") == (not dataset.how_to_get)
    assert (dataset.listing == "none") == (not dataset.base_url)
    assert (dataset.listing == "files") == bool(dataset.files)
    for url in (dataset.base_url, dataset.mirror, *(entry["url"] for entry in dataset.files)):
        assert not url or url.startswith("https://")
    assert not dataset.doi or dataset.doi.startswith("10.")
    for number in (dataset.records, dataset.patients, dataset.size_gb):
        assert number is None or number > 0


def test_the_parts_of_a_collection_are_in_the_catalogue():
    for dataset in catalogue().values():
        assert set(dataset.contains) <= catalogue().keys() - {dataset.name}


def test_what_shares_ecgs_is_told_from_both_sides():
    """Nobody tests on ECGs that a model has seen under another name."""
    assert "ptb_xl" in shared_ecgs(find_dataset("cinc2021"))
    assert set(shared_ecgs(find_dataset("ptb_xl"))) == {"cinc2021", "cinc2020"}
    assert shared_ecgs(find_dataset("sph")) == ()


def test_parts_and_wholes_of_the_challenges_add_up():
    """Public records of 2020 by archive, as its paper counts them (doi:10.1088/1361-6579/abc960, table 1)."""
    assert find_dataset("cinc2020").records == 6877 + 3453 + 74 + 516 + 21837 + 10344
    assert find_dataset("cinc2021").records == find_dataset("cinc2020").records + 10247 + 34905
    assert find_dataset("chapman_ningbo").records == 10247 + 34905


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no data set 'ptbxl'.* did you mean 'ptb_xl'"):
        find_dataset("ptbxl")


def test_every_source_of_a_published_set_says_where_to_get_it():
    """Sources of one's own files have no owner to ask."""
    assert set(SOURCES) - {"arrays", "hospital"} <= {dataset.source_name for dataset in catalogue().values()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ENTRY + 'licens = "x"', "a_set has an unknown key 'licens'; did you mean 'licence'"),
        (ENTRY.replace('"open"', '"free"'), "the access of a_set must be one of open, .* got 'free'"),
        (ENTRY + 'listing = "ftp"', "the listing of a_set must be one of sha256sums, .* got 'ftp'"),
        (ENTRY.replace('title = "A set"', ""), "a_set is incomplete: .*title"),
    ],
)
def test_a_mistake_in_the_catalogue_is_named(text, says):
    with pytest.raises(SpecificationError, match=says):
        read_catalogue(text)


def test_a_source_of_its_own_name_needs_no_other_one():
    assert read_catalogue(ENTRY)["a_set"].source_name == "a_set"
    assert find_dataset("cinc2020").source_name == "cinc2021"
