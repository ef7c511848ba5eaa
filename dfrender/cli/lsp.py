"""``dfrender lsp``: the server that an editor starts, and talks to over standard input and output."""

import gc

import click

from dfrender.cli.reading import environment

_INSTALL = "pip install 'dfrender[lsp]'"


def run() -> None:
    """Serve until the editor is gone; exit with 1 if it went without saying so, as the protocol wants it."""
    try:
        from dfrender.lsp.server import serve  # needs what only an editor needs
    except ModuleNotFoundError as error:
        message = f"the editor's server needs {error.name}, which is not installed: {_INSTALL}"
        raise click.ClickException(message) from error
    gc.enable()  # a server runs for days
    if not serve(dict(environment())):
        raise click.exceptions.Exit(1)
