# For each line, the path of a .wandb file: its records as wandb's own messages say them, [[kind, fields], …]. Checks every checksum.
import importlib.util
import json
import struct
import sys
import types
import zlib

# The package itself wants others that nobody here needs.
package = types.ModuleType("wandb")
package.__path__ = list(importlib.util.find_spec("wandb").submodule_search_locations)
sys.modules["wandb"] = package

from google.protobuf.json_format import MessageToDict  # noqa: E402
from wandb.proto.v6 import wandb_internal_pb2  # noqa: E402

BLOCK = 32768
FULL, LAST = 1, 4


def records(data):
    assert data[:7] == b":W&B\xe1\xbe\x00", data[:7]
    at, parts = 7, b""
    while at < len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            assert data[at : at + left] == bytes(left)
            at += left
            continue
        checksum, length, kind = struct.unpack("<IHB", data[at : at + 7])
        body = data[at + 7 : at + 7 + length]
        assert len(body) == length and length + 7 <= left
        assert zlib.crc32(bytes([kind]) + body) == checksum
        at, parts = at + 7 + length, parts + body
        if kind in (FULL, LAST):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(parts)
            parts = b""
            name = record.WhichOneof("record_type")
            yield [name, MessageToDict(getattr(record, name), preserving_proto_field_name=True)]


for line in sys.stdin:
    with open(json.loads(line), "rb") as file:
        print(json.dumps(list(records(file.read()))))
