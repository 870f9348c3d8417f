"""Test whether the shares of categories differ between groups of patients: chi-square, or Fisher's exact test.

References
----------
.. [1] Cochran, Biometrics 10:417 (1954), doi:10.2307/3001616
.. [2] Freeman and Halton, Biometrika 38:141 (1951), doi:10.1093/biomet/38.1-2.141
.. [3] Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9:39 (2010),
   doi:10.2202/1544-6115.1585
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from einthoven.evaluation.statistics.number_comparison import GroupTest

__all__ = ["compare_shares"]

# below this expected count the chi-square law is not trusted
LEAST_EXPECTED = 5.0
# all tables with the margins are counted up to here; beyond, as many are drawn
TABLES = 20_000


def compare_shares(counts: NDArray[np.int64], *, seed: int = 0) -> GroupTest:
    """Return the test of independence of categories and groups.

    Pearson's chi-square without continuity correction, or where an expected count is below 5 [1]_ Fisher's exact test;
    of tables larger than 2 x 2 that of Freeman and Halton [2]_, by counting all tables with these margins if there are
    at most 20,000, otherwise by drawing 20,000 of them, the one at hand counted in [3]_.

    Parameters
    ----------
    counts : int (category, group)
        Patients; categories and groups without any are passed over.
    seed : int
        Of the tables that are drawn.

    Examples
    --------
    >>> found = compare_shares(np.array([[3, 1], [1, 3]]))
    >>> round(found.p_value, 4), found.name
    (0.4857, "Fisher's exact")
    """
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return GroupTest(math.nan, math.nan, "no test: fewer than two categories or groups have patients")
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() >= LEAST_EXPECTED:
        found = stats.chi2_contingency(table, correction=False)
        return GroupTest(float(found.statistic), float(found.pvalue), "chi-square")
    if table.shape == (2, 2):
        return GroupTest(math.nan, float(stats.fisher_exact(table).pvalue), "Fisher's exact")
    return _freeman_halton(table, seed=seed)


def _freeman_halton(table: NDArray[np.int64], *, seed: int) -> GroupTest:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    constant = special.gammaln(rows + 1).sum() + special.gammaln(columns + 1).sum() - special.gammaln(rows.sum() + 1)
    own = -special.gammaln(table + 1).sum()
    # equal probabilities must count as equal in spite of rounding, as in R
    limit = own + 1e-7
    total = 0.0
    for found, logarithm in enumerate(_tables(rows, columns)):
        if found == TABLES:
            break
        if logarithm <= limit:
            total += math.exp(constant + logarithm)
    else:
        return GroupTest(math.nan, min(1.0, total), "Fisher's exact (Freeman-Halton)")
    generator = np.random.default_rng(np.random.SeedSequence([seed]))
    drawn = stats.random_table(rows, columns, seed=generator).rvs(TABLES)
    rarer = int((-special.gammaln(drawn + 1).sum(axis=(1, 2)) <= limit).sum())
    name = f"Fisher's exact (Freeman-Halton, {TABLES:,} tables drawn)"
    return GroupTest(math.nan, (rarer + 1) / (TABLES + 1), name)


def _tables(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Iterator[float]:
    """Yield ``-sum(log(cell!))`` of every table with these margins, column by column."""
    if columns.size == 1:
        yield -float(special.gammaln(rows + 1).sum())
        return
    for column in _columns([int(r) for r in rows], int(columns[0])):
        here = -float(special.gammaln(np.array(column) + 1).sum())
        for rest in _tables(rows - np.array(column), columns[1:]):
            yield here + rest


def _columns(room: list[int], total: int) -> Iterator[list[int]]:
    if len(room) == 1:
        if total <= room[0]:
            yield [total]
        return
    rest = sum(room[1:])
    for first in range(max(0, total - rest), min(room[0], total) + 1):
        for further in _columns(room[1:], total - first):
            yield [first, *further]
