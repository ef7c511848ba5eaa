"""Every mistake in mistakes.yaml is reported as written there, with both of PyYAML's parsers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pytest
import yaml

from dfrender.diagnostics import CallError, DfrenderError
from dfrender.profile.profile import Profile
from dfrender.source import At
from tests.reading import profile_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Case(TypedDict, total=False):
    """A profile (``ci.yaml``, or its ``name``), files beside it, overrides, and what is said about them."""

    mistake: str
    profile: str
    name: str
    files: dict[str, str]
    set: list[str]
    environ: dict[str, str]
    says: str


CASES: list[Case] = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))


def reported(error: DfrenderError) -> Iterator[str]:
    for each in error.diagnostics:
        yield f"{each.at}: {each.message} [{each.code}]\n"
        yield f"  {each.hint}\n" if each.hint else ""
        yield from (f"  {text}: {at}\n" for text, at in each.related)


def reported_about(case: Case, load_text: Callable[..., Profile]) -> str:
    with pytest.raises(DfrenderError) as raised:
        load_text(
            case.get("profile", ""),
            case.get("set", ()),
            case.get("environ", {}),
            case.get("files", {}),
            case.get("name", "ci.yaml"),
        )
    assert raised.value.exit_code == 1
    return "".join(reported(raised.value))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["mistake"]) for case in CASES])
def test_a_mistake_is_reported_with_its_place_and_the_next_step(case: Case, load_text: Callable[..., Profile]) -> None:
    assert reported_about(case, load_text) == case["says"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["mistake"]) for case in CASES])
def test_a_pyyaml_without_libyaml_differs_in_columns_at_most(
    case: Case, load_text: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    column = re.compile(r"(?<=:\d):\d+")
    assert column.sub("", reported_about(case, load_text)) == column.sub("", case["says"])


@pytest.mark.parametrize(
    ("data", "line", "column", "byte"),
    [
        pytest.param("tag: ä\nstyle: ä".encode("latin-1"), 1, 6, "0xe4", id="the first byte that is not UTF-8 counts"),
        pytest.param("# ä€\ntag: ".encode() + b"\xff\n", 2, 6, "0xff", id="columns count characters, not bytes"),
        pytest.param(b"\xef\xbb\xbftag: \xff", 1, 6, "0xff", id="a byte order mark has no column"),
    ],
)
def test_a_profile_that_is_not_utf8_is_refused_at_the_byte(
    data: bytes, line: int, column: int, byte: str, load_text: Callable[..., Profile]
) -> None:
    with pytest.raises(DfrenderError) as raised:
        load_text(data)
    (problem,) = raised.value.diagnostics
    assert (problem.at, problem.code) == (At("ci.yaml", line, column), "yaml-syntax")
    assert problem.message == f"the byte {byte} is not UTF-8"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_profile_in_utf16_is_named_as_such(codec: str, load_text: Callable[..., Profile]) -> None:
    with pytest.raises(DfrenderError) as raised:
        load_text("tag: x\n".encode(codec))
    assert "".join(reported(raised.value)) == (
        "ci.yaml:1:1: this file is UTF-16, not UTF-8 [yaml-syntax]\n  save the file as UTF-8\n"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("missing.yaml", "no such file or directory", id="a file that is not there"),
        pytest.param(".", "is a directory", id="a folder"),
    ],
)
def test_a_profile_that_cannot_be_read_is_a_call_that_cannot_be_carried_out(
    name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(CallError) as raised:
        profile_at(tmp_path / name)
    assert "".join(reported(raised.value)) == (
        f"{tmp_path / name}: cannot read the profile: {reason} [unreadable-file]\n  check path and permissions\n"
    )
