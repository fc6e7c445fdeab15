# Writes rows as pyarrow, pandas and datasets do, for the readers of src/dataset to be compared with.
# One case a line: {"rows": a file of JSON lines, "folder": where to write, "parts": rows of a row group and of a batch}; the answer is
# {"files": {what it is: its path}}.
import csv
import json
import os
import sys

import datasets
import pandas
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

datasets.disable_progress_bars()


def write_ipc(path, table, new, codec, parts):
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.OSFile(path, "wb") as sink, new(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=parts)


def write(rows, folder, parts):
    os.makedirs(folder, exist_ok=True)
    files = {}

    def at(what, name):
        files[what] = os.path.join(folder, name)
        return files[what]

    table = pa.Table.from_pylist(rows)
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        path = at(f"Parquet, {codec}", f"{codec}.parquet")
        pq.write_table(table, path, compression=codec, row_group_size=parts)
    pq.write_table(table, at("Parquet, data page v2", "v2.parquet"), data_page_version="2.0", use_dictionary=False)
    for codec in [None, "lz4", "zstd"]:
        write_ipc(at(f"Arrow stream, {codec}", f"stream-{codec}.arrow"), table, pa.ipc.new_stream, codec, parts)
        write_ipc(at(f"Arrow file, {codec}", f"file-{codec}.arrow"), table, pa.ipc.new_file, codec, parts)
    feather.write_feather(table, at("Feather", "table.feather"))
    dataset = datasets.Dataset.from_list(rows)
    dataset.save_to_disk(at("save_to_disk", "saved"), num_shards=min(2, len(rows)))
    datasets.DatasetDict({"train": dataset}).save_to_disk(at("save_to_disk of splits", "splits"))
    dataset.to_parquet(at("to_parquet", "datasets.parquet"), batch_size=parts)
    if all(isinstance(value, str) for row in rows for value in row.values()):
        pandas.DataFrame(rows).to_csv(at("CSV, pandas", "pandas.csv"), index=False)
        pandas.DataFrame(rows).to_csv(at("TSV, pandas", "pandas.tsv"), index=False, sep="\t", quoting=csv.QUOTE_ALL)
        pandas.DataFrame(rows).to_csv(at("CSV, gzip", "packed.csv.gz"), index=False)
    return files


def read(path):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    try:
        document = json.loads(text)
        return document if isinstance(document, list) else [document]
    except json.JSONDecodeError:
        return [json.loads(row) for row in text.split("\n") if row]


for line in sys.stdin:
    case = json.loads(line)
    rows = read(case["rows"])
    print(json.dumps({"files": write(rows, case["folder"], case["parts"])}), flush=True)
