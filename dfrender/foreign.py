"""The JSON of other linters to diagnostics about the file that they read. Knows hadolint's and BuildKit's.

Where the lines of that file come from is for others to say.
"""

import json
from collections.abc import Iterator
from typing import Any

from dfrender.diagnostics import CallError, Diagnostic, Severity
from dfrender.source import At


def diagnostics(text: str, file: str, rendered: str = "") -> list[Diagnostic]:
    """Read what ``hadolint -f json`` or ``docker build --call=lint,format=json`` printed into ``file``.

    ``rendered`` is the file that they read, as the user would write it; without it, the one that they name. Raises
    `CallError` for any other text.
    """
    try:
        data = json.loads(text)
        found = list(_hadolint(data) if isinstance(data, list) else _buildkit(data))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        message = "this is the JSON of neither hadolint nor BuildKit"
        hint = "make it: hadolint -f json FILE, or docker build --call=lint,format=json -f FILE ."
        raise CallError([Diagnostic(At(file), "unknown-findings", message, hint=hint)]) from error
    if not rendered and any(each.at.file in {"", "-", "/dev/stdin"} for each in found):
        message, hint = (
            "the file in which this was found has no name here",
            f"name it: dfrender lint --from {file} FILE",
        )
        raise CallError([Diagnostic(At(file), "unknown-findings", message, hint=hint)])
    return [each._replace(at=At(rendered, *each.at[1:])) if rendered else each for each in found]


def _hadolint(data: Any) -> Iterator[Diagnostic]:  # noqa: ANN401 - JSON of another program
    for each in data:
        severity = Severity.ERROR if each["level"] == "error" else Severity.WARNING
        hint = f"see hadolint {each['code']}"
        yield Diagnostic(At(each["file"], each["line"], each["column"]), each["code"], each["message"], severity, hint)


def _buildkit(data: Any) -> Iterator[Diagnostic]:  # noqa: ANN401 - JSON of another program
    """Give the warnings, and the error that ended the build (moby/buildkit, ``frontend/subrequests/lint/lint.go``)."""
    sources = data["sources"] or []
    for each in data["warnings"] or []:
        at = _place(sources, each.get("location"))
        hint = f"see {each['url']}" if each.get("url") else each["description"]
        yield Diagnostic(at, each["ruleName"], each.get("detail") or each["description"], Severity.WARNING, hint)
    if error := data.get("buildError"):
        at = _place(sources, error.get("location"))
        yield Diagnostic(at, "build-error", error["message"], hint="mend this first")


def _place(sources: Any, location: Any) -> At:  # noqa: ANN401 - JSON of another program
    """Give the place of a warning; a field that is 0 is left out of the JSON."""
    where = location or {}
    source = sources[where.get("sourceIndex", 0)]["filename"] if sources else ""
    ranges = where.get("ranges") or [{}]
    start = ranges[0].get("start") or {}
    return At(source, start["line"], start.get("character", 0) + 1) if "line" in start else At(source)
