"""A call ends as soon as all is printed, and as Python ends where that cannot be, or where there is a server to end."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from contextlib import redirect_stderr
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


class LeftError(Exception):
    """The process would be gone by now; with its exit code."""


@pytest.fixture(autouse=True)
def leaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def leave(code: int) -> NoReturn:
        raise LeftError(code)

    monkeypatch.setattr(os, "_exit", leave)
    yield
    gc.enable()  # the command does without


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    """Call the command; return the exit code that Python would end with."""
    monkeypatch.setattr(sys, "argv", ["dfrender", *words])
    with pytest.raises(SystemExit) as raised:
        import_module("dfrender.__main__").main()
    return raised.value.code


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["nothing"], 2)])
def test_the_process_is_left_with_the_exit_code(words: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LeftError, match=f"^{code}$"):
        call(monkeypatch, *words)


@pytest.mark.parametrize("words", [["lsp", "--help"], ["--", "lsp", "--help"]])
def test_a_server_ends_as_python_does(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, *words) == 0


def test_a_stream_that_was_closed_before_python_began_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(LeftError):
        call(monkeypatch, "--version")


def test_a_stream_that_was_closed_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = TextIOWrapper(BytesIO())
    closed.close()
    with redirect_stderr(closed):
        assert call(monkeypatch, "--version") == 0


def test_what_cannot_be_flushed_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path("/dev/full").open("wb")  # noqa: SIM115 - Python closes it with the stream
    full = TextIOWrapper(file)
    full.write("what somebody else printed")
    with redirect_stderr(full):
        assert call(monkeypatch, "--version") == 0
    with pytest.raises(OSError, match="No space left"):
        full.close()


def test_all_is_printed_by_then(tmp_path: Path) -> None:
    code = "print('before'); from dfrender.__main__ import main; main()"
    command = [sys.executable, "-c", code, "--version"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("before\ndfrender, version ")
