"""The table of all formats."""

from collections.abc import Callable, Mapping, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.documents import as_json, gitlab, sarif
from dfrender.report.pipelines import azure, github
from dfrender.report.run import Run
from dfrender.report.text import text


def auto(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write text, and for a pipeline that has annotations an annotation more for each."""
    written = text(diagnostics, run)
    if run.pipeline:
        annotate = FORMATS[run.pipeline]
        written += annotate(diagnostics, run)
    return written


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic], Run], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "azure": azure,
    "gitlab": gitlab,
    "auto": auto,
}
