"""A digest against an engine: a step of a stage is executed only if the stage's digest was never built before.

The reverse, a new digest of which nothing is executed, is allowed and counted: an image is built once too often then.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dfrender import api, files
from dfrender.diagnostics import DfrenderError, Problems
from dfrender.dockerfile.ignore import PatternError, Patterns, read_lines
from dfrender.inputs import around, naming
from dfrender.inputs.context import Context, Tracked
from dfrender.inputs.naming import Asked
from dfrender.inputs.parts import Part, digest_of
from dfrender.recorder import Recorder
from dfrender.template.template import read_template
from tests.engine.edits import EDITS, Project, touch_everything
from tests.engine.engine import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dfrender.api import Result
    from dfrender.inputs.digests import StageInputs
    from tests.engine.engine import Engine

    Digests = Mapping[str, str]

TEMPLATES = ("copies", "mounts", "arguments")
EDITS_EACH = 70
IGNORE_FILES = 300
_STEP = re.compile(r"(?m)^#(?P<id>\d+) \[(?P<stage>\S+) +\d+/\d+\] (?!FROM )")
_CACHED = re.compile(r"(?m)^#(\d+) CACHED$")
_DONE = re.compile(r"(?m)^#(\d+) DONE ")
# Docker 26 and 28 refuse `COPY docs/*.md /` where no file matches, 20.10 copies nothing; all copy nothing for `*.md`
_NO_MATCH = re.compile(r"(?m)^ERROR: .*\blstat \S+: no such file or directory$")


class Build(NamedTuple):
    """What an engine did for a rendering: whether all worked, and how many steps of each stage it executed."""

    worked: bool
    executed: Mapping[str, int]
    matched_nothing: bool = False


def executed(output: str) -> Counter[str]:
    """Count by stage the steps that were executed, of all kinds: the others are cached, or not even looked at."""
    done = set(_DONE.findall(output)) - set(_CACHED.findall(output))
    steps = {match["id"]: match["stage"] for match in _STEP.finditer(output)}
    return Counter(stage for step, stage in steps.items() if step in done)


def rendered(project: Project, profile: str) -> Result:
    """Render the template for a profile, and write what comes of it."""
    (result,) = api.render_all(read_template(project.template()), [profile], (), {})
    for each in files.files_of([result], None, Path.cwd()):
        files.write(each)
    return result


def inputs_of(result: Result, problems: Problems) -> Mapping[int, StageInputs]:
    """Return what all stages are made of."""
    asked = Asked(result.template, result.decisions.source, result.profile)
    stages = range(len(asked.source.stages))
    return naming.inputs_of(asked, Recorder(), problems, stages, around.tracked_in(result.profile))


def build(engine: Engine, project: Project, result: Result) -> Build:
    """Build each prebuilt stage under its name, then the last stage, as the jobs of a pipeline do."""
    targets = [(each.stage.text, each.image.text) for each in result.profile.prebuilt]
    options = [f"--build-arg={each.name.text}={each.value.text}" for each in result.profile.builds.build_args]
    steps: Counter[str] = Counter()
    for target, image in [*targets, ("", "")]:
        named = [f"--target={target}", f"--tag={image}"] if target else []
        dockerfile = project.folder / f"Dockerfile.{result.profile.name}"
        worked, output = engine.try_build(project.app, str(dockerfile), *named, *options)
        steps += executed(output)
        if not worked:
            return Build(worked=False, executed=steps, matched_nothing=bool(_NO_MATCH.search(output)))
    return Build(worked=True, executed=steps)


class Proof:
    """What was built so far, by profile and stage; what contradicts the digests, and what did without them."""

    def __init__(self, engine: Engine, digests: Callable[[Mapping[int, StageInputs]], Digests]) -> None:
        """Begin with nothing built; ``digests`` makes them, right or wrong."""
        self.engine = engine
        self.digests = digests
        self.built: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.contradictions: list[str] = []
        self.for_nothing: Counter[str] = Counter()
        self.builds = 0
        self.refused = 0

    def look(self, project: Project, profile: str, edit: str) -> None:
        """Render and build; compare what is executed with what is new.

        What cannot be named, since a file is missing, is refused before anything is built.
        """
        try:
            result = rendered(project, profile)
        except DfrenderError as error:
            codes = {each.code for each in error.diagnostics}
            if codes != {"missing-input"} or profile != "ci":
                self.contradictions.append(f"{profile}, {edit}: refused for {codes}")
            self.refused += 1
            return
        problems = Problems()
        found = inputs_of(result, problems)
        problems += [problem for each in found.values() for problem in each.problems]
        made = build(self.engine, project, result)
        self.builds += 1
        # what a variable names is known to the builder only
        is_known = "COPY $" not in project.template().read_text()
        may_fail = not is_known or made.matched_nothing
        if (made.worked and problems) or (not may_fail and not made.worked and not problems):
            told = [each.message for each in problems]
            self.contradictions.append(f"{profile}, {edit}: the build worked: {made.worked}, and reported is {told}")
        for stage, digest in self.digests(found).items():
            known = self.built[profile, stage]
            count = made.executed.get(stage, 0)
            if count and digest in known:
                self.contradictions.append(f"{profile}, {edit}: {count} steps of {stage}, which was built before")
            if not count and known and digest not in known and made.worked:
                self.for_nothing[edit] += 1
            if count or made.worked:
                known.add(digest)


def whole(found: Mapping[int, StageInputs]) -> Digests:
    """Return the digests as they are."""
    return {each.digest.name: each.digest.sha256 for each in found.values()}


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_executed_has_a_digest_that_was_never_built(engine: Engine, tmp_path: Path, template: str) -> None:
    project = Project(HERE / "inputs" / template, tmp_path / template, seed=len(template))
    proof = Proof(engine, whole)
    edit = "nothing"
    for number in range(EDITS_EACH + 1):
        proof.look(project, "local", edit)
        if number % 3 == 0:
            proof.look(project, "ci", "up to three edits")
        edit = project.random.choice(list(EDITS))
        EDITS[edit](project)
    assert proof.contradictions == []
    assert proof.builds > EDITS_EACH
    assert proof.refused < EDITS_EACH // 3
    for kind, count in sorted(proof.for_nothing.items()):
        print(f"{template}: a new digest, and nothing executed, after {kind}: {count}")  # noqa: T201 - shown by -rP


def test_times_mean_nothing(engine: Engine, tmp_path: Path) -> None:
    project = Project(HERE / "inputs" / "copies", tmp_path / "copies", seed=1)
    result = rendered(project, "local")
    build(engine, project, result)
    touch_everything(project.app)
    assert build(engine, project, result).executed == {}


# a digest that lacks a part, and an edit by which an engine finds that out
def _without_modes(found: Mapping[int, StageInputs]) -> Digests:
    return _changed(found, lambda kind, what: ("file", what) if kind == "executable" else (kind, what))


def _without_targets(found: Mapping[int, StageInputs]) -> Digests:
    return _changed(found, lambda kind, what: (kind, "") if kind == "link" else (kind, what))


def _without_folders(found: Mapping[int, StageInputs]) -> Digests:
    return _changed(found, lambda kind, what: None if kind == "folder" else (kind, what))


def _without_context(found: Mapping[int, StageInputs]) -> Digests:
    return _changed(found, lambda _kind, _what: None)


def _without_arguments(found: Mapping[int, StageInputs]) -> Digests:
    return _changed(found, lambda kind, what: (kind, what), without="argument")


def _changed(
    found: Mapping[int, StageInputs], change: Callable[[str, str], tuple[str, str] | None], without: str = ""
) -> Digests:
    """Return digests of other inputs and fewer parts; those of stages that others refer to are changed alike."""
    made: dict[str, str] = {}
    for each in found.values():
        parts: list[Part] = []
        for part in each.digest.parts:
            words = part.words
            if words[0] == "stage":
                words = ("stage", made[part.name], *words[2:])
            if words[0] != without:
                parts.append(part._replace(words=words))
        inputs = []
        for one in each.digest.inputs.values():
            changed = change(one.kind, one.what)
            if changed:
                inputs.append(one._replace(kind=changed[0], what=changed[1]))
        made[each.digest.name] = digest_of(parts, inputs)
    return made


def _edit_link(project: Project) -> None:
    (project.app / "src" / "link").unlink(missing_ok=True)
    (project.app / "src" / "link").symlink_to(f"target-{project.fresh().strip()}")


def _edit_folder(project: Project) -> None:
    (project.app / "src" / "void").mkdir()


def _edit_ignored(project: Project) -> None:
    project.put(".dockerignore", "src/deep\n")


def _edit_mounted(project: Project) -> None:
    project.put("src/new.txt", project.fresh())


def _edit_mode(project: Project) -> None:
    (project.app / "src" / "a.txt").chmod(0o755)


def _edit_argument(project: Project) -> None:
    path = project.folder / "profiles" / "local.yaml"
    path.write_text(path.read_text() + "build_args: {LEVEL: 7}\n")


WRONG = [
    pytest.param("copies", _without_modes, _edit_mode, id="the executable bit"),
    pytest.param("copies", _without_targets, _edit_link, id="where links lead"),
    pytest.param("copies", _without_folders, _edit_folder, id="empty folders"),
    pytest.param("copies", _without_context, _edit_ignored, id="the ignore file, and all files"),
    pytest.param("mounts", _without_context, _edit_mounted, id="what is mounted"),
    pytest.param("arguments", _without_arguments, _edit_argument, id="build arguments"),
]


@pytest.mark.parametrize(("template", "digests", "edit"), WRONG)
def test_a_digest_is_found_out_that_lacks(
    engine: Engine,
    tmp_path: Path,
    template: str,
    digests: Callable[[Mapping[int, StageInputs]], Digests],
    edit: Callable[[Project], None],
) -> None:
    project = Project(HERE / "inputs" / template, tmp_path / template, seed=2)
    (project.app / "src" / "link").symlink_to("first")
    right, wrong = Proof(engine, whole), Proof(engine, digests)
    for proof in (right, wrong):
        proof.look(project, "local", "nothing")
    before = (project.folder / "profiles" / "local.yaml").read_text()
    edit(project)
    wrong.look(project, "local", "the edit")
    assert wrong.contradictions
    assert (project.folder / "profiles" / "local.yaml").read_text().startswith(before)


class Cell(NamedTuple):
    """An edit of the template ``copies``, and the stages of which a step is executed then."""

    edit: Callable[[Project], None]
    stages: str


def _put(name: str) -> Callable[[Project], None]:
    return lambda project: project.put(name, project.fresh())


def _replace(old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.replace(old, new)


TABLE = [
    pytest.param(_put("poetry.lock"), "requirements development everything", id="a file that the first stage copies"),
    pytest.param(_put("src/a.txt"), "sources development everything", id="a file in a folder that is copied"),
    pytest.param(_put("docs/one.md"), "development everything", id="a file that a wildcard matches"),
    pytest.param(_put("v1/x.txt"), "development everything", id="a file behind a link"),
    pytest.param(_put("docs/more/three.md"), "everything", id="a file that only the whole context holds"),
    pytest.param(_put(".dockerignore"), "everything", id="an ignore file that ignores nothing is a file"),
    pytest.param(_replace("FROM ", "# a comment\nFROM "), "", id="a comment"),
    pytest.param(_replace("cat /app", "cat  /app"), "requirements development everything", id="white space in RUN"),
    pytest.param(_replace("-type f", "-type d"), "sources", id="a command that makes nothing"),
    pytest.param(_replace("echo two", "echo three"), "development everything", id="the last command of a stage"),
]


@pytest.mark.parametrize(("edit", "stages"), TABLE)
def test_an_edit_executes(engine: Engine, tmp_path: Path, edit: Callable[[Project], None], stages: str) -> None:
    """Of the four stages; the digests of these are new, and of those that refer to them."""
    project = Project(HERE / "inputs" / "copies", tmp_path / "copies", seed=3)
    proof = Proof(engine, whole)
    proof.look(project, "local", "nothing")
    before = whole(inputs_of(rendered(project, "local"), Problems()))
    edit(project)
    result = rendered(project, "local")
    after = whole(inputs_of(result, Problems()))
    steps = build(engine, project, result).executed
    assert sorted(steps) == sorted(stages.split())
    assert {stage for stage in before if before[stage] != after[stage]} >= set(steps)


def ignore_file(random: Random) -> str:
    """Return the text of an ignore file."""
    lines = []
    for _ in range(random.randint(1, 5)):
        parts = random.choices(WORDS, k=random.choice((1, 1, 2, 2, 3)))
        sign = "!" if random.random() < 0.35 else ""
        lead = random.choice(("", "", "", "", "/", "./", " ", "../"))
        lines.append(f"{sign}{lead}{'/'.join(parts)}{random.choice(('', '', '', '/', ' ', '/.'))}\n")
    return "".join(lines)


WORDS = ("*", "**", "docs", "a", "b.md", "*.md", "src", "x", "?", "[a-d]", "[^d]*", "deep", "d*", "y", ".git", "void")
LAID = ("a", "b.md", "docs/a", "docs/b.md", "docs/deep/a", "src/a.py", "src/x/y/z", "e é/a", "[x]/a", ".git/HEAD")


@pytest.mark.slow
def test_an_ignore_file_leaves_in_the_context_what_docker_leaves(engine: Engine, tmp_path: Path) -> None:
    """Docker up to 20.10 sends a folder too in which nothing is left, if an exception leads into it."""
    app = tmp_path / "app"
    for name in LAID:
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(name)
    (app / "void").mkdir()
    (app / "link").symlink_to("a")
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    random = Random(18)  # noqa: S311 - the same files in every run
    differences: list[object] = []
    for _ in range(IGNORE_FILES):
        text = ignore_file(random)
        (app / ".dockerignore").write_text(text)
        there = sent(engine, app, tmp_path / "Dockerfile")
        here = seen(app, text)
        empty = {path for path in there - here if not any(each.startswith(f"{path}/") for each in here)}
        is_old = engine.major <= 20
        if here - there or (there - here) - (empty if is_old and "!" in text else set()):
            differences.append((text, sorted(here - there), sorted(there - here)))
    assert differences == []


def sent(engine: Engine, app: Path, dockerfile: Path) -> set[str]:
    """Return what a builder has in its context; nothing but ``refused`` where it refuses the ignore file."""
    worked, archive = engine.export(app, str(dockerfile))
    if not worked:
        return {"refused"}
    with tarfile.open(fileobj=io.BytesIO(archive)) as found:
        return {member.name.removeprefix("./").rstrip("/") for member in found} - {"", "."}


def seen(app: Path, text: str) -> set[str]:
    """Return what is in the context here."""
    try:
        context = Context(app, Patterns([pattern for pattern, _ in read_lines(text)]), Recorder(), Tracked({}))
        return {path for path, _ in context.below("")}
    except PatternError:
        return {"refused"}
