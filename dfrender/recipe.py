"""The command in a header, which renders a file again: from what it is made of to its text and back. Runs nothing."""

import shlex
from getopt import GetoptError, gnu_getopt
from typing import NamedTuple

_COMMAND = ["dfrender", "render"]


class Recipe(NamedTuple):
    """What a file was rendered from, and how; paths are those from the folder that the command is for.

    ``overrides`` are the texts of ``--set``; ``target`` and ``output`` are empty where the call names none.
    """

    profile: str
    template: str
    overrides: tuple[str, ...] = ()
    target: str = ""
    output: str = ""

    @property
    def command(self) -> str:
        """Give the command, on one line and in characters that every editor shows."""
        options = [("-p", self.profile), *(("--set", each) for each in self.overrides)]
        options += [("--target", self.target)] if self.target else []
        options += [("-o", self.output)] if self.output else []
        return " ".join([*_COMMAND, *(f"{name} {_quoted(value)}" for name, value in options), _quoted(self.template)])


def read(command: str) -> Recipe | None:
    """Give the recipe that a command is; None for a text that is not such a command."""
    try:
        words = shlex.split(command)
        options, names = gnu_getopt(words[2:], "p:o:", ["set=", "target="])
    except (ValueError, GetoptError):
        return None
    chosen, overrides = dict(options), tuple(value for name, value in options if name == "--set")
    if words[:2] != _COMMAND or len(names) != 1 or "-p" not in chosen:
        return None
    return Recipe(chosen["-p"], names[0], overrides, chosen.get("--target", ""), chosen.get("-o", ""))


def _quoted(text: str) -> str:
    return shlex.quote(text) if text.isprintable() else f"$'{text.encode('unicode_escape').decode()}'"
