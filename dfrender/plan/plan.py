"""What a plan is: plain values that every format is written from. Knows neither Dockerfiles nor graphs."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from dfrender.profile.keys import Builder, Handover


class Image(NamedTuple):
    """A prebuilt stage, or a job, and the image that stands for it."""

    stage: str
    name: str


class Location(NamedTuple):
    """Where a plan is carried out: the paths of Dockerfile and context there, and what the tag of a run is called.

    Without a ``tag`` the profile's holds. ``render`` is the command that makes the Dockerfile, ``update`` the one that
    writes the plan down again. ``name`` is what the names of jobs begin with where there are those of other templates.
    ``image`` is what an image that is named by its inputs is called, ``inputs`` the command that prints what it is, and
    ``prefix`` what variables begin with.
    """

    dockerfile: str = ""
    context: str = ""
    tag: str = ""
    render: str = ""
    update: str = ""
    name: str = ""
    image: str = ""
    inputs: str = ""
    prefix: str = ""


class Warming(NamedTuple):
    """A build before that of a job, by which the builder takes over what another job did.

    ``name`` is the other job's, ``target`` the stage up to which its cache has all, so that nothing is executed, and
    ``cache`` as the option ``--cache-from``: empty where the pipeline hands on the files of a cache.
    """

    name: str
    target: str
    cache: str


class Job(NamedTuple):
    """One build.

    ``name`` is like no other job's: that of its stage, behind its template's where there are several. ``stage`` is the
    name of the stage, or ``#index`` if it has none; ``target`` is empty for a last stage without name. ``after`` names
    the jobs that have to be done before, ``runs`` are the stages that it executes, ``images`` those that it takes for
    stages, ``loads`` those of them that jobs make, each with the name of the job: the others are there already, or in a
    registry. ``contexts`` are images too, under the names of the stages that they replace, and ``args`` are build
    arguments. ``cache_from`` and ``cache_to`` are as the options of these names; a build is given at most one cache,
    and ``warm_from`` are the others. ``platform`` is what the stage's own ``FROM`` asks for, ``target_platform`` what
    the profile builds for. ``is_taken`` says whether another job is after it, ``hands_on`` whether its image is needed
    when it is done: by another job, or to be published. ``digest`` is that of what the stage is made of, where its
    image is named by it, and ``probe`` the image that nothing has to be built for if it is there.
    """

    name: str
    stage: str
    target: str
    location: Location
    tags: tuple[str, ...]
    after: tuple[str, ...]
    runs: tuple[str, ...]
    images: tuple[Image, ...]
    loads: tuple[Image, ...]
    args: tuple[tuple[str, str], ...]
    contexts: tuple[Image, ...]
    cache_from: tuple[str, ...]
    cache_to: tuple[str, ...]
    warm_from: tuple[Warming, ...]
    platform: str
    target_platform: str
    is_taken: bool
    hands_on: bool
    digest: str
    probe: str

    def options(self) -> Iterator[str]:
        """Yield the options of ``docker build``, but for those that name files and tags."""
        yield from self.without_caches()
        for source in self.cache_from:
            yield f"--cache-from={source}"
        for target in self.cache_to:
            yield f"--cache-to={target}"

    def without_caches(self) -> Iterator[str]:
        """Yield the options that builds of ``warm_from`` have too; of two targets Docker takes the last one."""
        if self.target:
            yield f"--target={self.target}"
        if self.target_platform:
            yield f"--platform={self.target_platform}"
        for name, value in self.args:
            yield f"--build-arg={name}={value}"
        for image in self.contexts:
            yield f"--build-context={image.stage}=docker-image://{image.name}"


class Published(NamedTuple):
    """An image that is pushed once all jobs are done: its job, its name there, and those that it is pushed under.

    ``probe`` is one of these, if it is a name by the inputs of the stage: if that is there, it is published.
    """

    name: str
    stage: str
    image: str
    tags: tuple[str, ...]
    probe: str


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
    the tag of the images stands in the Dockerfile itself, ``install`` what pip installs where a pipeline renders it.
    ``registry`` is that of the first image that names one, ``variables`` hold those that are named by their inputs.
    ``old_syntax`` is the frontend that the Dockerfile asks for, if it knows no contexts. ``notes`` are what is known of
    engines.
    """

    location: Location
    profile: str
    target: str
    builder: Builder
    handover: Handover
    needed: tuple[str, ...]
    jobs: tuple[Job, ...]
    published: tuple[Published, ...]
    picture: Picture
    tag_in_file: bool
    install: str
    registry: str
    variables: tuple[str, ...]
    old_syntax: str
    notes: tuple[str, ...]

    @property
    def has_digests(self) -> bool:
        """Say whether an image is named by its inputs."""
        return bool(self.variables) or any(job.digest for job in self.jobs)


class Plans(NamedTuple):
    """The plans of one call, one of each template, and all their ``jobs`` in an order in which they can be done.

    All are built by one builder, hand over in one way and are rendered by what one ``install`` says. ``update`` is the
    command that writes all of them down again.
    """

    plans: tuple[Plan, ...]
    jobs: tuple[Job, ...]
    update: str

    @property
    def first(self) -> Plan:
        """Return the first plan, which has what all have in common."""
        return self.plans[0]

    @property
    def published(self) -> Iterator[Published]:
        """Yield what is pushed at the end of all plans."""
        for plan in self.plans:
            yield from plan.published

    @property
    def has_digests(self) -> bool:
        """Say whether an image of any plan is named by its inputs."""
        return any(plan.has_digests for plan in self.plans)

    @property
    def variables(self) -> list[str]:
        """Return the variables of all plans, each once."""
        found: dict[str, None] = {}
        for plan in self.plans:
            found.update(dict.fromkeys(plan.variables))
        return list(found)

    @property
    def registry(self) -> str:
        """Return the registry of the first plan that has one; empty where none does."""
        for plan in self.plans:
            if plan.registry:
                return plan.registry
        return ""

    @property
    def notes(self) -> list[str]:
        """Return the notes of all plans, each once."""
        found: dict[str, None] = {}
        for plan in self.plans:
            found.update(dict.fromkeys(plan.notes))
        return list(found)

    def steps(self) -> dict[str, int]:
        """Return the step of each job, from 1; the jobs of one step can run at once."""
        found: dict[str, int] = {}
        for job in self.jobs:
            earlier = [found.get(each, 0) for each in job.after]
            found[job.name] = 1 + max(earlier, default=0)
        return found

    def ids(self, allowed: str, taken: Collection[str]) -> dict[str, str]:
        """Return an id of ``allowed`` characters for each job, like its name: one of its own, not among ``taken``."""
        found: dict[str, str] = {}
        used = set(taken)
        for job in self.jobs:
            name = re.sub(f"[^{allowed}]", "_", job.name)
            if name[0].isdecimal():
                name = f"_{name}"  # pipelines let an id begin with a letter or an underscore
            while name in used:
                name += "_"
            used.add(name)
            found[job.name] = name
        return found
