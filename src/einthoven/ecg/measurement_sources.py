"""Where the definitions of the measurements come from, each source once."""

from __future__ import annotations

__all__ = [
    "AHA_CONDUCTION",
    "AHA_HYPERTROPHY",
    "AHA_REPOLARISATION",
    "AHA_TECHNOLOGY",
    "BAZETT",
    "CASALE",
    "CSE",
    "DAS",
    "ESC_FIBRILLATION",
    "FRAMINGHAM",
    "FRIDERICIA",
    "GOLDBERGER",
    "HODGES",
    "KORS",
    "MOLLOY",
    "MORRIS",
    "OUR_OWN",
    "SIEGEL",
    "SOKOLOW",
    "STRAUSS",
    "TASK_FORCE",
]

CSE = "CSE Working Party, Eur Heart J 1985;6:815"
AHA_TECHNOLOGY = "AHA/ACC/HRS part I, doi:10.1161/CIRCULATIONAHA.106.180200"
AHA_CONDUCTION = "AHA/ACCF/HRS part III, doi:10.1161/CIRCULATIONAHA.108.191095"
AHA_REPOLARISATION = "AHA/ACCF/HRS part IV, doi:10.1161/CIRCULATIONAHA.108.191096"
AHA_HYPERTROPHY = "AHA/ACCF/HRS part V, doi:10.1161/CIRCULATIONAHA.108.191097"
TASK_FORCE = "Task Force of ESC and NASPE 1996, doi:10.1161/01.CIR.93.5.1043"
BAZETT = "Bazett, Heart 1920;7:353"
FRIDERICIA = "Fridericia 1920, doi:10.1111/j.0954-6820.1920.tb18266.x"
FRAMINGHAM = "Sagie et al. 1992, doi:10.1016/0002-9149(92)90562-D"
HODGES = "Hodges et al., J Am Coll Cardiol 1983;1:694"
GOLDBERGER = "Goldberger 1942: aVF measures the vertical component times sqrt(3)/2"
KORS = "Kors et al. 1990, doi:10.1093/oxfordjournals.eurheartj.a059647"
SOKOLOW = "Sokolow and Lyon 1949, doi:10.1016/0002-8703(49)90562-1"
CASALE = "Casale et al. 1987, doi:10.1161/01.CIR.75.3.565"
MOLLOY = "Molloy et al. 1992, doi:10.1016/0735-1097(92)90376-X"
MORRIS = "Morris et al. 1964, doi:10.1161/01.CIR.29.2.242"
SIEGEL = "Siegel and Roberts, Am Heart J 1982;103:210"
DAS = "Das et al. 2006, doi:10.1161/CIRCULATIONAHA.105.595892"
ESC_FIBRILLATION = "ESC 2020, doi:10.1093/eurheartj/ehaa612"
STRAUSS = "Strauss et al. 2011, doi:10.1016/j.amjcard.2010.11.010"
OUR_OWN = "einthoven"
