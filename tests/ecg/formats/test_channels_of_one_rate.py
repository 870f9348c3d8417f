from __future__ import annotations

from einthoven.ecg.formats.channels_of_one_rate import channels_of_one_rate


def test_the_rate_of_most_standard_leads_is_kept_and_the_others_are_told():
    chosen = channels_of_one_rate(["V1", "ECG I", "", "II", "Resp"], [1000, 500, 500, 500, 25])
    assert chosen.rows == (1, 3)
    assert chosen.notes == (
        "left out, not among the 12 standard leads: channel 3, Resp",
        "left out, of another sampling rate: V1",
    )


def test_at_equal_numbers_the_higher_rate_is_kept():
    assert channels_of_one_rate(["I", "II"], [250, 500]).rows == (1,)


def test_without_a_standard_lead_the_commonest_rate_is_kept_for_a_human_to_name():
    assert channels_of_one_rate(["a", "b", "c"], [25, 500, 500]) == ((1, 2), ())
    assert channels_of_one_rate([], []) == ((), ())
