"""Run folders that the tests of the report read and never change."""

from __future__ import annotations

import pytest

from einthoven.report.evidence import Evidence
from einthoven.report.html import render
from fakes.run_folder import FakeRun, make_run_folder

SMALL = {"patients": 90, "resamples": 20, "labels": ("NORM", "MI", "STTC")}


@pytest.fixture(scope="session")
def full_run(tmp_path_factory):
    """Two arms, two seeds and their ensemble, external data, a store, subgroups."""
    settings = FakeRun(
        **SMALL, seeds=(0, 1), external=True, subgroups=("group.sex",), title="A <i>full</i> & fair study"
    )
    return make_run_folder(tmp_path_factory.mktemp("full"), settings)


@pytest.fixture(scope="session")
def one_class_run(tmp_path_factory):
    """Leave the first label without positives in the test split; one arm, one seed; the store is gone."""
    settings = FakeRun(**SMALL, arms=("net",), seeds=(0,), one_class=True, store=False)
    return make_run_folder(tmp_path_factory.mktemp("one_class"), settings)


@pytest.fixture(scope="session")
def empty_run(tmp_path_factory):
    """Nothing but an empty study file."""
    run = tmp_path_factory.mktemp("empty")
    (run / "study.json").write_text("{}")
    return run


@pytest.fixture(scope="session")
def full(full_run):
    """Evidence of the full run."""
    return Evidence.load(full_run)


@pytest.fixture(scope="session")
def one_class(one_class_run):
    """Evidence of the one-class run."""
    return Evidence.load(one_class_run)


@pytest.fixture(scope="session")
def empty(empty_run):
    """Evidence of the empty run."""
    return Evidence.load(empty_run)


@pytest.fixture(scope="session")
def page(full_run, tmp_path_factory):
    """HTML of the full run."""
    return render(full_run, tmp_path_factory.mktemp("page") / "report.html").read_text(encoding="utf-8")
