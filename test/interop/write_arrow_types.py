# Writes a row of every type that Arrow's columns have, for what src/dataset makes of them to be compared with Python.
# One case a line: {"folder": where to write}; the answer is {"files": {what it is: its path}, "rows": [what the rows are]}. A value that JSON has no
# type for is what README and to-json.ts promise: dates and times ISO 8601 in UTC with milliseconds, decimals the nearest number, bytes text where they
# are UTF-8 and base64 else.
import base64
import datetime
import decimal
import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

UTC = datetime.timezone.utc
DAY = datetime.date(2026, 11, 25)
MOMENT = datetime.datetime(2026, 11, 25, 10, 30, 15, 250000, tzinfo=UTC)
COLUMNS = {
    "date32": (pa.date32(), [DAY, datetime.date(1969, 12, 31), None]),
    "date64": (pa.date64(), [DAY, datetime.date(1900, 1, 1), None]),
    "seconds": (pa.timestamp("s", "UTC"), [MOMENT.replace(microsecond=0), datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), None]),
    "millis": (pa.timestamp("ms", "UTC"), [MOMENT, datetime.datetime(2100, 1, 1, tzinfo=UTC), None]),
    "micros": (pa.timestamp("us", "UTC"), [MOMENT, datetime.datetime(1600, 1, 1, tzinfo=UTC), None]),
    "nanos": (pa.timestamp("ns", "UTC"), [MOMENT, datetime.datetime(1970, 1, 1, tzinfo=UTC), None]),
    "elsewhere": (pa.timestamp("us", "Asia/Tokyo"), [MOMENT, MOMENT, None]),
    "decimal": (pa.decimal128(12, 2), [decimal.Decimal("1234.50"), decimal.Decimal("-0.01"), None]),
    "whole": (pa.decimal128(20, 0), [decimal.Decimal("12345678901234567890"), decimal.Decimal("-7"), None]),
    "wide": (pa.decimal256(50, 10), [decimal.Decimal("3.1415926536"), decimal.Decimal("-100000.5"), None]),
    "map": (pa.map_(pa.string(), pa.int64()), [[("a", 1), ("b", None)], [], None]),
    "map_of_lists": (pa.map_(pa.string(), pa.list_(pa.string())), [[("x", ["y", "z"])], [("", [])], None]),
    "numbered": (pa.map_(pa.int32(), pa.string()), [[(7, "seven")], [(-1, "minus")], None]),
    "int8": (pa.int8(), [-128, 127, None]),
    "uint64": (pa.uint64(), [18446744073709551615, 0, None]),
    "int64": (pa.int64(), [-9223372036854775808, 9007199254740993, None]),
    "float16": (pa.float16(), [0.5, -2.0, None]),
    "float32": (pa.float32(), [0.5, 3.0, None]),
    "float64": (pa.float64(), [0.1, 1e300, None]),
    "bool": (pa.bool_(), [True, False, None]),
    "binary": (pa.binary(), ["né".encode(), b"\xff\x00", None]),
    "fixed": (pa.binary(2), [b"ab", b"\xff\xfe", None]),
    "large": (pa.large_string(), ["long", "", None]),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["red", "blue", None]),
    "fixed_list": (pa.list_(pa.int16(), 2), [[1, 2], [3, 4], None]),
    "large_list": (pa.large_list(pa.string()), [["a", None], [], None]),
    "nothing": (pa.null(), [None, None, None]),
}


def to_json(value, kind):
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {str(key): to_json(item, kind.item_type) for key, item in value}
    if isinstance(value, (list, tuple)):
        return [to_json(item, kind.value_type) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if kind.scale == 0 else float(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value


def write(folder):
    os.makedirs(folder, exist_ok=True)
    table = pa.table({name: pa.array(values, kind) for name, (kind, values) in COLUMNS.items()})
    files = {"Arrow stream": "types.arrow", "Arrow file": "types.feather", "Parquet": "types.parquet"}
    files = {what: os.path.join(folder, name) for what, name in files.items()}
    with pa.OSFile(files["Arrow stream"], "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    with pa.OSFile(files["Arrow file"], "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    pq.write_table(table, files["Parquet"])
    rows = []
    for r in range(table.num_rows):
        row = {name: to_json(values[r], kind) for name, (kind, values) in COLUMNS.items()}
        # A struct's null is no key, and a row is one.
        rows.append({name: value for name, value in row.items() if value is not None})
    # As text: the numbers of JSON as a whole are more than most parsers keep.
    return {"files": files, "rows": [json.dumps(row) for row in rows]}


for line in sys.stdin:
    print(json.dumps(write(json.loads(line)["folder"])), flush=True)
