from __future__ import annotations


def test_a_statement_counts_from_50_percent_on_or_where_its_likelihood_is_unknown(script):
    found = script("findings").findings_of_scp({"IMI": 50.0, "ASMI": 35.0, "AFIB": 0.0, "NOTHING": 100.0})
    assert found == {"infarct_inferior", "doubtful_infarct_anteroseptal", "fibrillation"}


def test_an_infarct_of_two_walls_is_two_findings(script):
    assert script("findings").findings_of_scp({"ILMI": 100.0}) == {"infarct_inferior", "infarct_lateral"}


def test_a_first_degree_block_of_ludb_is_not_taken_for_a_third_degree_one(script):
    findings = script("findings")
    assert findings.findings_of_ludb(["I degree av block"]) == {"av_first"}
    assert findings.findings_of_ludb(["Iii degree av-block"]) == {"av_third"}


def test_an_ecg_of_ludb_is_normal_when_nothing_but_sinus_rhythm_and_an_axis_is_said(script):
    findings = script("findings")
    axis = "Electric axis of the heart: normal"
    assert "normal" in findings.findings_of_ludb(["Sinus rhythm", axis, ""])
    assert "normal" not in findings.findings_of_ludb(["Sinus rhythm", axis, "Left atrial hypertrophy"])
    assert "normal" not in findings.findings_of_ludb([axis])


def test_an_ecg_belongs_to_every_group_of_which_it_has_a_finding(script):
    groups = script("findings").groups_of(frozenset({"lbbb", "infarct_inferior", "normal", "sinus"}))
    assert groups == {"LBBB", "MI", "MI inferior", "normal"}


def test_a_normal_ecg_without_sinus_rhythm_is_in_no_group(script):
    assert script("findings").groups_of(frozenset({"normal"})) == frozenset()
