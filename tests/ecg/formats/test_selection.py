from __future__ import annotations

import pytest

from einthoven.ecg.formats.selection import select_standard_leads
from einthoven.errors import LeadError


def test_rows_are_put_in_canonical_order_and_others_left_out():
    chosen = select_standard_leads(["v1", "MLII", "AVF", "i", ""], where="rec")
    assert (chosen.rows, chosen.leads) == ((3, 2, 0), ("I", "aVF", "V1"))
    assert chosen.notes == ("left out, not among the 12 standard leads: MLII, signal 4",)


def test_doubled_leads_and_none_at_all_are_refused_by_name():
    with pytest.raises(LeadError, match=r"rec holds lead II twice \(rows 0 and 2\)"):
        select_standard_leads(["II", "V1", "Lead II"], where="rec")
    with pytest.raises(LeadError, match=r"none of the 12 standard leads .* only vx, vy"):
        select_standard_leads(["vx", "vy"], where="rec")
