"""Rows for the tests of Ray and Spark: reads a case a line from stdin and writes an answer for each.

{"write": files of rows, "to": folder} → {"ids": name of each row}: all rows in two Parquet files of one schema, with a column `row_id`.
{"read": folder} → {"rows": [...]}: what an engine wrote there as Parquet.
"""

import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def read_json(path):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    try:
        document = json.loads(text)
        return document if isinstance(document, list) else [document]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line]


def with_typed_content(row):
    # A column of Arrow has one type: where some messages have parts, all have.
    for message in row.get("messages", []):
        if isinstance(message["content"], str):
            message["content"] = [{"type": "text", "value": message["content"]}]
    return row


def write(paths, folder):
    rows = [
        {"row_id": f"{os.path.basename(path)}:{i}", **with_typed_content(row)}
        for path in paths
        for i, row in enumerate(read_json(path))
    ]
    # Table.from_pylist would take the columns of the first row alone.
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    os.makedirs(folder)
    half = len(rows) // 2
    pq.write_table(table.slice(0, half), os.path.join(folder, "0.parquet"))
    pq.write_table(table.slice(half), os.path.join(folder, "1.parquet"))
    return {"ids": [row["row_id"] for row in rows]}


for line in sys.stdin:
    case = json.loads(line)
    answer = write(case["write"], case["to"]) if "write" in case else {"rows": pq.read_table(case["read"]).to_pylist()}
    print(json.dumps(answer), flush=True)
