"""The part of the model card's page that tells of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from einthoven.training.markdown import listed, table

__all__ = ["data_details", "data_table", "labels_table", "splits_table"]

_MOST_LABELS = 30  # rows of the table of labels; the JSON file has all
_MOST_SHOWN = 6  # sites or devices in a line
_KINDS = ("positive", "negative", "unknown")


def data_table(sets: Sequence[Mapping[str, Any]]) -> str:
    """Return a row per data set: counts, years, ages, sexes, licence."""
    rows = [
        [
            one["name"],
            "simulated" if one["simulated"] else "real",
            f"{one['ecgs']:,}",
            f"{one['patients']:,}",
            "-".join(str(year) for year in dict.fromkeys(one["years"])) or "unknown",
            _ages(one["age_years"]),
            ", ".join(f"{sex} {count:,}" for sex, count in one["sex"].items()) or "unknown",
            one["licence"] or ("simulated" if one["simulated"] else "not stated"),
        ]
        for one in sets
    ]
    header = [
        "data set",
        "patients are",
        "ECGs",
        "patients",
        "years",
        "age, median (quartiles; range)",
        "sex",
        "licence",
    ]
    return table(header, rows)


def _ages(ages: Mapping[str, Any]) -> str:
    if not ages["quartiles"]:
        return "unknown"
    lowest, lower, median, upper, highest = ages["quartiles"]
    unknown = f", unknown in {ages['unknown']:,}" if ages["unknown"] else ""
    return f"{median:g} ({lower:g} to {upper:g}; {lowest:g} to {highest:g}){unknown}"


def data_details(sets: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Yield a list of the sites and devices of each data set."""
    lines = []
    for one in sets:
        known = {"sites": one["sites"], "devices": one["devices"]}
        told = [f"{_several(value)} {kind}" for kind, value in known.items() if value["distinct"]]
        untold = [kind for kind, value in known.items() if not value["distinct"]]
        words = "; ".join(told + ([f"{' and '.join(untold)} not stated"] if untold else []))
        title = f" ({one['title']} {one['version']})".replace(" )", ")") if one["title"] else ""
        lines.append(f"{one['name']}{title}: {words}.")
    yield listed(lines)


def _several(named: Mapping[str, Any]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(named["ecgs"].items())[:_MOST_SHOWN]]
    more = f" and {named['distinct'] - len(shown):,} more" if named["distinct"] > len(shown) else ""
    unknown = f", unknown in {named['unknown']:,}" if named["unknown"] else ""
    return f"{', '.join(shown)}{more}{unknown}: {named['distinct']:,}"


def splits_table(splits: Sequence[Mapping[str, Any]]) -> str:
    """Return a row per split, those that were not learnt from among them."""
    rows = [[one["split"], f"{one['ecgs']:,}", f"{one['patients']:,}", f"{one['learnt_from']:,}"] for one in splits]
    return table(["split", "ECGs", "patients", "ECGs learnt from"], rows)


def labels_table(facts: Mapping[str, Any]) -> Iterable[str]:
    """Yield a heading, a sentence and a row per label; nothing where there are none."""
    labels = facts["data"]["labels"]
    learnt = facts["labels_learnt"]
    if not labels:
        return
    yield "### Labels"
    if learnt:
        yield f"{len(learnt)} labels were learnt; the others were not shown to the model."
    else:
        yield "No label was learnt: the model has not been shown any of these."
    others = sorted((name for name in labels if name not in learnt), key=lambda name: -labels[name]["positive"])
    order = [*(name for name in learnt if name in labels), *others]
    rows = [
        [f"{name} (learnt)" if name in learnt else name, *(f"{labels[name][kind]:,}" for kind in _KINDS)]
        for name in order[:_MOST_LABELS]
    ]
    yield table(["label", *_KINDS], rows)
    if len(order) > _MOST_LABELS:
        yield f"{len(order) - _MOST_LABELS:,} more labels are in `model_card.json`."
