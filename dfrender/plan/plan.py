"""What a plan is: plain values that every format is written from. Knows neither Dockerfiles nor graphs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dfrender.profile.keys import Builder, Handover


class Image(NamedTuple):
    """A prebuilt stage, and the image that stands for it."""

    stage: str
    name: str


class Job(NamedTuple):
    """One build.

    ``stage`` is its name, or ``#index`` if it has none; ``target`` is empty for a last stage without name. ``after``
    are the jobs that have to be done before, ``runs`` the stages that it executes, ``images`` those that it takes for
    stages. ``contexts`` are images too, under the names of the stages that they replace, and ``args`` are build
    arguments. ``cache_from`` and ``cache_to`` are as the options of these names. ``platform`` is what the stage's own
    ``FROM`` asks for. ``is_taken`` says whether another job is after it.
    """

    stage: str
    target: str
    tags: tuple[str, ...]
    after: tuple[str, ...]
    runs: tuple[str, ...]
    images: tuple[Image, ...]
    args: tuple[tuple[str, str], ...]
    contexts: tuple[Image, ...]
    cache_from: tuple[str, ...]
    cache_to: tuple[str, ...]
    platform: str
    is_taken: bool

    @property
    def loads(self) -> tuple[Image, ...]:
        """Give the images that jobs of the plan make; the others are there already, or in a registry."""
        return tuple(image for image in self.images if image.stage in self.after)

    def options(self) -> Iterator[tuple[str, str]]:
        """Give the options of ``docker build`` and their values, but for those that name files and tags."""
        if self.target:
            yield "--target", self.target
        yield from (("--build-arg", f"{name}={value}") for name, value in self.args)
        yield from (("--build-context", f"{each.stage}=docker-image://{each.name}") for each in self.contexts)
        yield from (("--cache-from", each) for each in self.cache_from)
        for each in self.cache_to:  # an engine without buildx knows the argument, and not the option
            yield ("--build-arg", "BUILDKIT_INLINE_CACHE=1") if each == "type=inline" else ("--cache-to", each)


class Place(NamedTuple):
    """Where a plan is carried out: the paths of Dockerfile and context there, and what the tag of a run is called.

    Without a ``tag`` the profile's holds. ``render`` is the command that makes the Dockerfile, ``update`` the one that
    writes the plan down again.
    """

    dockerfile: str = ""
    context: str = ""
    tag: str = ""
    render: str = ""
    update: str = ""


class Link(NamedTuple):
    """A reference: the ``stage`` needs ``source``, which is a stage too or else an image.

    ``kind`` is ``FROM``, ``COPY --from`` or ``RUN --mount=from``; ``onbuild`` says that it is a trigger.
    """

    source: str
    is_stage: bool
    stage: str
    kind: str
    onbuild: bool


class Picture(NamedTuple):
    """The graph of a Dockerfile, or the part of it that a target needs; ``prebuilt`` are stages that are images."""

    stages: tuple[str, ...]
    prebuilt: tuple[str, ...]
    links: tuple[Link, ...]


class Plan(NamedTuple):
    """The builds that a profile asks for, in an order in which they can be done.

    ``needed`` are the stages that building ``target`` executes while the images are there. ``tag_in_file`` says that
    the tag of the images stands in the Dockerfile itself. ``notes`` are what is known of engines.
    """

    place: Place
    profile: str
    target: str
    builder: Builder
    handover: Handover
    needed: tuple[str, ...]
    jobs: tuple[Job, ...]
    picture: Picture
    tag_in_file: bool
    notes: tuple[str, ...]

    def steps(self) -> dict[str, int]:
        """Return the step of each job, from 1; the jobs of one step can run at once."""
        found: dict[str, int] = {}
        for job in self.jobs:
            earlier = [found.get(each, 0) for each in job.after]
            found[job.stage] = 1 + max(earlier, default=0)
        return found

    def ids(self, allowed: str, taken: str = "") -> dict[str, str]:
        """Give an id of ``allowed`` characters for each job, like its stage: one of its own, and not ``taken``."""
        found: dict[str, str] = {}
        used = {taken}
        for job in self.jobs:
            name = re.sub(f"[^{allowed}]", "_", job.stage)
            while name in used:
                name += "_"
            used.add(name)
            found[job.stage] = name
        return found
