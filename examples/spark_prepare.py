"""Prepares chats with Spark: each task sends its partition through a `lossline worker` process.

    spark-submit spark_prepare.py chats.parquet prepared --tokenizer ./Qwen3-0.6B --max-length 4096

What is no option of this program goes to `lossline worker`. LOSSLINE_COMMAND names another lossline than the installed one.
"""

import argparse
import os
import shlex
import subprocess

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

PREPARED = "row bigint, input_ids array<int>, labels array<int>, loss_weights array<float>, error string"


class Worker:
    """A `lossline worker` process: batches of rows go in, and for each a batch of prepared rows comes out."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.prepared = self.attempt(pa.ipc.open_stream, self.process.stdout)
        self.rows = 0

    def prepare(self, batch, id_column):
        prepared = self.attempt(self.send, batch)
        # The worker counts the rows of all batches; in this one they count from 0.
        rows = pc.subtract(prepared["row"], self.rows)
        self.rows += batch.num_rows
        return prepared if id_column is None else prepared.append_column(id_column, batch[id_column].take(rows))

    def send(self, batch):
        # Each batch is an Arrow stream of its own: their columns may have other types.
        with pa.ipc.new_stream(self.process.stdin, batch.schema) as stream:
            stream.write_batch(batch)
        self.process.stdin.flush()
        return self.prepared.read_next_batch()

    def attempt(self, step, *args):
        try:
            return step(*args)
        except (OSError, StopIteration, pa.ArrowInvalid) as error:
            raise RuntimeError(f"{shlex.join(self.process.args)} ended with {self.process.wait()}; stderr says why") from error

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def make_prepare(command, id_column):
    """The function for `mapInArrow`."""

    def prepare(batches):
        worker = Worker(command)
        for batch in batches:
            yield worker.prepare(batch, id_column)
        worker.close()

    return prepare


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", help="Parquet file or folder")
    parser.add_argument("output", help="folder for the prepared rows, as Parquet")
    parser.add_argument("--id-column", help="a column that tells rows apart, to be kept")
    args, options = parser.parse_known_args()
    command = [*shlex.split(os.environ.get("LOSSLINE_COMMAND", "lossline")), "worker", *options]

    spark = SparkSession.builder.appName("lossline").getOrCreate()
    chats = spark.read.parquet(args.input)
    schema = PREPARED
    if args.id_column is not None:
        schema += f", `{args.id_column}` {chats.schema[args.id_column].dataType.simpleString()}"
    chats.mapInArrow(make_prepare(command, args.id_column), schema).write.parquet(args.output)

    errors = spark.read.parquet(args.output).where("error is not null")
    print(f"{errors.count()} rows could not be prepared")
    for row in errors.take(5):
        print(" ", row[args.id_column] if args.id_column else "", row.error)
    spark.stop()


if __name__ == "__main__":
    main()
