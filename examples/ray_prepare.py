"""Prepares chats with Ray Data: each of its actors keeps a `lossline worker` process and sends batches of rows through it.

    python ray_prepare.py chats.parquet prepared --workers 8 --tokenizer ./Qwen3-0.6B --max-length 4096

What is no option of this program goes to `lossline worker`. LOSSLINE_COMMAND names another lossline than the installed one.
"""

import argparse
import os
import shlex
import subprocess

import pyarrow as pa
import pyarrow.compute as pc
import ray
from ray.data.expressions import col


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


class Prepare:
    """What Ray's actors do with a table."""

    def __init__(self, command, id_column):
        self.worker = Worker(command)
        self.id_column = id_column

    def __call__(self, table):
        return pa.Table.from_batches([self.worker.prepare(batch, self.id_column) for batch in table.combine_chunks().to_batches()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", help="Parquet file or folder")
    parser.add_argument("output", help="folder for the prepared rows, as Parquet")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--id-column", help="a column that tells rows apart, to be kept")
    args, options = parser.parse_known_args()
    command = [*shlex.split(os.environ.get("LOSSLINE_COMMAND", "lossline")), "worker", *options]

    if "RAY_ADDRESS" not in os.environ:
        ray.init(num_cpus=args.workers + 1)  # On this machine alone: a core for each worker, and one to read.
    chats = ray.data.read_parquet(args.input).repartition(target_num_rows_per_block=1024)
    prepared = chats.map_batches(
        Prepare,
        fn_constructor_args=(command, args.id_column),
        batch_format="pyarrow",
        batch_size=None,  # whole blocks
        compute=ray.data.ActorPoolStrategy(size=args.workers),
    )
    prepared.write_parquet(args.output)

    errors = ray.data.read_parquet(args.output).filter(expr=col("error").is_not_null())
    print(f"{errors.count()} rows could not be prepared")
    for row in errors.take(5):
        print(" ", row.get(args.id_column, ""), row["error"])


if __name__ == "__main__":
    main()
