"""Times Python's jinja2, set up as transformers does: {"source", "rows", "variables", "rounds"} on stdin, the best round's seconds on stdout."""

import datetime
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test" / "interop"))
from jinja_render import make_environment  # noqa: E402


def main():
    job = json.load(sys.stdin)
    environment = make_environment(datetime.datetime(2026, 1, 15, 9, 30))
    template = environment.from_string(job["source"])
    best = float("inf")
    for _ in range(job["rounds"]):
        start = time.process_time()
        for messages in job["rows"]:
            template.render(messages=messages, documents=None, **job["variables"])
        best = min(best, time.process_time() - start)
    print(best)


if __name__ == "__main__":
    main()
