"""What readers said of an ECG, PTB-XL's SCP statements and LUDB's words alike, in one vocabulary.

PTB-XL gives diagnostic statements a likelihood in percent. One counts from 50 on, and at 0, which PTB-XL writes where
the likelihood is not known (Wagner 2020, doi:10.1038/s41597-020-0495-6) and at all statements of form and rhythm. One
of 15 or 35 percent is ``doubtful``: neither there nor absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["INFARCTS", "TARGETS", "findings_of_ludb", "findings_of_scp", "group_names", "groups_of"]

LEAST_LIKELIHOOD = 50.0

SCP: dict[str, tuple[str, ...]] = {
    "NORM": ("normal",),
    "SR": ("sinus",),
    "SARRH": ("sinus",),
    "SBRAD": ("sinus",),
    "STACH": ("sinus",),
    "AFIB": ("fibrillation",),
    "AFLT": ("flutter",),
    "CLBBB": ("lbbb",),
    "ILBBB": ("ilbbb",),
    "CRBBB": ("rbbb",),
    "IRBBB": ("irbbb",),
    "LAFB": ("lafb",),
    "LPFB": ("lpfb",),
    "IVCD": ("ivcd",),
    "WPW": ("wpw",),
    "PACE": ("paced",),
    "1AVB": ("av_first",),
    "LPR": ("av_first",),
    "2AVB": ("av_second",),
    "3AVB": ("av_third",),
    "IMI": ("infarct_inferior",),
    "ASMI": ("infarct_anteroseptal",),
    "AMI": ("infarct_anterior",),
    "ALMI": ("infarct_anterior", "infarct_lateral"),
    "LMI": ("infarct_lateral",),
    "ILMI": ("infarct_inferior", "infarct_lateral"),
    "IPMI": ("infarct_inferior", "infarct_posterior"),
    "IPLMI": ("infarct_inferior", "infarct_posterior", "infarct_lateral"),
    "PMI": ("infarct_posterior",),
    "ANEUR": ("aneurysm",),
    **dict.fromkeys(("INJAS", "INJAL", "INJIN", "INJLA", "INJIL"), ("injury",)),
    **dict.fromkeys(("ISC_", "ISCAL", "ISCIN", "ISCIL", "ISCAS", "ISCLA", "ISCAN"), ("ischaemia",)),
    **dict.fromkeys(("NDT", "NST_", "NT_", "STD_", "LOWT", "INVT", "TAB_"), ("st_t",)),
    "LVH": ("lvh",),
    "SEHYP": ("lvh",),
    "VCLVH": ("lvh_voltage",),
    "RVH": ("rvh",),
    "LAO/LAE": ("left_atrium",),
    "LNGQT": ("long_qt",),
    "DIG": ("digoxin",),
    "EL": ("electrolytes",),
    "PVC": ("ventricular_ectopy",),
    "PAC": ("atrial_ectopy",),
}

LUDB: dict[str, tuple[str, ...]] = {
    "sinus": ("sinus",),
    "irregular sinus": ("sinus",),
    "atrial fibrillation": ("fibrillation",),
    "atrial flutter": ("flutter",),
    "complete left bundle": ("lbbb",),
    "incomplete left bundle": ("ilbbb",),
    "complete right bundle": ("rbbb",),
    "incomplete right bundle": ("irbbb",),
    "left anterior hemiblock": ("lafb",),
    "non-specific intrav": ("ivcd",),
    "i degree av": ("av_first",),
    "iii degree av": ("av_third",),
    "unipolar ventricular pacing": ("paced",),
    "bipolar ventricular pacing": ("paced",),
    "biventricular pacing": ("paced",),
    "stemi: anterior": ("infarct_anterior", "stemi"),
    "stemi: apical": ("infarct_anterior", "stemi"),
    "stemi: septal": ("infarct_anteroseptal", "stemi"),
    "stemi: lateral": ("infarct_lateral", "stemi"),
    "stemi: inferior": ("infarct_inferior", "stemi"),
    "scar formation: anterior": ("infarct_anterior",),
    "scar formation: apical": ("infarct_anterior",),
    "scar formation: septal": ("infarct_anteroseptal",),
    "scar formation: lateral": ("infarct_lateral",),
    "scar formation: inferior": ("infarct_inferior",),
    "scar formation: posterior": ("infarct_posterior",),
    "undefined ischemia": ("ischaemia",),
    "ischemia": ("ischaemia",),
    "non-specific repolarization": ("st_t",),
    "left ventricular hypertrophy": ("lvh",),
    "right ventricular hypertrophy": ("rvh",),
    "left atrial hypertrophy": ("left_atrium",),
    "left atrial overload": ("left_atrium",),
    "ventricular extrasystole": ("ventricular_ectopy",),
    "atrial extrasystole": ("atrial_ectopy",),
}
"""By the beginning of a statement in small letters."""

INFARCTS = {
    f"infarct_{territory}": territory for territory in ("anteroseptal", "anterior", "lateral", "inferior", "posterior")
}

TARGETS: dict[str, frozenset[str]] = {
    "AF": frozenset({"fibrillation"}),
    "LBBB": frozenset({"lbbb"}),
    "RBBB": frozenset({"rbbb"}),
    "MI": frozenset(INFARCTS),
    "LVH": frozenset({"lvh"}),
}
"""What a model is trained to tell, and the findings of which one makes it true."""


def findings_of_scp(likelihoods: Mapping[str, float]) -> frozenset[str]:
    """Return the findings of PTB-XL's statements; those below 50 % as ``doubtful_...``.

    Examples
    --------
    >>> sorted(findings_of_scp({"IMI": 15.0, "LVH": 100.0, "SR": 0.0}))
    ['doubtful_infarct_inferior', 'lvh', 'sinus']
    """
    found = set()
    for statement, likelihood in likelihoods.items():
        sure = likelihood == 0 or likelihood >= LEAST_LIKELIHOOD
        found |= {finding if sure else f"doubtful_{finding}" for finding in SCP.get(statement, ())}
    return frozenset(found)


def findings_of_ludb(statements: Iterable[str]) -> frozenset[str]:
    """Return the findings of LUDB's lines; ``normal`` where nothing but sinus rhythm and an axis is said.

    Examples
    --------
    >>> sorted(findings_of_ludb(["Sinus rhythm", "Stemi: septal"]))
    ['infarct_anteroseptal', 'sinus', 'stemi']
    """
    lines = [line.strip().lower() for line in statements if line.strip()]
    lines = [line for line in lines if not line.startswith("electric axis")]
    found = {finding for line in lines for start, which in LUDB.items() if line.startswith(start) for finding in which}
    plain = lines and all(line.startswith("sinus rhythm") for line in lines)
    return frozenset(found | {"normal"} if plain else found)


def groups_of(findings: frozenset[str]) -> frozenset[str]:
    """Return the groups of an ECG in which real and simulated are compared; an ECG may belong to several.

    ``normal`` is a normal ECG in sinus rhythm; MI counts as a whole and by territory.
    """
    groups = {name for name, members in TARGETS.items() if findings & members}
    groups |= {f"MI {territory}" for finding, territory in INFARCTS.items() if finding in findings}
    if {"normal", "sinus"} <= findings:
        groups.add("normal")
    return frozenset(groups)


def group_names() -> tuple[str, ...]:
    """Return all groups in the order of the tables."""
    return ("normal", *TARGETS, *(f"MI {territory}" for territory in INFARCTS.values()))
