"""Renders chat templates with the real Jinja2 in the environment that transformers sets up, for the tests to compare with.

Reads one JSON document a line: {"template": str, "variables": {...}, "now": "2026-01-15T09:30:00"}; gives one a line: {"text": str,
"spans": [[start, end], ...]} or {"error": name of the class, "message": str}. Spans are those of {% generation %}, in code points.
Needs jinja2 3.1.6.
"""

import datetime
import json
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """What transformers' AssistantTracker does: notes where the text of a {% generation %} block stands."""

    tags = {"generation"}

    def __init__(self, environment):
        super().__init__(environment)
        environment.extend(generation_blocks=[], generation_spans=[])

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_note"), [], [], body).set_lineno(line)

    def _note(self, caller):
        text = caller()
        start = len("".join(self.environment.generation_blocks))
        self.environment.generation_spans.append([start, start + len(text)])
        return text


def make_environment(now):
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = now.strftime
    return environment


def render(environment, template, variables):
    blocks = []
    environment.generation_blocks = blocks
    environment.generation_spans = []
    for block in template.generate(**variables):
        blocks.append(block)
    return "".join(blocks)


def main():
    compiled = {}
    for line in sys.stdin:
        case = json.loads(line)
        try:
            key = (case["template"], case["now"])
            if key not in compiled:
                environment = make_environment(datetime.datetime.fromisoformat(case["now"]))
                compiled[key] = (environment, environment.from_string(case["template"]))
            environment, template = compiled[key]
            answer = {"text": render(environment, template, case["variables"])}
            answer["spans"] = environment.generation_spans
        except Exception as error:  # whatever a template raises is an answer
            answer = {"error": type(error).__name__, "message": str(error)[:300]}
        sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
