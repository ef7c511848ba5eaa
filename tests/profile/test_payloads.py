"""A file that is meant to do harm is read, or refused at its place, and nothing else happens."""

from __future__ import annotations

import re
from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import pytest
import yaml

from dfrender.diagnostics import DfrenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Profile, Value


class Payload(TypedDict, total=False):
    """The pieces of a file, and what comes of it: values, the lengths of values, or the first problem."""

    payload: str
    text: list[Any]
    values: dict[str, Any]
    lengths: dict[str, int]
    says: str
    without_libyaml: str
    starts: str
    problems: int


PAYLOADS: list[Payload] = yaml.safe_load(Path(__file__).with_name("payloads.yaml").read_text("utf-8"))
EACH_PAYLOAD = pytest.mark.parametrize("payload", [pytest.param(each, id=each["payload"]) for each in PAYLOADS])


def written(piece: str | list[Any] | dict[str, Any]) -> str:
    """Return a piece of a file: a text, a text so many times, with a number, or each time indented one deeper."""
    if isinstance(piece, str):
        return piece
    if isinstance(piece, list):
        times, text = piece
        return str(text) * int(times)
    if "numbered" in piece:
        return "".join(piece["of"].replace("#", str(number)) for number in range(piece["numbered"]))
    return "".join(" " * (depth + 1) + piece["of"] for depth in range(piece["deeper"]))


def length(value: Value) -> int:
    assert isinstance(value, Sized)
    return len(value)


def outcome(payload: Payload, load_text: Callable[..., Profile]) -> str:
    """Return the first problem of a payload and the number of all, or what it comes to."""
    text = "".join(written(each) for each in payload["text"])
    try:
        profile = load_text(text)
    except DfrenderError as error:
        first = error.diagnostics[0]
        said = f"{first.at}: {first.message} [{first.code}]"
        if said.startswith(payload.get("starts", "-")):
            said = payload["starts"]
        return f"{said} {len(error.diagnostics)}"
    if "lengths" in payload:
        return str({name: length(value) for name, value in profile.values.items()})
    return str(dict(profile.values))


def expected(payload: Payload) -> str:
    said = payload.get("says", payload.get("starts"))
    if said:
        return f"{said} {payload.get('problems', 1)}"
    return str(payload.get("values", payload.get("lengths")))


@EACH_PAYLOAD
def test_a_payload_is_refused_at_its_place_or_is_only_text(
    payload: Payload, load_text: Callable[..., Profile], tmp_path: Path
) -> None:
    assert outcome(payload, load_text) == expected(payload)
    assert [each.name for each in tmp_path.iterdir()] == ["ci.yaml"]


@pytest.mark.slow
@EACH_PAYLOAD
def test_a_pyyaml_without_libyaml_is_not_harmed_either(
    payload: Payload, load_text: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    column = re.compile(r"(?<=:\d):\d+")
    says = f"{payload['without_libyaml']} 1" if "without_libyaml" in payload else expected(payload)
    assert column.sub("", outcome(payload, load_text)) == column.sub("", says)
