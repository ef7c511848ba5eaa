"""A format that is a file: what it says before there is a plan, and a plan to what it makes of it.

What it says are settings at its top, ``<% set NAME = … %>``:

* ``tag`` is what its pipeline calls the tag of a run;
* ``image`` is what it calls an image that is named by its inputs, with ``{variable}`` for the variable that
  ``dfrender inputs`` prints it as; without it, the name is the one that the image has now;
* ``paths`` says where paths begin: ``"folder"`` for the working directory, ``"repository"`` for its root;
* ``handovers`` lists the hand-overs that it knows, without it all;
* ``builders`` lists the builders that it calls, without it all;
* ``one_line`` says that no value may have more lines than one, or what no line shows;
* ``refuses`` lists texts that its pipeline would take for its own in a path or a command.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.plan.languages import filters_for
from dfrender.plan.named import VARIABLE
from dfrender.plan.plan import Plans
from dfrender.plan.values import hints_for, values_of
from dfrender.profile.keys import Builder, Handover
from dfrender.source import At
from dfrender.template.format_file import FormatFile

_IN_FOLDER, _IN_REPOSITORY = "folder", "repository"
_HANDOVERS = tuple(each.value for each in Handover)
_BUILDERS = tuple(each.value for each in Builder)


class Settings(NamedTuple):
    """What a format says before there is a plan."""

    tag: str
    image: str
    in_root: bool
    handovers: tuple[str, ...]
    builders: tuple[str, ...]
    one_line: bool
    refuses: tuple[str, ...]


class WrittenFormat:
    """A format of a name, read from its file."""

    def __init__(self, name: str, file: str, text: str) -> None:
        """Read the text; raise `DfrenderError` where it is not a format."""
        self._at = At(f"--format {name}")
        known = filters_for(())
        self._source = FormatFile(file, text, known.keys())
        self.settings = _settings(self._source)

    def write(self, plans: Plans) -> str:
        """Return what the format makes of plans; raise `DfrenderError` where it cannot say what is in them."""
        problems = Problems()
        self._check_handover(plans, problems)
        self._check_builder(plans, problems)
        self._check_texts(plans, problems)
        problems.refuse()
        filters = filters_for(self._replaced(plans))
        return self._source.write(values_of(plans), filters, hints_for(plans))

    def _replaced(self, plans: Plans) -> Sequence[str]:
        """Return what its pipeline replaces in texts: its words for the tag of a run, and for images."""
        found: list[str] = []
        if self.settings.tag:
            found.append(self.settings.tag)
        if self.settings.image:
            for variable in plans.variables:
                found.append(self.settings.image.replace(VARIABLE, variable))
        return found

    def _check_handover(self, plans: Plans, problems: Problems) -> None:
        handover = plans.first.handover.value
        offered = self.settings.handovers
        if handover not in offered:
            known = " or ".join(offered)
            message = f"images are handed over by {handover}, and this format knows {known} only"
            problems.error(self._at, "handover-not-offered", message, f"call it with --handover {offered[0]}")

    def _check_builder(self, plans: Plans, problems: Problems) -> None:
        builder = plans.first.builder.value
        offered = self.settings.builders
        if builder not in offered:
            known = " and ".join(offered)
            message = f"the profile is for {builder}, and this format calls {known} only"
            hint = f"call it with --format sh, or with --set builder={offered[0]}"
            problems.error(self._at, "builder-not-offered", message, hint)

    def _check_texts(self, plans: Plans, problems: Problems) -> None:
        for what, value in _free_texts(plans):
            if not value.isprintable():
                message = f"{what} {value!r} holds control characters, which no shell reads from a script"
                problems.error(self._at, "unwritable-value", message, "rename the file or its folder")
            for refused in self.settings.refuses:
                if refused in value:
                    message = f"{what} {value!r} holds {refused!r}, which this pipeline takes for its own"
                    problems.error(self._at, "unwritable-value", message, "choose another name")
        if not self.settings.one_line:
            return
        for what, value in _options(plans):
            if not value.isprintable():
                message = f"{what} {value!r} does not fit on one line of this pipeline"
                hint = "take out line breaks and control characters"
                problems.error(self._at, "unwritable-value", message, hint)


def _free_texts(plans: Plans) -> Iterator[tuple[str, str]]:
    """Yield what a user can call as he likes, and a pipeline reads."""
    for plan in plans.plans:
        yield "the path of the Dockerfile", plan.location.dockerfile
        yield "the path of the context", plan.location.context
        yield "the command", plan.location.render
        if plan.variables:
            yield "the command", plan.location.inputs


def _options(plans: Plans) -> Iterator[tuple[str, str]]:
    for job in plans.jobs:
        for option in job.options():
            yield "the option", option


def _settings(source: FormatFile) -> Settings:
    problems = Problems()
    found: dict[str, object] = {}
    for name, (at, value) in source.settings(_FITS).items():
        found[name] = value
        if not _FITS[name](value):
            hint = f"write {EXAMPLES[name]}"
            problems.error(at, "format-setting", f"{name!r} cannot be {value!r}", hint)
    problems.refuse()
    tag = str(found.get("tag", ""))
    image = str(found.get("image", ""))
    in_root = found.get("paths") == _IN_REPOSITORY
    handovers = _texts(found.get("handovers")) or _HANDOVERS
    builders = _texts(found.get("builders")) or _BUILDERS
    one_line = bool(found.get("one_line"))
    refuses = _texts(found.get("refuses"))
    return Settings(tag, image, in_root, handovers, builders, one_line, refuses)


def _texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list; none of anything else."""
    found: list[str] = []
    if isinstance(value, list):
        for each in value:
            if isinstance(each, str):
                found.append(each)
    return tuple(found)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_image(value: object) -> bool:
    return isinstance(value, str) and VARIABLE in value


def _is_place(value: object) -> bool:
    return value in (_IN_FOLDER, _IN_REPOSITORY)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_list_of_texts(value: object) -> bool:
    if not isinstance(value, list):
        return False
    return len(_texts(value)) == len(value)


def _are_handovers(value: object) -> bool:
    return _are_some_of(_HANDOVERS, value)


def _are_builders(value: object) -> bool:
    return _are_some_of(_BUILDERS, value)


def _are_some_of(known: Collection[str], value: object) -> bool:
    wanted = _texts(value)
    if not wanted or not _is_list_of_texts(value):
        return False
    return set(wanted).issubset(known)


_FITS: Mapping[str, Callable[[object], bool]] = {
    "tag": _is_text,
    "image": _is_image,
    "paths": _is_place,
    "handovers": _are_handovers,
    "builders": _are_builders,
    "one_line": _is_boolean,
    "refuses": _is_list_of_texts,
}
EXAMPLES = {
    "tag": '<% set tag = "$RUN" %>',
    "image": '<% set image = "${{variable}}" %>',
    "paths": '<% set paths = "folder" %> for the working directory, or "repository" for the root of the repository',
    "handovers": '<% set handovers = ["artifact", "registry", "cache"] %>, or some of them',
    "builders": '<% set builders = ["buildkit", "classic", "buildah"] %>, or some of them',
    "one_line": "<% set one_line = true %>",
    "refuses": '<% set refuses = ["${{"] %>',
}
