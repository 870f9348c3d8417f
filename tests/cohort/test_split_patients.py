"""Patients are dealt out whole, by share of each label, and alike for any order of their ECGs."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einthoven.cohort.split_patients import deal_patients

FRACTIONS = {"train": 0.7, "validation": 0.1, "test": 0.2}


def dealt(rows: pl.DataFrame, labels=("AF",), *, seed=1, fractions=FRACTIONS) -> dict[str, str]:
    """Split of each patient."""
    found = deal_patients(rows, labels=labels, fractions=fractions, seed=seed)
    return dict(zip(found["patient_id"], found["split"], strict=True))


def made_up(seed: int, n: int = 700) -> pl.DataFrame:
    """ECGs of patients with one to several, labels of which two are equally rare, and some unknown."""
    generator = np.random.default_rng(seed)
    columns = {"patient_id": [f"p{number}" for number in generator.integers(0, 400, n)]}
    for label, share in {"a": 0.02, "b": 0.3, "c": 0.02, "d": 0.5}.items():
        columns[f"y.{label}"] = [
            None if generator.random() < 0.1 else float(generator.random() < share) for _ in range(n)
        ]
    columns["pair"] = ["baseline" if generator.random() < 0.4 else "none" for _ in range(n)]
    return pl.DataFrame(columns)


def by_hand(rows: pl.DataFrame, labels: tuple[str, ...], *, seed: int) -> dict[str, str]:
    """Deal patient by patient."""
    having = {label: set(rows.filter(pl.col(f"y.{label}") == 1)["patient_id"]) for label in labels}
    having[""] = set(rows.filter(pl.col("pair") != "none")["patient_id"])
    rarest_first = sorted(having, key=lambda label: (len(having[label]), label))
    strata: dict[int, list[str]] = defaultdict(list)
    for patient in sorted(set(rows["patient_id"])):
        ranks = [rank for rank, label in enumerate(rarest_first) if patient in having[label]]
        strata[min(ranks, default=len(rarest_first))].append(patient)
    names, shares = list(FRACTIONS), np.array(list(FRACTIONS.values()))
    owed, split_of = np.zeros(3), {}
    for rank in sorted(strata):
        cards = []
        for _ in strata[rank]:
            owed += shares
            cards.append(int(np.argmax(owed)))
            owed[cards[-1]] -= 1
        by_number = sorted(strata[rank], key=lambda patient: drawn(patient, seed))
        split_of |= {patient: names[card] for patient, card in zip(by_number, sorted(cards), strict=True)}
    return split_of


def drawn(patient: str, seed: int) -> int:
    """Return the number that a patient draws."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{patient}".encode(), digest_size=8).digest(), sys.byteorder)


@pytest.mark.parametrize("seed", range(4))
def test_deal_is_the_one_that_a_person_makes_by_hand(seed):
    """Splits of published studies never move: every patient is where the plain loop puts them."""
    rows = made_up(seed)
    assert dealt(rows, ("a", "b", "c", "d"), seed=seed) == by_hand(rows, ("a", "b", "c", "d"), seed=seed)


def test_rare_label_is_dealt_out_by_its_share():
    """Of 50 patients with a rare label, each split gets its share to within one."""
    rare = [float(number < 50) for number in range(1000)]
    rows = pl.DataFrame(
        {"patient_id": [str(n) for n in range(1000)], "y.rare": rare, "y.common": [1 - value for value in rare]}
    )
    found = dealt(rows, ("rare", "common"))
    counts = Counter(found[str(number)] for number in range(50))
    assert all(abs(counts[name] - 50 * share) <= 1 for name, share in FRACTIONS.items())


@given(st.integers(0, 20), st.randoms(use_true_random=False))
def test_seed_decides_and_order_of_rows_does_not(seed, shuffler):
    """Same seed, same split for any order of the ECGs; another seed, another split."""
    rows = made_up(0, n=60)
    order = list(range(rows.height))
    shuffler.shuffle(order)
    assert dealt(rows[order], ("a", "d"), seed=seed) == dealt(rows, ("a", "d"), seed=seed)
    assert dealt(rows, ("a", "d"), seed=seed) != dealt(rows, ("a", "d"), seed=seed + 1)


def test_patients_without_any_label_are_dealt_out_too():
    """A study of graded outcomes alone has nothing to stratify by."""
    counts = Counter(dealt(pl.DataFrame({"patient_id": [str(n) for n in range(100)]}), ()).values())
    assert counts == {"train": 70, "validation": 10, "test": 20}


def test_a_change_of_the_outcome_leaves_test_patients_where_they_were():
    """Another label, other positives, some patients more and some fewer: hardly anybody moves into training."""
    before, after = made_up(1, n=3000), made_up(2, n=3000)
    first, second = dealt(before, ("a", "b")), dealt(after, ("c", "d"))
    tested = [patient for patient, split in first.items() if split == "test" and patient in second]
    assert len(tested) > 50
    assert sum(second[patient] == "train" for patient in tested) <= len(tested) // 10


def test_a_third_of_a_million_patients_are_dealt_out():
    """Hospitals have 300,000 patients and a dozen outcomes."""
    n = 300_000
    generator = np.random.default_rng(0)
    labels = [f"l{number}" for number in range(10)]
    rows = pl.DataFrame({"patient_id": pl.int_range(n, eager=True).cast(pl.String)}).with_columns(
        pl.Series(f"y.{label}", (generator.random(n) < 0.05).astype(float)) for label in labels
    )
    counts = Counter(dealt(rows, labels).values())
    assert {name: round(count / n, 3) for name, count in counts.items()} == FRACTIONS
