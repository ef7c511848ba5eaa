"""The command group: what a call is wrong about is shown so that a pipeline finds no command in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from dfrender import __version__
from dfrender.cli.commands import NAMES, load

_INTERRUPTED = 130


@contextmanager
def _quotes_harmless() -> Iterator[None]:
    """Let click report that a call is wrong, but so that a pipeline finds no command in what is quoted."""
    try:
        yield
    except click.UsageError as error:
        from dfrender.cli.printing import harmless  # 3 ms, which a call that is right does not need yet

        message = error.format_message()
        shown = harmless(message)
        if shown != message:
            raise click.UsageError(shown, error.ctx) from error
        raise


def _help_out(ctx: click.Context) -> NoReturn:
    """Print the help and the one thing to do next in this folder, and exit as click does without arguments."""
    # 20 ms that a call with arguments does not need
    from dfrender.cli import first
    from dfrender.cli.printing import echo

    echo(f"{ctx.get_help()}\n\nnext: {first.next_step(Path())}\n", err=True)
    ctx.exit(2)


class _Group(click.Group):
    """Loads a command when it is asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments before the command's name; without any, print the help and what there is to do next."""
        if not args and not ctx.resilient_parsing:
            _help_out(ctx)
        with _quotes_harmless():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Find the command, read its arguments, and run it; an interrupt ends it as shells expect of SIGINT."""
        try:
            with _quotes_harmless():
                super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of all commands, the most used first."""
        return list(NAMES)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None where there is none of that name."""
        if cmd_name in NAMES:
            return load(cmd_name)
        # click looks among those that were added for what may be meant
        for each in NAMES:
            self.add_command(load(each))
        return None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dfrender")
def main() -> None:
    """Render one templated Dockerfile for every environment that builds it."""
