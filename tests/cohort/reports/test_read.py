from __future__ import annotations

import pytest

from einthoven.cohort.reports.read import read_report
from einthoven.errors import CohortError

METHODS = {
    "s": "simpson",
    "m": "m_mode",
    "v": "visual",
    "o": "other",
    "u": "unnamed",
    "q": "qualitative",
}
# a line is a report, and behind the last bar its values: a number, a range or a bound, and the method's first letter
LVEF = """
The left ventricular ejection fraction, as assessed by visual estimation, is 60-65%. | 60-65 v
Left ventricular ejection fraction by 2D biplane Simpson's is 62%. | 62 s
EF (biplane): 54.3 % | 54.3 s
LVEF 3D 51 % | 51 s
LV Ejection Fraction (Teich) 66.4 % | 66.4 m
EF(Teich): 70% FS(Teich): 40% | 70 m
EF(A4C) 48 %, EF(A2C) 52 %, EF(BP) 50 % | 48 s; 52 s; 50 s
MOD-sp4 EF 44%, MOD-sp2 EF 47% | 44 s; 47 s
LVEF (M-mode/Simpson) 62/58 % | 62 m; 58 s
EF = 60 - 65 % | 60-65 u
EF: 60 to 65 percent | 60-65 u
LVEF>55% | >55 u
LVEF > or = 55% | >55 u
LVEF is greater than 70% | >70 u
LVEF less than 20% | <20 u
EF <20% | <20 u
EF approximately 45% | 45 u
Estimated EF is 25-30%. | 25-30 u
Overall left ventricular systolic function is severely impaired with an EF of 15-20%. | 15-20 u
LV systolic function is low normal (LVEF 50-55%). | 50-55 u
Normal left ventricular systolic function, EF 65%. | 65 u
Hyperdynamic LV systolic function (EF>75%). | >75 u
Visually estimated ejection fraction is 35 +/- 5%. | 35 v
The LVEF has improved from 30% to 45%. | 45 u
The LVEF has improved to 45% from 30%. | 45 u
EF is now 45%, previously 30%. | 45 u
EF 45% (was 30%). | 45 u
EF 45% (30% on prior). | 45 u
EF 45% (prior EF 30%) | 45 u
EF 45% vs 30% on last echo. | 45 u
Compared with the prior echo from 2019 (EF 30%), the EF is 45%. | 45 u
LVEF declined by 10% to 45%. | 45 u
No change in LVEF (55%) from previous study. | 55 u
LVEF unchanged, 55%. | 55 u
LVEF remains 55%. | 55 u
LVEF stable at 55-60% compared to 2019. | 55-60 u
Since the last study EF dropped to 40%. | 40 u
Last EF 40%. |
Prior EF of 40%. |
Previous LVEF: 40%, current LVEF: 50% | 50 u
His last known EF was 25%. |
Known EF 25%. | 25 u
EF goal > 50%. |
Normal EF is 55-70%. |
Normal: LVEF 52-72% |
LVEF 45% (normal range 52-72%) | 45 u
LVEF 45% (Ref: 52-72) | 45 u
LVEF 45% (N: 52-72%) | 45 u
LVEF 45 % [>= 55] | 45 u
LVEF: 45 % (>55%) | 45 u
LVEF (N > 55%): 45% | 45 u
RVEF 40%, LVEF 45% | 45 u
RV EF by 3D 40% |
right ventricular ejection fraction 40% |
LA ejection fraction 40%. |
LAEF 55 LVEF 45 | 45 u
The EF slope is 55 mm/s. |
EF slope 55 |
Ejection time 280 ms |
EFW 2500 g, EF n/a |
Unable to estimate ejection fraction. |
LVEF could not be assessed due to poor windows. |
LVEF: ___ % |
LVEF: N/A |
EF not calculated |
EF ?% |
?EF 30% |
EF 30%? |
Possible EF < 30%? |
Evaluate LVEF. History of EF 30%. |
Indication: cardiomyopathy, EF 30% in 2015. EF today 45%. | 45 u
Reason for study: low EF. |
ICD is indicated if EF remains <= 35% |
Meets criteria for CRT (EF < 35%) |
LVEF at rest 55%; at peak dose 70%. | 55 u; 70 o
Resting EF 55%, post-exercise EF 70%. | 55 u; 70 o
Dobutamine stress echo. Baseline EF 55%. Peak EF 70%. | 55 u; 70 o
With exercise the EF increased from 55% to 70%. | 70 o
LVEF 55 % by MUGA. | 55 o
Cardiac MRI LVEF 48%. | 48 o
EF by contrast echo 48%. | 48 s
With Definity, LVEF is 48%. | 48 s
LVEF by 3D volume 48%, by 2D biplane 50% | 48 s; 50 s
LVEF (auto) 48 % | 48 u
EF (eyeball) 40 % | 40 v
EF 40% by eyeball | 40 v
Visual EF ~40% | 40 v
eye-ball EF: 40% | 40 v
EF=40%(visual), 43.2%(Simpson) | 40 v; 43.2 s
EF: M-mode 62%, Simpson 58% | 62 m; 58 s
EF 62% (M-mode) 58% (modified Simpson's) | 62 m; 58 s
EF (M) 62 % | 62 u
Simpson EF: 58 | 58 s
Biplane Simpson's method was used. LVEF 58%. | 58 s
LVEF 58%. (Biplane Simpson) | 58 s
M-mode: LVIDd 50 mm, LVIDs 33 mm, EF 62% | 62 m
2D: EF (Simpson) 58% | 58 s
LVEF, biplane: 58% | 58 s
LVEF calculated using the modified Simpson's rule in apical 4- and 2-chamber views = 58% | 58 s
Simpson's single plane 4-ch EF 58% | 58 s
EF 4ch 58 % 2ch 56 % | 58 s; 56 s
LV EF 58%(by 2D), 60%(by MM) | 58 u; 60 m
EF 0.58 | 58 u
EF = .58 | 58 u
EF: 58.2% | 58.2 u
EF 58,2 % | 58.2 u
EF-58% | 58 u
EF:58 | 58 u
EF~58% | 58 u
LVEF = 58 +/- 4 % | 58 u
LVEF (%): 58 | 58 u
LVEF [%] 58 | 58 u
LVEF% 58 | 58 u
%EF 58 | 58 u
EF (%) = 58 | 58 u
EF: 58 (%) | 58 u
LVEF(Simpson)(%) : 58 | 58 s
LVEF, % 58 | 58 u
E.F.: 58% | 58 u
Ejection Fraction 58 | 58 u
58% EF | 58 u
an EF of 58% | 58 u
ejection fraction estimated around 55% visually | 55 v
low 50s EF |
LVEF in the low 50s. | 50-53 u
LVEF in the mid-50s | 54-56 u
LVEF is in the 50s | 50-59 u
LVEF 50's | 50-59 u
LVEF at least 55% | >55 u
LVEF up to 40% | <40 u
LVEF no more than 30% | <30 u
LVEF not less than 55% | >55 u
LVEF 55% or greater | >55 u
LVEF 55%+ | >55 u
LVEF between 45 and 50% | 45-50 u
LVEF 45/50% | 45-50 u
LVEF is within normal limits | >50 q
Normal EF. | >50 q
EF normal | >50 q
LV function: normal | >50 q
Preserved LVEF | >50 q
Good LV systolic function | >50 q
Normal biventricular systolic function | >50 q
LV and RV systolic function are normal. | >50 q
Mild LV dysfunction | 41-51 q
LV systolic function is moderately to severely reduced. | <40 q
Severely reduced LVEF | <30 q
LV function poor | <50 q
EF reduced | <50 q
LV EF mildly decreased | 41-51 q
Mildly depressed left ventricular systolic function | 41-51 q
moderate global LV hypokinesis |
HFpEF. |
RV systolic function is normal. |
Normal RV function, LV function mildly reduced | 41-51 q
Diastolic dysfunction grade 2. |
No LV systolic dysfunction | >50 q
LV systolic function is not reduced. | >50 q
LVEF 추정 55% | 55 u
좌심실 구혈율 55% (Simpson) | 55 s
좌심실구혈률(LVEF): 45.3% | 45.3 u
EF 55%로 정상 | 55 u
EF 60% 이상 | >60 u
EF 30% 미만 | <30 u
EF 30-35%정도로 저하 | 30-35 u
이전 검사 EF 35%, 이번 검사 EF 50% | 50 u
이전에 비해 EF 호전 (35% -> 50%) | 50 u
과거 EF 30% 였으나 현재 50% | 50 u
EF 50% (이전 35%) | 50 u
EF 측정 불가 |
육안상 EF 45% | 45 v
EF는 육안적으로 45% 정도 | 45 v
EF는 Simpson법으로 45%, 육안으로 50% | 45 s; 50 v
M-mode EF 62%, biplane EF 55% | 62 m; 55 s
좌심실 수축기능은 정상임 | >50 q
좌심실 수축기능 저하 | <50 q
중등도의 좌심실 수축기능 저하 | 30-40 q
좌심실 수축기능 보존 | >50 q
정상 EF 는 55% 이상 |
1. Normal LV cavity size and systolic function (LVEF = 64% by modified Simpson's method) | 64 s
- LV EF : 64 % ( M-mode ) | 64 m
#1. Global LV systolic dysfunction, EF 28% by Simpson | 28 s
LVEDV 120 ml LVESV 60 ml LVEF 50 % | 50 u
LVIDd 48 LVIDs 30 EF 66 FS 36 | 66 u
EDV(bp) 120ml, ESV(bp) 60ml, EF(bp) 50% | 50 s
SV 60 ml, EF 50, CO 4.2 | 50 u
IVSd 10 mm; LVIDd 48 mm; LVEF 64 % | 64 u
HR 72, BP 120/80, EF 64 | 64 u
65 y/o male with EF 35% | 35 u
72 yo M with HFrEF (EF 25%) | 25 u
EF 25% in a 72 year old | 25 u
LVEF was 60%. | 60 u
LVEF had been 30%; it is 45% now. | 45 u
In 2018 the LVEF was 30%. Today it is 45%. | 45 u
EF 35% (3/2019), 40% (9/2019), 45% (today) | 45 u
GLS -18%, EF 60% | 60 u
EF 60%, GLS -18% | 60 u
Stenosis of LAD 70%, EF 45% | 45 u
EF is 45%, 10% lower than before. | 45 u
LVEF calculated from volumes: 45% | 45 u
LV EF, single-plane: 45% | 45 s
LVEF estimated by Teichholz formula is 45% | 45 m
EF (cube) 70% | 70 m
EF by Quinones 45 | 45 m
Simpson not possible because of poor windows; visually EF 45% | 45 v
EF 45 by area-length | 45 o
LVEF: 45% by visual; 47% by Simpson's biplane; 50% by 3D | 45 v; 47 s; 50 s
LVEF 45%, mildly reduced. | 45 u
mildly reduced LVEF of 45-50% | 45-50 u
LVEF reduced at 45 % | 45 u
LVEF depressed, estimated 25% | 25 u
Ejection fraction: 55-60%. Compared to 2019, unchanged. | 55-60 u
EF 65 (Teichholz) | 65 m
LVEF 45 % (Simpson 4ch 43 %, 2ch 47 %) | 45 u; 43 s; 47 s
AS with LVEF 45% | 45 u
EF by 2D Simpson 45% by 3D 50% | 45 s; 50 s
EF M-mode/2D: 62/58 % | 62 m; 58 u
LVEF 55,5 % | 55.5 u
LVEF: 45 5 | 45 u
LVEF=5 5% |
EF l5% | 15 u
EF 55 %% | 55 u
Ejection Fraction:55percent | 55 u
EF55 | 55 u
LVEF is 55.0%, normal. | 55 u
LVEF: 55 % . | 55 u
fifty-five percent ejection fraction | 55 u
EF of sixty percent | 60 u
LVEF estimated at fifty to fifty-five percent | 50-55 u
HFpEF is defined as EF >= 50% |
HFmrEF (LVEF 41-49%) |
HFrEF: EF <= 40 % |
In DAPA-HF, LVEF <= 40 % was required. |
ACEi recommended when LVEF is below 40% |
LVEF below 40% | <40 u
Consider ICD if LVEF remains < 35 % after 3 months of therapy. |
EF must be above 50% for this drug. |
EF is expected to be 50% |
Tel 02-555-1234, EF report pending |
LVEF: see below |
LVEF: pending |
EF (see page 45) |
LVEF not reported, HR 72 |
LVEF - |
LVEF: -- % |
LVEF: xx % |
LVEF TBD |
EF deferred |
LVEF suboptimal for assessment |
LVEF grossly normal | >50 q
LVEF appears normal | >50 q
LVEF probably normal | >50 q
Grossly normal LV systolic function | >50 q
LV systolic function is within the normal range | >50 q
LV systolic function at the lower limit of normal | 50-55 q
Vigorous LV systolic function | >70 q
Mild to moderate LV systolic dysfunction | 30-51 q
EF markedly reduced | <30 q
Severe left ventricular systolic dysfunction | <30 q
Moderately severely reduced LV function | <40 q
LV function is not normal | <50 q
reduced ejection fraction | <50 q
LVEF (reduced) | <50 q
EF is impaired (moderate) | <50 q
The patient has heart failure with reduced ejection fraction. |
Heart failure with preserved EF |
RV function is mildly reduced; LV function is preserved. | >50 q
LV function preserved, RV function mildly reduced | >50 q
RVEF 45%, LV function normal | >50 q
systolic function of the RV is reduced |
Regional wall motion: normal. LVEF: 60%. | 60 u
LVEF 60% with no RWMA, normal RV function | 60 u
LV: normal size, EF 60% | 60 u
LV: normal size and function. RV: dilated, reduced function. | >50 q
Left ventricle: Normal cavity size. Normal systolic function. EF 55-60%. | 55-60 u
LV ejection fraction by visual estimate is 55%, by biplane is 57%, and by 3D is 58%. | 55 v; 57 s; 58 s
LVEF: 55% visually, 57% biplane, 58% 3D | 55 v; 57 s; 58 s
EF - visual: 55%, biplane: 57% | 55 v; 57 s
EF visual 55%, EF biplane 57% | 55 v; 57 s
EF(visual/biplane): 55/57% | 55 v; 57 s
EF (visual): 55%; EF (Simpson, biplane): 57%; EF (Teichholz): 60% | 55 v; 57 s; 60 m
M-mode EF = 62%; 2D EF = 58% | 62 m; 58 u
LVEF (Modified Simpson method, A4C & A2C) 58 % | 58 s
LVEF (A4C) 58% | 58 s
LVEF=58% (by modified Simpson method) | 58 s
LVEF=58% by mod. Simpson's | 58 s
EF(Mod. Simpson)=58 | 58 s
EF (2D-Simpson): 58% | 58 s
EF by Simson's 58% | 58 s
Simpsons EF 58% | 58 s
EF by Teicholz 65 | 65 m
EF by Teichholtz' formula: 65 % | 65 m
EF Teich 65 | 65 m
LVEF by gated SPECT 45% | 45 o
LVEF on cardiac MRI: 45% | 45 o
LVEF was 45% on MUGA | 45 o
CMR in 2020: LVEF 45%. Echo today: LVEF 50% | 50 u
LVEF by LV gram 45% | 45 o
LVG: EF 45% | 45 o
EF on ventriculography 45% | 45 o
LVEF 45% (QGS) | 45 o
LVEF ≈ 45% | 45 u
LVEF ~ 45 % | 45 u
LVEF c/w 45% | 45 u
LVEF, 45% | 45 u
LVEF; 45% | 45 u
LVEF is now 45% compared to 30% previously | 45 u
LVEF is 45% as compared to 30% in January 2019 | 45 u
LVEF 45% - prior 30% | 45 u
LVEF 45% [prior 30%] | 45 u
LVEF 45% (30% in 2019) | 45 u
LVEF 45% (2019: 30%) | 45 u
LVEF 45% (before: 30%) | 45 u
LVEF 45% (from 30%) | 45 u
LVEF 45% (up from 30%) | 45 u
LVEF 45%, up from 30% | 45 u
LVEF 45%, improved from 30% | 45 u
LVEF has fallen to 30%, from 45% | 30 u
LVEF fell from 45% to 30% | 30 u
LVEF went from 45% to 30% | 30 u
LVEF 45% to 30% over 2 years, decline | 30 u
LVEF of 30%, down from 45% | 30 u
Previously 45%, LVEF is now 30% | 30 u
Prior studies showed LVEF of 45%. |
Outside echo: EF 45% |
EF 45% at outside hospital |
EF reportedly 45% | 45 u
Last echo 2018: EF 45% |
Prior echo (3/2/2018) showed EF 45%, mild MR |
EF in 2018: 45% |
EF (2018) 45%, EF (2021) 30% | 30 u
2018 EF 45%; 2021 EF 30% | 30 u
pre-op EF 45%, post-op EF 55% | 55 u
Pre-op EF 45%. | 45 u
Before CRT EF 25 %, after CRT EF 40% | 40 u
Initial EF 25%, current EF 40% | 40 u
EF 25% at diagnosis; now 40% | 40 u
EF recovered from 25% (2019) to 55% | 55 u
EF recovered to 55% (25% in 2019) | 55 u
EF nadir 25%, now 55% | 55 u
Goal EF > 50 |
Threshold EF 35% |
Reference EF 55-70 |
LVEF reference range 52-72% |
LVEF 60% (M: 52-72, F: 54-74) | 60 u
LVEF 60% (52-72) | 60 u
LVEF 60 52-72 % | 60 u
LVEF normal >=55% | >55 u
Normal LVEF (>=55%) | >55 u
LVEF within normal limits (>55%) | >55 u
LVEF is preserved at 55% | 55 u
EF preserved, 55-60% | 55-60 u
EF? |
EF? 55% | 55 u
EF 55%, ? reduced | 55 u
EF 55%?  |
LVEF cannot be determined |
EF not obtained because of irregular rhythm (HR 120) |
No EF available; previous EF 45% |
EF n.a. |
EF: unable |
EF incalculable |
정상 EF (>55%) | >55 u
EF 45%, 이전 EF 30% | 45 u
EF 45% (작년 30%) | 45 u
EF 45% (2019년 30%) | 45 u
2019년 EF 30%, 2021년 EF 45% | 45 u
EF가 30%에서 45%로 증가 | 45 u
EF가 45%로 30%에 비해 호전 | 45 u
지난번 30%에 비해 45%로 호전된 EF | 45 u
EF 45~50% 정도 | 45-50 u
EF 약 45% | 45 u
EF 대략 45% | 45 u
EF 45%내외 | 45 u
EF 40%대 | 40-49 u
EF 40%대 후반 | 47-49 u
EF 50% 전후 | 50 u
EF 최소 50% | >50 u
EF 50%를 넘음 | >50 u
EF 50% 초과 | >50 u
EF 40% 이하로 저하 | <40 u
EF 목표 50% 이상 |
정상치 EF 55-70% |
EF 정상 범위 | >50 q
EF 정상 | >50 q
구혈률 정상 | >50 q
구혈률 감소 | <50 q
구혈률 보존됨 | >50 q
심한 좌심실 수축기능 저하 | <30 q
좌심실 수축기능이 중등도로 감소 | 30-40 q
좌심실 수축기능 경도 저하 | 41-51 q
우심실 수축기능 저하 |
좌심실 이완기능 저하 |
우심실 구혈률 40% |
구혈률 측정이 불가능함 |
구혈률 측정 못함 |
심초음파상 구혈률 45%, LVIDd 55 mm | 45 u
좌심실 박출률 45% | 45 u
박출계수 45 % | 45 u
심박출률 45 % | 45 u
LV EF(심슨) 45% | 45 s
심슨법으로 측정한 EF는 45% | 45 s
육안적 EF 45% 정도 | 45 v
M-mode상 EF 62%, Simpson법 상 EF 55% | 62 m; 55 s
Calculated LVEF (biplane Simpson) of 47 % | 47 s
The LV ejection fraction by 3D echocardiography was 53% and by Teichholz 61%. | 53 s; 61 m
LV systolic function appears moderately impaired visually with EF in the region of 35-40%. | 35-40 v
EF by eye 50% | 50 v
LV ejection fraction (EF) = 52.3% | 52.3 u
Estimated LVEF: >=60% | >60 u
EF > 60 % (normal) | >60 u
There has been interval improvement in LVEF, from 25% in May 2019 to 50% currently. | 50 u
Compared with the report of 03/2018, the LVEF has dropped from 60% to 45%. | 45 u
LVEF 45% today versus 60% last year | 45 u
LVEF (2D, visual): 40-45 % | 40-45 v
LVEF(modified biplane Simpson's)= 61.2 % | 61.2 s
EF(Cubed) 70 % EF(Teich) 65 % | 70 m; 65 m
Impaired LV systolic function. | <50 q
Good biventricular function. | >50 q
LV systolic function: mildly impaired (LVEF 48% biplane). | 48 s
No previous echo for comparison. LVEF 55%. | 55 u
LVEF 55% (no change from previous). | 55 u
Please repeat if LVEF < 50%. LVEF today 52%. | 52 u
The RV ejection fraction is 40% and the LV ejection fraction 55%. | 55 u
EF of 20% to 25% by visual estimate | 20-25 v
Left ventricular EF normal at 60% to 65%. | 60-65 u
LV EF 60 %, LV FS 32 % | 60 u
LVEF:60%,FS:32%,LVIDd:48mm | 60 u
좌심실 구출률은 60%로 정상이며 국소벽운동장애는 없음 | 60 u
EF 35%로 이전(45%)보다 감소 | 35 u
이전 심초음파(EF 45%)와 비교하여 EF 35%로 감소함 | 35 u
LVEF 60% (biplane Simpson법) | 60 s
정상 좌심실 수축기능 (LVEF 62%) | 62 u
EF: 28% (severely reduced) | 28 u
LVEF by contrast-enhanced 2D Simpson 33% | 33 s
EF by M-mode not reliable due to RWMA; Simpson EF 38% | 38 s
EF is hyperdynamic, > 70% | >70 u
Visually estimated LVEF 60 %; GLS -20 % | 60 v
LVEF 57% ± 3% | 57 u
EF 41.5 % by 4D auto LVQ | 41.5 s
""".strip().splitlines()
# the same with the quantity's name in front
OTHERS = """
LVIDd 5.2 cm, LVIDs 3.4 cm | lvidd_mm 52; lvids_mm 34
LVIDd: 52 mm (normal 42-58) | lvidd_mm 52
LVEDD 60 LVESD 48 | lvidd_mm 60; lvids_mm 48
LVIDd/s 60/48 mm | lvidd_mm 60; lvids_mm 48
LVEDD/LVESD = 60/48 mm | lvidd_mm 60; lvids_mm 48
IVSd/LVPWd 11/10 mm | ivs_mm 11; pw_mm 10
IVS 1.1 cm PW 1.0 cm | ivs_mm 11; pw_mm 10
Septum 12 mm, posterior wall 11 mm | ivs_mm 12; pw_mm 11
LA 4.5 cm | la_diameter_mm 45
LA diameter: 38 mm | la_diameter_mm 38
Left atrium is dilated at 46 mm | la_diameter_mm 46
LA (AP) 38mm | la_diameter_mm 38
LAVI 42 ml/m2 | la_volume_index 42
LA volume index: 42.3 mL/m² | la_volume_index 42.3
E/e' 14.2 | e_e_prime 14.2
E/E' = 15 | e_e_prime 15
E/e’ (septal) 18 | e_e_prime 18
E/Em 11 | e_e_prime 11
average E/e' ratio is 9 | e_e_prime 9
E/e' ratio of 12 | e_e_prime 12
septal e' 6 cm/s, lateral e' 8 cm/s, E/e' 12 | e_e_prime 12
E 0.8 m/s, A 0.6 m/s | e_velocity 0.8; a_velocity 0.6
E velocity 80 cm/s; A velocity 60 cm/s; DT 200 ms | e_velocity 0.8; a_velocity 0.6
E/A 80/60 cm/s | e_velocity 0.8; a_velocity 0.6
E/A ratio 1.3 |
E wave 0.9 m/s | e_velocity 0.9
TR Vmax 3.1 m/s, RVSP 48 mmHg | tr_vmax 3.1; rvsp 48
TR Vmax = 2.8 m/sec (TR PG 31 mmHg) | tr_vmax 2.8
TR jet velocity 280 cm/s | tr_vmax 2.8
peak TR velocity is 2.5 m/s | tr_vmax 2.5
Estimated PASP 35-40 mmHg | rvsp 35-40
RVSP is estimated at 55 mmHg assuming RA pressure of 8 mmHg | rvsp 55
PASP could not be estimated. |
RVSP 30 + RAP | rvsp 30
RVSP > 60 mmHg | rvsp >60
TAPSE 18 mm | tapse_mm 18
TAPSE 1.8 cm | tapse_mm 18
GLS -18.2% | gls -18.2
GLS: - 18.2 % | gls -18.2
GLS = 18.2 % | gls 18.2
Global longitudinal strain is -15.3% (normal < -18%) | gls -15.3
LVMI 120 g/m2 | lv_mass_index 120
LV mass index: 95 g/m² | lv_mass_index 95
LV mass 200 g, LV mass index 110 | lv_mass_index 110
Mild AR | aortic_regurgitation 1
Trace TR, mild MR | tricuspid_regurgitation 0.5; mitral_regurgitation 1
mild to moderate MR | mitral_regurgitation 1.5
moderate-to-severe mitral regurgitation | mitral_regurgitation 2.5
Moderate to severe MR. Severe TR. | mitral_regurgitation 2.5; tricuspid_regurgitation 3
MR (moderate), TR (mild) | mitral_regurgitation 2; tricuspid_regurgitation 1
MR mild TR moderate | mitral_regurgitation 1; tricuspid_regurgitation 2
MR: trace. TR: none. AR: mild. | mitral_regurgitation 0.5; tricuspid_regurgitation 0; aortic_regurgitation 1
No significant valvular disease. |
No AS. Mild AR. | aortic_stenosis 0; aortic_regurgitation 1
No MR or TR | mitral_regurgitation 0; tricuspid_regurgitation 0
There is no aortic stenosis or regurgitation. | aortic_stenosis 0; aortic_regurgitation 0
No mitral stenosis, mild mitral regurgitation | mitral_stenosis 0; mitral_regurgitation 1
Aortic valve: trileaflet, no stenosis, trace regurgitation. | aortic_stenosis 0; aortic_regurgitation 0.5
Mitral valve: mildly thickened. Moderate regurgitation. | mitral_regurgitation 2
Mild mitral and tricuspid regurgitation | mitral_regurgitation 1; tricuspid_regurgitation 1
mild MR/TR | mitral_regurgitation 1; tricuspid_regurgitation 1
MR grade II, TR grade I, AR Gr III | mitral_regurgitation 2; tricuspid_regurgitation 1; aortic_regurgitation 2.5
MR II/IV | mitral_regurgitation 2
MR 2+/4+ | mitral_regurgitation 2
1+ MR, 2+ TR | mitral_regurgitation 1; tricuspid_regurgitation 2
Severe AS (AVA 0.8 cm2, mean PG 45 mmHg) | aortic_stenosis 3
AS, severe | aortic_stenosis 3
Severe degenerative AS with mild AR | aortic_stenosis 3; aortic_regurgitation 1
mod MS | mitral_stenosis 2
MR has improved from severe to mild | mitral_regurgitation 1
Previously severe MR, now mild MR | mitral_regurgitation 1
Moderate AR (previously mild) | aortic_regurgitation 2
Trivial PR | pulmonary_regurgitation 0.5
Physiologic TR | tricuspid_regurgitation 0.5
경도의 승모판 역류, 중등도 삼첨판 역류 | mitral_regurgitation 1; tricuspid_regurgitation 2
승모판 역류 없음 | mitral_regurgitation 0
중증 대동맥판 협착증 | aortic_stenosis 3
대동맥판막 협착 없음 | aortic_stenosis 0
PR interval 180 ms |
The patient is referred as severe case. |
MR jet area 8 cm2, severe MR | mitral_regurgitation 3
AR PHT 300 ms, moderate AR | aortic_regurgitation 2
Cardiac MR shows severe fibrosis |
Functional MR, moderate. | mitral_regurgitation 2
Prosthetic aortic valve without regurgitation | aortic_regurgitation 0
LAD 70% stenosis, LCX 30%, RCA no stenosis | stenosis_lad 70; stenosis_lcx 30
70-80% stenosis in the mid LAD | stenosis_lad 70-80
Left main: 20% stenosis | stenosis_lm 20
pLAD: 50-69% stenosis | stenosis_lad 50-69
RCA stenosis 90 % | stenosis_rca 90
mid RCA 90% luminal narrowing | stenosis_rca 90
stenosis > 70% of proximal LAD | stenosis_lad >70
global MFR 1.8 | mfr 1.8
MFR: 2.3 | mfr 2.3
myocardial flow reserve was 1.6 globally | mfr 1.6
Global MFR 1.4 (normal > 2.0) | mfr 1.4
LAD 40 mm | la_diameter_mm 40
""".strip().splitlines()


def bounds(written: str) -> tuple[float | None, float | None]:
    if written[0] == ">":
        return float(written[1:]), None
    if written[0] == "<":
        return None, float(written[1:])
    low, _, high = written[1:].partition("-")
    return float(written[0] + low), float(high or written)


def values(written: str) -> list[list[str]]:
    return [one.split() for one in written.split(";") if one.strip()]


@pytest.mark.parametrize("line", LVEF)
def test_an_lvef_is_read_with_its_bounds_and_method(line):
    text, _, expected = line.rpartition("|")
    wanted = [(*bounds(number), METHODS[method]) for number, method in values(expected)]
    assert [(one.low, one.high, one.method) for one in read_report(text.strip(), quantities=["lvef"])] == wanted


@pytest.mark.parametrize("line", OTHERS)
def test_other_quantities_are_read_with_their_bounds(line):
    text, _, expected = line.rpartition("|")
    wanted = {(quantity, *bounds(number)) for quantity, number in values(expected)}
    assert {(one.quantity, one.low, one.high) for one in read_report(text.strip())} == wanted


def test_a_quantity_that_no_rule_knows_is_refused_with_the_nearest():
    with pytest.raises(CohortError, match="lvef"):
        read_report("EF 55 %", quantities=["lvfe"])


def test_asking_for_one_quantity_finds_what_asking_for_all_does():
    text = "LVEF 48 % (biplane), GLS -15 %. Mild MR, no AS. TAPSE 18 mm. EF 50 % visually."
    everything = read_report(text)
    assert read_report(text, quantities=["lvef"]) == tuple(one for one in everything if one.quantity == "lvef")
    assert {one.quantity for one in everything} == {
        "lvef",
        "gls",
        "mitral_regurgitation",
        "aortic_stenosis",
        "tapse_mm",
    }


def test_stress_makes_a_value_one_of_another_method():
    rest, stress = read_report("EF 55 % at rest, 65 % at peak stress")
    assert (rest.method, rest.flags) == ("unnamed", ("no method named",))
    assert (stress.method, stress.flags) == ("other", ("stress",))


def test_flags_say_what_a_number_leaves_open():
    assert read_report("EF > 55 %")[0].flags == ("inequality", "low excluded", "no method named")
    assert read_report("EF 55 +/- 5 % by Simpson")[0].flags == ("plus-minus",)
    assert read_report("EF (MOD-sp4) 44 %")[0].flags == ("single plane",)
    assert read_report("EF mid 50s (visual)")[0].flags == ("decade",)
    assert read_report("EF 5O % (visual)")[0].flags == ("misspelt",)


def test_words_count_only_where_no_number_does():
    assert [one.method for one in read_report("Preserved LV systolic function. EF 56 % (visual).")] == ["visual"]
    [only] = read_report("LV systolic function is moderately reduced.")
    assert (only.value, only.low, only.high, only.text) == (None, 30, 40, "moderately reduced")


def test_a_table_is_read_by_its_columns():
    text = "Parameter | Prior | Current | Normal\nLVEF | 35 | 48 | 52-72\nLVIDd (mm) | 61 | 58 | 42-58\n"
    assert [(one.quantity, one.value) for one in read_report(text)] == [("lvef", 48), ("lvidd_mm", 58)]


def test_a_heading_names_the_method_of_the_lines_below():
    text = "< M-mode >\nLVIDd 52 mm\nEF 63 %\n\n< 2D >\nEF (Simpson) 58 %\n\nConclusion\nEF 58 %\n"
    methods = [one.method for one in read_report(text, quantities=["lvef"])]
    assert methods == ["m_mode", "simpson", "unnamed"]
