"""TRL's SFTConfig: its fields with their defaults, as JSON where they are, for each line that is read."""

import dataclasses
import json
import sys
import warnings

warnings.simplefilter("ignore")

from trl import SFTConfig


def to_default(field):
    value = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    value = getattr(value, "value", value)
    return value if value is None or isinstance(value, (bool, int, float, str, list)) else str(value)


for _ in sys.stdin:
    fields = [field for field in dataclasses.fields(SFTConfig) if field.init]
    print(json.dumps({field.name: to_default(field) for field in fields}))
