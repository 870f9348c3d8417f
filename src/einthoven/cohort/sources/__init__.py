"""One public data set or archive layout per file: a folder as its owners publish it becomes rows and locations."""

from __future__ import annotations

SOURCES = {
    "ptb_xl": "einthoven.cohort.sources.ptb_xl:PtbXl",
    "arrays": "einthoven.cohort.sources.arrays:Arrays",
    "mimic_iv_ecg": "einthoven.cohort.sources.mimic_iv_ecg:MimicIvEcg",
    "code15": "einthoven.cohort.sources.code15:Code15",
    "sph": "einthoven.cohort.sources.sph:Sph",
    "uk_biobank": "einthoven.cohort.sources.uk_biobank:UkBiobank",
}
