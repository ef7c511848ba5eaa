"""Reads and writes results.json: what engines did, by version; the README's table is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

FILE = Path(__file__).with_name("results.json")

Rows = dict[str, dict[str, str]]  # what was done: builder: what came of it
Measured = dict[str, Rows]  # by version of the engine


def read() -> Measured:
    """Give what was measured by each version of the engine."""
    return {
        part["engine"]: {row["what"]: {name: row[name] for name in row if name != "what"} for row in part["rows"]}
        for part in json.loads(FILE.read_text())
    }


def write(measured: Measured, *, whole: bool) -> None:
    """Replace what these engines did, with the day; a run of a part of the suite adds to it. Others stay."""
    parts = {part["engine"]: part for part in json.loads(FILE.read_text())}
    known = read()
    for engine, rows in measured.items():
        kept = {} if whole else known.get(engine, {})
        lines = [{"what": what, **cells} for what, cells in sorted({**kept, **rows}.items())]
        today = datetime.now(UTC).date().isoformat()
        parts[engine] = {"engine": engine, "measured": today, "rows": lines}
    ordered = sorted(parts.values(), key=itemgetter("engine"))
    FILE.write_text(json.dumps(ordered, indent=1) + "\n")


def contradictions(measured: Measured, *, whole: bool) -> list[str]:
    """Compare a run with what the file claims of the same versions; a whole run must have measured every claim."""
    claimed = read()
    return [
        f"{what}: {claims.get(what)} in {FILE.name}, {rows.get(what)} in this run"
        for version, rows in measured.items()
        if (claims := claimed.get(version)) is not None
        for what in {**claims, **rows}
        if claims.get(what) != rows.get(what) and (whole or disagree(claims.get(what, {}), rows.get(what, {})))
    ]


def disagree(claimed: dict[str, str], found: dict[str, str]) -> bool:
    """Say whether two rows differ for a builder that both of them tried."""
    return any(claimed[builder] != found[builder] for builder in claimed.keys() & found.keys())
