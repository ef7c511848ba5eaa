"""The command group; a command is loaded when it is called, or when help lists it."""

from importlib import import_module

import click

from dfrender import __version__

_COMMANDS = ("render", "lint")


class _Commands(click.Group):
    """Finds each command in the module of its name."""

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
