"""What a reader needs to repeat the run: hashes, versions, seeds, the ingest half of the input, the environment."""

from __future__ import annotations

import json

from einthoven.report.blocks import Block, Cell, Column, Facts, Notice, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.notation import count

__all__ = ["section"]


def section(evidence: Evidence) -> Section:
    """Return facts, the ingest spec and the stages."""
    pairs = tuple((term, text) for term, text in _facts(evidence) if text)
    blocks: list[Block] = [Facts(pairs, mono=True)] if pairs else []
    if evidence.stages:
        blocks.append(_stages(evidence))
    if not blocks:
        blocks.append(Notice("The run says nothing of its origin.", tone="absent"))
    return Section("provenance", "Provenance", tuple(blocks))


def _facts(evidence: Evidence) -> list[tuple[str, str]]:
    environment, study = evidence.environment, evidence.study
    packages = ", ".join(f"{name} {version}" for name, version in environment.get("packages", {}).items())
    ingest = study.get("input", {}).get("ingest", {})
    simulated = evidence.cohort.simulated if evidence.cohort else {}
    seeds = {
        name: list(arm["seeds"])
        for name, arm in study.get("arm", {}).items()
        if isinstance(arm.get("seeds"), list | tuple)
    }
    return [
        ("einthoven", str(environment.get("code_version") or environment.get("einthoven", ""))),
        ("Python", " on ".join(str(environment[k]) for k in ("python", "platform") if k in environment)),
        ("Packages", packages),
        ("Seed", str(study.get("seed", ""))),
        ("Seeds of the arms", "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in seeds.items())),
        ("Cohort hash", evidence.cohort.hash if evidence.cohort else ""),
        ("Simulated", "; ".join(f"{name}: {how}" for name, how in simulated.items())),
        *((f"Ingest hash ({_sources(store)})", str(store.get("ingest_hash", ""))) for store in evidence.stores),
        ("Ingest spec", json.dumps(ingest, ensure_ascii=False) if ingest else ""),
        ("Label list", ", ".join(evidence.outcomes)),
    ]


def _sources(store: object) -> str:
    assert isinstance(store, dict)
    names = store.get("sources") or [store.get("source", "store")]
    return ", ".join(map(str, names)) + f", {count(int(store.get('records', 0)))} ECGs"


def _stages(evidence: Evidence) -> TableBlock:
    columns = ("Stage", "Arm", "Seed", "Status", "Started (UTC)", "Code")
    rows = [
        Row(tuple(Cell(str(text)) for text in (
            stage.get("stage", ""), stage.get("arm") or "", _seed(stage.get("seed")), stage.get("status", ""),
            str(stage.get("started") or "")[:19].replace("T", " "), stage.get("code_version", ""),
        )))
        for stage in evidence.stages
    ]  # fmt: skip
    return TableBlock("Stages of the run.", tuple(Column(head, numeric=False) for head in columns), tuple(rows))


def _seed(seed: object) -> str:
    return "" if seed is None else "ensemble" if seed == -1 else str(seed)
