"""Times Python's jinja2, set up as transformers does: {"source", "rows", "variables", "rounds", "compared"} on
stdin; the best round's seconds (CPU and by the clock), the first texts and the versions on stdout."""

import datetime
import json
import pathlib
import platform
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test" / "interop"))
import jinja2  # noqa: E402
from jinja_render import make_environment  # noqa: E402


def main():
    job = json.load(sys.stdin)
    environment = make_environment(datetime.datetime(2026, 1, 15, 9, 30))
    template = environment.from_string(job["source"])
    cpu = wall = float("inf")
    render = lambda messages: template.render(messages=messages, documents=None, **job["variables"])  # noqa: E731
    for _ in range(job["rounds"]):
        start, start_cpu = time.perf_counter(), time.process_time()
        for messages in job["rows"]:
            render(messages)
        cpu = min(cpu, time.process_time() - start_cpu)
        wall = min(wall, time.perf_counter() - start)
    texts = [render(messages) for messages in job["rows"][: job["compared"]]]
    versions = f"Python {platform.python_version()}, jinja2 {jinja2.__version__}"
    print(json.dumps({"cpu": cpu, "wall": wall, "texts": texts, "versions": versions}))


if __name__ == "__main__":
    main()
