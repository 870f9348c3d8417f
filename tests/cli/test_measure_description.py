"""The JSON of one ECG's measurements holds every number with its validity."""

from __future__ import annotations

import json

from einthoven.cli.inspect_description import to_json
from einthoven.cli.measure_description import describe
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurements import measured_waves
from fakes.synthetic_ecg import synthetic_ecg


def _told(record):
    location = RecordLocation(record.record_id, "/data/a.xml", "muse")
    return json.loads(to_json(describe(record, location, measured_waves(record).measurements)))


def test_every_quantity_of_the_ecg_and_of_each_lead_is_there():
    told = _told(synthetic_ecg(leads=("I", "II"), duration_s=5.0).record)
    assert list(told["measurements"]) == list(QUANTITIES)
    assert list(told["lead_measurements"]) == list(STANDARD_LEADS)
    assert all(list(values) == list(LEAD_QUANTITIES) for values in told["lead_measurements"].values())
    absent = told["lead_measurements"]["V1"]["r_mv"]
    assert absent == {"value": None, "unit": "mV", "validity": "absent", "reason": "lead missing"}
    assert told["measurements"]["rr_ms"]["validity"] == "measured"


def test_the_machine_s_numbers_stand_apart_and_are_compared():
    told = _told(synthetic_ecg(measurements={"qrs_ms": 88.0, "x_ms": 1.0}).record)
    assert told["machine"] == {"qrs_ms": 88.0, "x_ms": 1.0}
    (compared,) = told["comparison"]
    assert compared["name"] == "qrs_ms"
    assert compared["difference"] == told["measurements"]["qrs_ms"]["value"] - 88.0
