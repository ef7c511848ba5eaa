"""Diagnostics to JSON documents that tools read.

dfrender's own (``json``) is an object with ``version``, 1 as long as nothing is removed or changes its meaning, and
``diagnostics``. Each of these has

* ``file`` as the user would write it (or ``<stdin>``, ``--set tag``), ``line`` and ``column`` from 1, null where they
  are not known; columns count characters,
* ``rule``, ``severity`` (``error`` or ``warning``), ``message``, and ``hint``, what to do next (may be empty),
* ``related``, other places: each a ``message`` and the three keys of a place,
* ``profiles``, the names of those that it holds for, where several were looked at.
"""

from collections.abc import Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.run import Rule, Run, printable, told
from dfrender.source import At, encode

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_json(diagnostics: Sequence[Diagnostic], _run: Run) -> str:
    """Write dfrender's own document."""
    return _text({"version": 1, "diagnostics": [_diagnostic(each) for each in diagnostics]})


def _diagnostic(found: Diagnostic) -> dict[str, object]:
    return {
        **_place(found.at),
        "rule": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "hint": found.hint,
        "related": [{"message": what, **_place(at)} for what, at in found.related],
        "profiles": found.profiles,
    }


def _place(at: At) -> dict[str, object]:
    return {"file": at.file, "line": at.line or None, "column": at.column or None}


def sarif(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a SARIF 2.1.0 log of one run, with all rules and those names that findings have besides."""
    known = {each.name: _rule(each) for each in run.rules()}
    rules = known | {each.code: {"id": each.code} for each in diagnostics if each.code not in known}
    driver = {"name": "dfrender", "version": run.version, "rules": [*rules.values()]}
    results = [{**_result(each, run), "ruleIndex": [*rules].index(each.code)} for each in diagnostics]
    document = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [document]})


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(found: Diagnostic, run: Run) -> dict[str, object]:
    place = _location(found.at, run)
    related = [{**_location(at, run), "message": {"text": what}} for what, at in found.related]
    return {
        "ruleId": found.code,
        "level": found.severity.value,
        "message": {"text": told(found, place=not place)},
        "locations": [place] if place else [],
        "relatedLocations": [each for number, each in enumerate(related) if each not in related[:number]],
    }


def _location(at: At, run: Run) -> dict[str, object]:
    """Give a location as SARIF has it: of a file, from the root of the repository; empty for another origin."""
    from urllib.parse import quote

    path = run.from_root(at.file)
    if not path:
        return {}
    uri = quote(encode(path))
    place: dict[str, object] = {"artifactLocation": {"uri": f"file://{uri}" if uri.startswith("/") else uri}}
    if at.line:
        place["region"] = {"startLine": at.line, **({"startColumn": at.column} if at.column else {})}
    return {"physicalLocation": place}


def _text(document: object) -> str:
    """Write JSON in which ``##`` is escaped: the log of a pipeline is searched for its commands."""
    from json import dumps

    return printable(dumps(document, indent=2, ensure_ascii=False)).replace("##", r"\u0023\u0023") + "\n"
