"""One public data set or archive layout per file: a folder as its owners publish it becomes rows and locations."""

from __future__ import annotations

SOURCES = {
    "hospital": "einthoven.cohort.sources.hospital:Hospital",
    "ptb_xl": "einthoven.cohort.sources.ptb_xl:PtbXl",
    "arrays": "einthoven.cohort.sources.arrays:Arrays",
    "cinc2021": "einthoven.cohort.sources.cinc2021:Cinc2021",
    "chapman_ningbo": "einthoven.cohort.sources.chapman_ningbo:ChapmanNingbo",
    "georgia": "einthoven.cohort.sources.georgia:Georgia",
    "cpsc2018": "einthoven.cohort.sources.cpsc2018:Cpsc2018",
    "ptb": "einthoven.cohort.sources.ptb:Ptb",
    "ludb": "einthoven.cohort.sources.ludb:Ludb",
    "incart": "einthoven.cohort.sources.incart:Incart",
    "cinc2011": "einthoven.cohort.sources.cinc2011:Cinc2011",
    "mimic_iv_ecg": "einthoven.cohort.sources.mimic_iv_ecg:MimicIvEcg",
    "echonext": "einthoven.cohort.sources.echonext:EchoNext",
    "code15": "einthoven.cohort.sources.code15:Code15",
    "sph": "einthoven.cohort.sources.sph:Sph",
    "uk_biobank": "einthoven.cohort.sources.uk_biobank:UkBiobank",
}
