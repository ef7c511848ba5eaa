"""The table of all formats."""

from collections.abc import Callable, Mapping, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.documents import as_json, sarif
from dfrender.report.pipelines import azure, github
from dfrender.report.run import Run
from dfrender.report.text import text


def auto(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write what the pipeline shows that the run is in; text elsewhere, and in pipelines that show no more."""
    write = FORMATS[run.pipeline or "text"]
    return write(diagnostics, run)


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic], Run], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "azure": azure,
    "auto": auto,
}
