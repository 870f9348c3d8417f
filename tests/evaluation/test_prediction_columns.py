from __future__ import annotations

import pyarrow as pa

from einthoven.evaluation.prediction_columns import WHAT_IS_REQUIRED, typed


def test_text_is_dictionary_encoded_and_numbers_get_their_type():
    """Large strings, dictionaries and integers as ids all end as one type."""
    values = {name: ["x"] for name in WHAT_IS_REQUIRED} | {"seed": [1], "truth": [1], "score": [1]}
    values["record_id"] = pa.array([7])
    values["label"] = pa.array(["AF"], pa.large_string())
    values["model"] = pa.array(["net"]).dictionary_encode()
    table = typed(pa.table(values))
    assert {str(table.schema.field(n).type) for n in ("record_id", "label", "model")} == {
        "dictionary<values=string, indices=int32, ordered=0>"
    }
    assert table["record_id"].to_pylist() == ["7"]
    assert (table.schema.field("score").type, table.schema.field("seed").type) == (pa.float64(), pa.int32())
