"""What is known of a template, or of a profile by itself, as plain values: they pass from one process to another."""

import enum
from typing import NamedTuple

from dfrender.lsp.text import Location


class Naming(enum.Enum):
    """How a place names a stage: as written there, by an index, or by what a template or an argument makes of it."""

    LITERAL = "literal"
    INDEX = "index"
    COMPUTED = "computed"


class Meaning(NamedTuple):
    """What something is in one profile: a sentence in Markdown. The profile is empty where a template has none."""

    profile: str
    text: str


class Stage(NamedTuple):
    """A stage: its name as written, where that is written, and what it is in each profile.

    ``location`` is the line of the ``FROM`` where the name is not literally written; then not ``is_literal``.
    """

    name: str
    location: Location
    is_literal: bool
    meanings: tuple[Meaning, ...]


class Mention(NamedTuple):
    """A place that names stages or an image: a reference, a call of ``stage``, a profile's entry, a definition.

    ``stages`` are the indices of those that it may mean, which may be others in other profiles; none for an image.
    ``key`` is that of a profile.
    """

    location: Location
    stages: tuple[int, ...]
    naming: Naming
    meanings: tuple[Meaning, ...] = ()
    is_definition: bool = False
    key: str = ""


class Setting(NamedTuple):
    """A value of the template in one profile, as YAML writes it, and where that is set."""

    name: str
    profile: str
    text: str
    location: Location


class Problem(NamedTuple):
    """A diagnostic as editors have it: a place, what is said there, and the page about its code, if there is one."""

    location: Location
    code: str
    message: str
    is_error: bool
    page: str
    hint: str = ""
    related: tuple[tuple[str, Location], ...] = ()


class RenderedLine(NamedTuple):
    """Where a line of a rendering is from: file and line, from 1, and why dfrender added it, if it did."""

    path: str
    line: int
    why: str


class Rendering(NamedTuple):
    """What a template comes to in one profile, without the header, and where each line is from."""

    profile: str
    text: str
    lines: tuple[RenderedLine, ...]


class Analysis(NamedTuple):
    """All that is known of one file and what it is rendered with.

    ``files`` are those that it depends on, itself among them. ``profiles`` are the names of the profiles. Not
    ``is_complete``: what was found is what could be found in spite of errors. ``root`` is the folder to which paths in
    messages are relative. ``is_plain``: it is a Dockerfile that nothing of dfrender's is for yet.
    """

    path: str
    files: frozenset[str]
    profiles: tuple[str, ...]
    stages: tuple[Stage, ...]
    mentions: tuple[Mention, ...]
    settings: tuple[Setting, ...]
    problems: tuple[Problem, ...]
    renderings: tuple[Rendering, ...]
    is_complete: bool
    root: str = ""
    is_plain: bool = False
