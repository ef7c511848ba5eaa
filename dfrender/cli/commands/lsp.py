"""The options and the help of ``dfrender lsp``."""

import click

from dfrender.cli.commands import run
from dfrender.cli.options import ROOT


@click.command("lsp")
@ROOT
def lsp(**options: object) -> None:
    """Serve an editor over standard input and output, as the Language Server Protocol says.

    For templates, includes, Dockerfiles and profiles: problems while you type, and where stages are defined, named and
    what becomes of them. An editor starts it; docs/editor.md says how. It needs: pip install 'dfrender[lsp]'

    Example, in Neovim: vim.lsp.start({name = "dfrender", cmd = {"dfrender", "lsp"}})
    """
    run("lsp", options)
