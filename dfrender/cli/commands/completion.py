"""The options and the help of ``dfrender completion``."""

import click

from dfrender.cli.commands import run

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(**options: object) -> None:
    """Print what lets a shell complete dfrender.

    For bash, write eval "$(dfrender completion bash)" in ~/.bashrc.

    For zsh, write eval "$(dfrender completion zsh)" in ~/.zshrc.

    For fish, run dfrender completion fish > ~/.config/fish/completions/dfrender.fish once.
    """
    run("completion", options)
