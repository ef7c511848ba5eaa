"""The commands as a user sees them: names, options and help. What each does is in the module of its name.

That module is imported when the command is called: together they take 25 ms, which help and completion do not need.
"""

from importlib import import_module

import click

from dfrender.cli import complete
from dfrender.cli.options import (
    CONTEXT,
    EXCLUDED,
    HANDOVER,
    MESSAGE_FORMAT,
    OVERRIDES,
    PATH,
    PATHS,
    PLAN_FORMAT,
    PROFILES,
    ROOT,
    TARGET,
)

_SHELLS = ("bash", "zsh", "fish")


def _run(module: str, options: dict[str, object], function: str = "run") -> None:
    getattr(import_module(f"dfrender.cli.{module}"), function)(**options)


@click.command("render")
@PATHS
@EXCLUDED
@PROFILES
@click.option(
    "-o", "--output", metavar="FILE", help="Write to this file instead of the profile's; - is standard output."
)
@OVERRIDES
@TARGET
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not up to date.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, exit 1 if anything would.")
@click.option(
    "--tracked", is_flag=True, help="Also exit 1 if a commit would go without an output that git does not ignore."
)
@click.option("--force", is_flag=True, help="Replace files that dfrender did not write or that were edited since.")
@click.option(
    "--map", "line_map", metavar="FILE", help="Also write which line of the template each line is from, as JSON."
)
@click.option("--depfile", metavar="FILE", help="Also write what the output is made of, as make and ninja read it.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written.")
@click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    help="Render even if nothing has changed since the last call, and keep no note of it.",
)
@ROOT
@MESSAGE_FORMAT
def render(**options: object) -> None:
    """Render templates for their profiles.

    A PATH is a template or a folder: of a folder, all templates below it. Without one, it is the template of this
    folder: Dockerfile.j2, else Dockerfile. - is standard input. A template with mistakes does not stop the others.

    Example: dfrender render -p ci api/Dockerfile.j2
    """
    _run("render", options)


@click.command("lint")
@PATHS
@EXCLUDED
@PROFILES
@OVERRIDES
@TARGET
@CONTEXT
@click.option(
    "--rule",
    "requested",
    multiple=True,
    metavar="RULE",
    shell_complete=complete.rules,
    help="Report this rule only; may be repeated.",
)
@click.option(
    "--from",
    "findings",
    metavar="FILE",
    shell_complete=complete.files,
    help="Report what hadolint or BuildKit found in a rendered file (as JSON; - is standard input), at its template.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for a warning too.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was checked.")
@ROOT
@MESSAGE_FORMAT
def lint(**options: object) -> None:
    """Find mistakes in stage references, without building.

    Templates are checked for all their profiles, those without profiles as they are. A PATH is a template, a
    Dockerfile or a folder: of a folder, all that are below it. - is standard input. With --from, PATH is the rendered
    file, which hadolint and BuildKit name too.

    Example: dfrender lint --strict .
    """
    _run("lint", options)


@click.command("plan")
@PATHS
@EXCLUDED
@PROFILES
@OVERRIDES
@TARGET
@CONTEXT
@HANDOVER
@PLAN_FORMAT
@ROOT
@MESSAGE_FORMAT
def plan(**options: object) -> None:
    """Say which jobs build what, in which order and from which images.

    The jobs are the prebuilt stages of one profile, and the stages of its key build: without that, those that nothing
    refers to. A PATH is a template or a folder: of a folder, all templates below it are in one plan, in which jobs wait
    for those whose images they name. Without one, it is the template of this folder.

    Example: dfrender plan -p ci --format azure > azure-pipelines.yml
    """
    _run("plan", options)


@click.command("inputs")
@PATHS
@EXCLUDED
@PROFILES
@OVERRIDES
@TARGET
@CONTEXT
@click.option("--files", "lists_files", is_flag=True, help="List every file, folder and link too.")
@click.option("--since", metavar="REV", help="Say which stages changed since a commit, and why.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "env", "azure"]),
    default="text",
    help="A table, JSON, or the images as lines NAME=IMAGE, or as output variables of Azure.",
)
@click.option(
    "--prefix",
    metavar="NAME",
    default="",
    help="Begin the names of these variables so, as with API_ where other templates have the same.",
)
@ROOT
@MESSAGE_FORMAT
def inputs(**options: object) -> None:
    """Say what stages are made of: a digest of instructions, arguments and files of the build context.

    Two stages with one digest are the same, whoever builds them. A tag '{input_digest}' in a profile names images so.
    With --since, only what git tracks counts. A PATH is a template or a folder: of a folder, all templates below it.
    """
    _run("inputs", options)


@click.command("compare")
@click.argument("words", nargs=-1, metavar="[PATH] A B", shell_complete=complete.files)
@click.option(
    "--allow", "allowed", multiple=True, metavar="values.NAME", help="Let what differs because of this value differ."
)
@ROOT
@MESSAGE_FORMAT
def compare(**options: object) -> None:
    """Say what A and B differ in besides stage references; exit 1 if there is anything.

    A and B are two profiles of a template, or two Dockerfiles. PATH is a template or a folder; without one, it is the
    template of this folder.

    Example: dfrender compare ci local
    """
    _run("compare", options)


@click.command("explain")
@click.argument("what", metavar="[RULE|FILE:LINE]", default="", shell_complete=complete.codes)
@ROOT
@MESSAGE_FORMAT
def explain(**options: object) -> None:
    """Print the manual of a rule, or what a line of a rendered file comes from.

    Of a line: the template's line, its references, the profile's keys. Without RULE and FILE:LINE, list all rules.

    Example: dfrender explain Dockerfile.ci:12
    """
    _run("explain", options)


@click.command("init")
@click.argument("paths", nargs=-1, metavar="[DOCKERFILE]...", shell_complete=complete.files)
@click.option("--plain", is_flag=True, help="Keep a plain Dockerfile, with bare names, and write the profile ci only.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
@click.option("--keep", is_flag=True, help="Keep files that are there, and write the others.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@MESSAGE_FORMAT
def init(**options: object) -> None:
    """Make a template and profiles of a Dockerfile.

    Stages that it names by image (COPY --from=builder:latest) become references to stages, and images in the profile
    ci. Of several Dockerfiles, each has a profile and keeps its name: .ci, .azure, .gitlab, .pipeline or .prod in it is
    a pipeline's, .dev or .local a developer's, and what says nothing is what is missing. Without a path, it is the
    Dockerfile of this folder. The build context is the one that DevSpace, Compose, a bake file in JSON or Docker@2 of
    Azure Pipelines has for it in this repository.

    Example: dfrender init Dockerfile Dockerfile.dev --dry-run
    """
    _run("init", options)


@click.group("profile")
def profile() -> None:
    """List, show and describe profiles."""


@profile.command("list")
@PATH
@MESSAGE_FORMAT
def profile_list(**options: object) -> None:
    """List the profiles that a template can see.

    PATH is a template, or the folder of one. A nearer profile hides those of its name further out, and one whose name
    begins with _ is only for others to extend.

    Example: dfrender profile list api
    """
    _run("profile", options, "run_list")


@profile.command("show")
@click.argument("name", shell_complete=complete.profiles)
@PATH
@OVERRIDES
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "yaml", "json"]),
    default="table",
    help="A table of values and their origins (the default), or the bare result, which is a profile too.",
)
@MESSAGE_FORMAT
def profile_show(**options: object) -> None:
    """Show what a profile comes to, and where each value is from.

    NAME is a profile's name or path. PATH is a template, or the folder of one.

    Example: dfrender profile show ci --set tag=7
    """
    _run("profile", options, "run_show")


@profile.command("schema")
def profile_schema(**options: object) -> None:
    """Print the JSON schema of profiles.

    An editor checks and completes a profile whose first line is "# yaml-language-server: $schema=FILE", FILE being the
    path from the profile to the schema.
    """
    _run("profile", options, "run_schema")


@click.command("lsp")
@ROOT
def lsp(**options: object) -> None:
    """Serve an editor over standard input and output, as the Language Server Protocol says.

    For templates, includes, Dockerfiles and profiles: problems while you type, and where stages are defined, named and
    what becomes of them. An editor starts it; docs/editor.md says how. It needs: pip install 'dfrender[lsp]'

    Example, in Neovim: vim.lsp.start({name = "dfrender", cmd = {"dfrender", "lsp"}})
    """
    _run("lsp", options)


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(**options: object) -> None:
    """Print what lets a shell complete dfrender.

    For bash, write eval "$(dfrender completion bash)" in ~/.bashrc.

    For zsh, write eval "$(dfrender completion zsh)" in ~/.zshrc.

    For fish, run dfrender completion fish > ~/.config/fish/completions/dfrender.fish once.
    """
    _run("completion", options)


COMMANDS = (render, lint, plan, inputs, compare, explain, init, profile, lsp, completion)
"""All commands, the most used first."""
