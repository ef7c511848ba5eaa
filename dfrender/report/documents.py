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
from typing import TypeAlias

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.run import Rule, Run, full_message, printable
from dfrender.source import At, encode

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_GITLAB_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}

_Json: TypeAlias = dict[str, object]


def as_json(diagnostics: Sequence[Diagnostic], _run: Run) -> str:
    """Write dfrender's own document."""
    found = [_diagnostic(each) for each in diagnostics]
    return _text({"version": 1, "diagnostics": found})


def _diagnostic(found: Diagnostic) -> _Json:
    related: list[_Json] = []
    for what, at in found.related:
        related.append({"message": what} | _place(at))
    written = _place(found.at)
    written["rule"] = found.code
    written["severity"] = found.severity.value
    written["message"] = found.message
    written["hint"] = found.hint
    written["related"] = related
    written["profiles"] = found.profiles
    return written


def _place(at: At) -> _Json:
    written: _Json = {"file": at.file}
    written["line"] = at.line or None
    written["column"] = at.column or None
    return written


def sarif(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a SARIF 2.1.0 log of one run, with what stands behind all rules and behind what was found besides."""
    codes = [each.code for each in diagnostics]
    rules: list[_Json] = []
    positions: dict[str, int] = {}
    for rule in run.rules(codes):
        positions[rule.code] = len(rules)
        rules.append(_rule(rule))
    results: list[_Json] = []
    for each in diagnostics:
        result = _result(each, run)
        result["ruleIndex"] = positions[each.code]
        results.append(result)
    driver = {"name": "dfrender", "version": run.version, "rules": rules}
    log = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [log]})


def _rule(rule: Rule) -> _Json:
    written: _Json = {"id": rule.code}
    if rule.summary:
        written["shortDescription"] = {"text": rule.summary}
    if rule.plain:
        written["help"] = {"text": rule.plain, "markdown": rule.markdown}
    if rule.page:
        written["helpUri"] = rule.page
    if rule.severity:
        written["defaultConfiguration"] = {"level": rule.severity.value}
    return written


def _result(found: Diagnostic, run: Run) -> _Json:
    place = _location(found.at, run)
    related: list[_Json] = []
    for what, at in found.related:
        location = _location(at, run)
        location["message"] = {"text": what}
        if location not in related:  # SARIF has each once
            related.append(location)
    written: _Json = {"ruleId": found.code}
    written["level"] = found.severity.value
    written["message"] = {"text": full_message(found, place=not place)}
    written["locations"] = [place] if place else []
    written["relatedLocations"] = related
    return written


def gitlab(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a Code Quality report of GitLab (docs.gitlab.com: ``ci/testing/code_quality``).

    A fingerprint stays the same while the line moves: it is made of code, file, message and what stands in the line.
    """
    from hashlib import sha256  # 5 ms, which the other formats do without

    found: list[_Json] = []
    seen: dict[str, int] = {}
    for each in diagnostics:
        path = run.from_root(each.at.file) or each.at.file
        lines = run.lines(each.at.file)
        line = ""
        if 0 < each.at.line <= len(lines):
            line = lines[each.at.line - 1].strip()
        identity = f"{each.code}\0{path}\0{each.message}\0{line}"
        seen[identity] = seen.get(identity, 0) + 1
        digest = sha256(encode(f"{identity}\0{seen[identity]}"))
        found.append(
            {
                "description": full_message(each, place=False),
                "check_name": each.code,
                "fingerprint": digest.hexdigest(),
                "severity": _GITLAB_SEVERITIES[each.severity],
                "location": {"path": path, "lines": {"begin": each.at.line or 1}},
            }
        )
    return _text(found)


def _location(at: At, run: Run) -> _Json:
    """Return a location as SARIF has it: of a file, from the root of the repository; empty for another origin."""
    from urllib.parse import quote  # 3 ms, which the other formats do without

    path = run.from_root(at.file)
    if not path:
        return {}
    uri = quote(encode(path))
    if uri.startswith("/"):
        uri = f"file://{uri}"
    place: _Json = {"artifactLocation": {"uri": uri}}
    if at.line:
        place["region"] = _region(at)
    return {"physicalLocation": place}


def _region(at: At) -> _Json:
    region: _Json = {"startLine": at.line}
    if at.column:
        region["startColumn"] = at.column
    return region


def _text(document: object) -> str:
    """Write JSON in which ``##`` is escaped: the log of a pipeline is searched for its commands."""
    from json import dumps  # 2 ms, which the other formats do without

    written = printable(dumps(document, indent=2, ensure_ascii=False))
    return written.replace("##", r"\u0023\u0023") + "\n"
