"""``dfrender inputs``: what the stages of templates are made of, and what changed in that since a commit."""

import re
from collections.abc import Collection, Iterable, Sequence

import click

from dfrender import api, history
from dfrender.api import Result
from dfrender.cli.printing import echo, echo_bytes, errors_reported
from dfrender.cli.reading import STDIN, environment, refuse_shared_context, templates
from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.inputs import around, naming, show
from dfrender.inputs.naming import Asked
from dfrender.inputs.parts import Digest
from dfrender.plan.images import images_of
from dfrender.plan.named import image_variables, named_by_inputs
from dfrender.profile.keys import Style
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
from dfrender.profile.variables import ImageVariable
from dfrender.references.images import image_word
from dfrender.source import encode

_PREFIX = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def run(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    *,
    target: str,
    context: str,
    lists_files: bool,
    since: str | None,
    form: str,
    prefix: str,
) -> None:
    """Print the digests of stages, or which of them changed and why."""
    if since is not None and form in {"env", "azure"}:
        raise click.UsageError(f"--since says what changed: --format {form} has no word for it")
    if prefix:
        _check_prefix(prefix, form)
    if STDIN in paths:
        raise click.UsageError("inputs are files beside a template, and standard input has none; give a path")
    with errors_reported() as found:
        profiles = Profiles(environment(), overrides, target, context)
        results = _results(paths, excluded, wanted, profiles, found)
        if since is None:
            shown = _shown(results, prefix, found)
            found.refuse()
            _print(shown, form, lists_files=lists_files)
        else:
            changed = found.attempt(lambda each: history.changes(each, since, profiles), results)
            found.refuse()
            echo(history.as_json(changed) if form == "json" else history.as_text(changed))


def _check_prefix(prefix: str, form: str) -> None:
    if form not in {"env", "azure"}:
        raise click.UsageError("--prefix is for variables: add --format env, or azure")
    if not _PREFIX.fullmatch(prefix):
        raise click.UsageError(f"--prefix is letters, digits and _, no digit first; {prefix!r} is something else")


def _print(shown: Sequence[show.Shown], form: str, *, lists_files: bool) -> None:
    if form == "json":
        echo_bytes(encode(show.as_json(shown, lists_files=lists_files)))
    elif form == "env":
        echo_bytes(encode(show.variables(shown)))
    elif form == "azure":
        echo_bytes(encode(show.for_azure(shown)))
    else:
        echo(show.table(shown, lists_files=lists_files))


def _results(
    paths: Sequence[str], excluded: Sequence[str], wanted: Sequence[str], profiles: Profiles, found: Problems
) -> list[Result]:
    """Render each template for one profile."""
    results: list[Result] = []
    named = templates(paths, excluded, found)
    refuse_shared_context(named, profiles.context)
    for rendered in found.attempt(lambda each: api.render_each(each, wanted, profiles), named):
        if len(rendered) > 1:
            choices = " ".join(f"-p {each.profile.name}" for each in rendered)
            raise click.UsageError(f"inputs are those of one profile; choose one of {choices}")
        results += rendered
    return results


def _shown(results: Iterable[Result], prefix: str, found: Problems) -> list[show.Shown]:
    """Return what the stages are made of; report what is wrong with those that are needed."""
    shown: list[show.Shown] = []
    for result in results:
        found.extend(result.warnings)
        asked = Asked(result.template, result.decisions.source, result.profile)
        stages = naming.wanted(asked)
        recorder = result.recorder.part()
        inputs = naming.inputs_of(asked, recorder, found, stages, around.tracked_in(result.profile))
        for stage in stages:
            found += inputs[stage].problems
        digests = [inputs[stage].digest for stage in stages]
        images = _images(result, digests, prefix)
        shown.append(show.Shown(result.template.file, result.profile.name, digests, images))
    return shown


def _images(result: Result, digests: Iterable[Digest], prefix: str) -> list[ImageVariable]:
    """Return the images of the prebuilt stages: with the digest as tag, where the profile does not place it itself.

    Of what is published, those too that are named by their inputs.
    """
    source = result.decisions.source
    tags = {digest.name: digest.tag for digest in digests}
    profile = result.profile._replace(digests=tags)
    found: list[ImageVariable] = []
    shown: set[str] = set()
    for settings in profile.prebuilt:
        tag = tags.get(settings.stage.text)
        if tag is None or settings.style is Style.STAGE:
            continue
        image = image_word(source, profile, settings.image.text).text
        if tag not in image:
            image = f"{names.without_tag(image)}:{tag}"
        shown.add(settings.stage.text)
        variable = settings.arg_name.after(prefix)
        found.append(ImageVariable(variable, image, settings.image.at))
    found += _published(source, profile, shown, prefix)
    return found


def _published(source: Graph, profile: Profile, shown: Collection[str], prefix: str) -> list[ImageVariable]:
    """Return the images that are published and named by their inputs, but for those of stages that are shown."""
    stages: list[int] = []
    for each in profile.builds.publish:
        name = each.text.lower()
        if name in profile.digests and name not in shown:
            stages.append(source.names[name])
    problems = Problems()
    images = images_of(source, profile, stages, problems)
    problems.refuse()
    return image_variables(images, named_by_inputs(source, profile, images, prefix))
