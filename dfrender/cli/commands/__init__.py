"""The commands as a user sees them: names, options and help, each in the module of its name.

What a command does is in a module of `cli`, which is imported when it is called: together they take 25 ms. Of these
here, a call needs only its own.
"""

from importlib import import_module

import click

NAMES = ("render", "lint", "plan", "inputs", "compare", "explain", "init", "profile", "lsp", "completion")
"""All commands, the most used first."""


def load(name: str) -> click.Command:
    """Return a command."""
    command: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
    return command


def run(module: str, options: dict[str, object], function: str = "run") -> None:
    """Do what a command is for."""
    getattr(import_module(f"dfrender.cli.{module}"), function)(**options)
