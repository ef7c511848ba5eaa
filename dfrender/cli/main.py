"""The command group; a command is loaded when it is called, or when help lists it."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from dfrender import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS = ("render", "lint", "plan", "compare", "explain", "init", "profile", "completion")


@contextmanager
def _quotes_harmless() -> Iterator[None]:
    """Let click tell that a call is wrong, but so that a pipeline finds no command in what is quoted."""
    try:
        yield
    except click.UsageError as error:
        from dfrender.cli.streams import harmless

        message = error.format_message()
        if (told := harmless(message)) != message:
            raise click.UsageError(told, error.ctx) from error
        raise


class _Commands(click.Group):
    """Finds each command in the module of its name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments before the command's name."""
        with _quotes_harmless():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Find the command, read its arguments, and run it."""
        with _quotes_harmless():
            super().invoke(ctx)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Give the names of all commands, the most used first."""
        return [*_COMMANDS]

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load a command; for a name that is none, all of them, since click looks among those for what was meant."""
        for each in [name] if name in _COMMANDS else _COMMANDS:
            self.add_command(import_module(f"dfrender.cli.{each}").command, each)
        return self.commands.get(name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dfrender")
def main() -> None:
    """Render one templated Dockerfile for every environment that builds it."""
