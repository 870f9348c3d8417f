"""Write ``binary_outcome.json``: a small data set with ties and repeated patients, and its statistics by brute force.

Everything is computed from the definitions, by loops over pairs or by a general optimiser, and shares no code with the
package. Run ``python tests/reference/make_binary_outcome.py``; seed 20261120, NumPy 2.4, SciPy 1.16.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats

SEED = 20261120


def main() -> None:
    """Draw the data, compute, write."""
    rng = np.random.default_rng(SEED)
    patient = np.repeat(np.arange(30), rng.integers(1, 4, 30))
    effect = rng.normal(size=30)[patient]
    truth = (effect + rng.normal(size=patient.size) > 0.4).astype(int)
    a = np.round(1 / (1 + np.exp(-(1.2 * truth - 1 + 0.7 * effect + rng.normal(size=patient.size)))), 1)
    a = np.clip(a, 0.05, 0.95)
    b = np.round(1 / (1 + np.exp(-(0.6 * truth - 0.5 + rng.normal(size=patient.size)))), 2)
    numbers = {
        "auroc": [auroc(a, truth), auroc(b, truth)],
        "delong_covariance": covariance([a, b], truth, np.arange(truth.size)),
        "clustered_covariance": covariance([a, b], truth, patient),
        "average_precision": [average_precision(a, truth), average_precision(b, truth)],
        "slope": recalibrate(a, truth, slope=True),
        "intercept": recalibrate(a, truth, slope=False),
        "brier": float(np.mean([(s - t) ** 2 for s, t in zip(a, truth, strict=True)])),
        "clopper_pearson": clopper_pearson(int(((a > 0.5) & (truth == 1)).sum()), int(truth.sum())),
    }
    data = {"truth": truth.tolist(), "patient": patient.tolist(), "a": a.tolist(), "b": b.tolist()}
    content = {"seed": SEED, "data": data, "numbers": numbers}
    Path(__file__).with_name("binary_outcome.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def kernel(x: float, y: float) -> float:
    """Return 1 if the positive is above the negative, 1/2 if level, 0 otherwise."""
    return 1.0 if x > y else 0.5 if x == y else 0.0


def auroc(score, truth) -> float:
    """Return the mean of the kernel over all pairs."""
    pairs = [kernel(x, y) for x in score[truth == 1] for y in score[truth == 0]]
    return sum(pairs) / len(pairs)


def covariance(scores, truth, patient) -> list[list[float]]:
    """Return Obuchowski's covariance matrix; with one record per patient it is DeLong's."""
    m, n = int((truth == 1).sum()), int((truth == 0).sum())
    areas = [auroc(s, truth) for s in scores]
    sums = []
    for s, area in zip(scores, areas, strict=True):
        ten, one = {}, {}
        for i in range(truth.size):
            if truth[i] == 1:
                value = sum(kernel(s[i], s[j]) for j in range(truth.size) if truth[j] == 0) / n
                ten[patient[i]] = ten.get(patient[i], 0.0) + value - area
            else:
                value = sum(kernel(s[j], s[i]) for j in range(truth.size) if truth[j] == 1) / m
                one[patient[i]] = one.get(patient[i], 0.0) + value - area
        sums.append((ten, one))
    patients = set(patient.tolist())
    result = []
    for ten_r, one_r in sums:
        row = []
        for ten_s, one_s in sums:
            i10, i01, total = len(ten_r), len(one_r), len(patients)
            s10 = i10 / ((i10 - 1) * m) * sum(ten_r[p] * ten_s[p] for p in ten_r)
            s01 = i01 / ((i01 - 1) * n) * sum(one_r[p] * one_s[p] for p in one_r)
            cross = [ten_r.get(p, 0) * one_s.get(p, 0) + ten_s.get(p, 0) * one_r.get(p, 0) for p in patients]
            s11 = total / (total - 1) * sum(cross)
            row.append(float(s10 / m + s01 / n + s11 / (m * n)))
        result.append(row)
    return result


def average_precision(score, truth) -> float:
    """Return the sum over thresholds of the gain in recall times precision."""
    total, before = 0.0, 0.0
    for cut in sorted(set(score.tolist()), reverse=True):
        called = score >= cut
        recall = float((called & (truth == 1)).sum() / (truth == 1).sum())
        total += (recall - before) * float(truth[called].mean())
        before = recall
    return total


def recalibrate(score, truth, *, slope: bool) -> dict[str, float]:
    """Return the maximum likelihood value by a general optimiser, its Wald error by numerical second differences."""
    logit = np.log(score / (1 - score))

    def loss(beta) -> float:
        line = beta[0] + (beta[1] if slope else 1.0) * logit
        return float(np.sum(np.log1p(np.exp(-np.where(truth == 1, line, -line)))))

    start = np.zeros(2 if slope else 1)
    options = {"xatol": 1e-11, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000}
    best = optimize.minimize(loss, start, method="Nelder-Mead", options=options).x
    step, size = 1e-3, best.size
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            e, f = np.eye(size)[i] * step, np.eye(size)[j] * step
            hessian[i, j] = (loss(best + e + f) - loss(best + e - f) - loss(best - e + f) + loss(best - e - f)) / (
                4 * step**2
            )
    return {"value": float(best[-1]), "error": float(np.sqrt(np.linalg.inv(hessian)[-1, -1]))}


def clopper_pearson(k: int, n: int) -> dict[str, float]:
    """Return the exact interval as SciPy's binomial test gives it."""
    interval = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    return {"k": k, "n": n, "low": float(interval.low), "high": float(interval.high)}


if __name__ == "__main__":
    main()
