"""Methods say what the study file says."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.report.sections.methods import section


def _text(evidence):
    return dict(section(evidence).blocks[0].paragraphs)


def test_split_filter_windows_network_and_statistics_are_told(full):
    text = _text(full)
    assert "as the data’s owners publish it" in text["Data."]
    assert "external: no fitting touched it" in text["Data."]
    assert "12 leads at 100 Hz, band-pass filtered from 0.67 to 40 Hz" in text["Signals."]
    assert "windows from 0, 0.5 and 1 s were averaged" in text["Signals."]
    assert "“pretrained” is a network of type se_resnext1d, trained for 12 epochs" in text["Models."]
    assert "DeLong" in text["Statistics."]
    assert "validation split (highest Youden index)" in text["Statistics."]


def test_a_random_split_names_its_shares(full):
    split = {"method": "patient", "fractions": {"train": 0.7, "test": 0.3}}
    study = {**full.study, "cohort": {"labels": "superclass", "split": split}}
    text = _text(dataclasses.replace(full, study=study))["Data."]
    assert "70% train, 30% test" in text
    assert "“superclass”" in text


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ({"method": "site", "sites": {"test": ["C", "D"]}}, "by site (C and D for test); what that leaves open"),
        ({"method": "time", "before": {"train": "2018-01-01"}}, "by date (train before 2018-01-01, the rest after)"),
        ({"method": "given", "file": "folds.csv"}, "as a given table says"),
    ],
)
def test_a_split_by_site_date_or_table_is_told(full, split, told):
    """A reader can tell what kind of new patient the test stands for."""
    study = {**full.study, "cohort": {"labels": "superclass", "split": split}}
    text = _text(dataclasses.replace(full, study=study))["Data."]
    assert told in text
    assert "No patient is in two splits." in text


def test_auxiliary_labels_and_the_scope_of_standardisation_are_told(full):
    view = {**full.study["input"]["view"], "normalise": {"method": "zscore", "scope": "dataset"}}
    arm = {**full.study["arm"]["scratch"], "auxiliary_labels": ["*"], "early_stopping": "auroc", "patience": 3}
    study = {**full.study, "arm": {"net": arm}, "input": {**full.study["input"], "view": view}}
    text = _text(dataclasses.replace(full, study=study))
    assert "standardised with means and standard deviations of the data set" in text["Signals."]
    assert "auxiliary labels (all of the cohort) were learnt along" in text["Models."]
    assert "at most 12 epochs" in text["Models."]
    assert "the weights of the epoch with the highest AUROC on the validation split were kept" in text["Models."]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"kind": "none"}, "Hz without further filtering and stored"),
        ({"kind": "none", "notch_hz": 50.0}, "Hz with a notch at 50 Hz and stored"),
        (
            {"kind": "fir", "low_hz": 0.05, "high_hz": 47.0, "length_s": 0.3},
            ", band-pass filtered from 0.05 to 47 Hz (zero-phase FIR of 0.3 s, Hamming window) and stored",
        ),
        (
            {"kind": "butterworth_pair", "low_hz": None, "high_hz": 40.0, "order": 5, "notch_hz": [50, 100]},
            " low-pass filtered at 40 Hz (zero-phase Butterworth, order 5, low-pass of order 5) with a notch at 50 and",
        ),
        ({"kind": "none", "median_s": [0.2, 0.6]}, ", less a running median over 0.2 and 0.6 s and stored"),
    ],
)
def test_every_kind_of_filter_is_told(full, spec, told):
    ingest = {**full.study["input"]["ingest"], "filter": spec}
    study = {**full.study, "input": {**full.study["input"], "ingest": ingest}}
    assert told in _text(dataclasses.replace(full, study=study))["Signals."]


def test_a_range_of_the_full_record_is_told(full):
    normalise = {"method": "minmax", "scope": "lead", "low": -1.0, "high": 1.0, "extent": "record"}
    view = {**full.study["input"]["view"], "normalise": normalise}
    study = {**full.study, "input": {**full.study["input"], "view": view}}
    text = _text(dataclasses.replace(full, study=study))["Signals."]
    assert "mapped to -1 to 1 per ECG and lead, over the full record." in text


def test_many_labels_are_counted_instead_of_listed(full):
    study = {**full.study, "cohort": {"labels": [f"l{i}" for i in range(71)]}}
    assert "Outcomes are 71 labels" in _text(dataclasses.replace(full, study=study))["Data."]


def test_methods_of_several_labels_are_told_without_the_numbers_of_one(full):
    methods = iter(
        ("logit (Boyd) on 28 patients with the outcome", "Wald; 8 right scores left out", "BCa bootstrap by patient")
    )
    results = [
        dataclasses.replace(row, estimate=dataclasses.replace(row.estimate, method=next(methods, "Wald"), reason=None))
        if row.metric == "auprc" and row.analysis == "performance"
        else row
        for row in full.evaluation.results
    ]
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, results=results))
    assert "average precision: logit (Boyd) or Wald or BCa bootstrap by patient;" in _text(evidence)["Statistics."]
