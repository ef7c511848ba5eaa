"""Azure Pipelines in small: template expressions, macros, artifacts, caches, and the tasks that a plan uses.

A self-hosted agent: what a job leaves in its workspace is there for the next one, unless that says otherwise.
``Docker@2`` does what the real task did (2.279, with its task library's splitting of arguments).
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.plan.agents.machine import Yaml, in_order, new_entry, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.plan.agents.machine import Machine, Machines

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_CALL = re.compile(r"(\w+)\((.*)\)")
_MACRO = re.compile(r"\$\(([\w.]+)\)")
_OUTPUT = re.compile(r"\$\[ dependencies\.(\w+)\.outputs\['([\w.]+)'\] \]")
_SET = re.compile(r"^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$", re.MULTILINE)
_UNLESS = re.compile(r"and\(succeeded\(\), ne\(variables\['(\w+)'\], 'true'\)\)")
_LABELS = 7


@dataclass
class Azure:
    """A project with an agent: ``sources`` are what is committed, ``parameters`` what a person chose for the run."""

    sources: Path
    folder: Path
    machines: Machines
    parameters: Mapping[str, Any] = field(default_factory=dict)
    build: int = 101
    attempt: int = 1
    caches: dict[str, Path] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def run(self, pipeline: str) -> dict[str, Machine]:
        """Run the jobs of a pipeline in their order; return what each did."""
        document = yaml.safe_load(pipeline)
        chosen = {each["name"]: each["default"] for each in document["parameters"]} | dict(self.parameters)
        jobs = {job["job"]: job for job in expand(document["jobs"], {"parameters": chosen})}
        needs = {name: _listed(job.get("dependsOn")) for name, job in jobs.items()}
        done: dict[str, Machine] = {}
        for name in in_order(needs):
            with self.machines(name) as machine:
                own = self._variables(jobs[name].get("variables", {}), needs[name])
                job = _Job(self, machine, {**document["variables"], **own})
                job.run(jobs[name])
                done[name] = machine
        return done

    def _variables(self, variables: Mapping[str, str], needs: Sequence[str]) -> Mapping[str, str]:
        """Return the variables of a job, which are outputs of jobs that it needs."""
        found: dict[str, str] = {}
        for name, text in variables.items():
            output = _OUTPUT.fullmatch(text)
            assert output, f"{text} is not an output of a job"
            assert output[1] in needs, f"nothing is known of {output[1]}, which the job does not need"
            found[name] = self.outputs[f"{output[1]}.{output[2]}"]
        return found

    @property
    def artifacts(self) -> Path:
        """Return the folder in which the artifacts of this run are."""
        return self.folder / "artifacts" / str(self.build)

    @property
    def workspace(self) -> Path:
        """Return the agent's folder for this pipeline."""
        return self.folder / "agent"


class _Job:
    """One job at work."""

    def __init__(self, azure: Azure, machine: Machine, variables: Mapping[str, str]) -> None:
        self.azure = azure
        self.machine = machine
        self.temporary = machine.folder / "temp"
        self.temporary.mkdir()
        self.logins: list[str] = []
        self.after: list[tuple[str, Path]] = []
        self.variables = {
            "Agent.OS": "Linux",
            "Agent.TempDirectory": str(self.temporary),
            "Build.BuildId": str(azure.build),
            "Build.SourcesDirectory": str(azure.workspace / "s"),
            "Pipeline.Workspace": str(azure.workspace),
            "System.JobAttempt": str(azure.attempt),
            "System.JobId": f"job-{machine.folder.name}",
            **variables,
        }

    def run(self, job: Mapping[str, Any]) -> None:
        workspace = self.azure.workspace
        if job.get("workspace", {}).get("clean") == "all":
            shutil.rmtree(workspace, ignore_errors=True)
        (workspace / "s").mkdir(parents=True, exist_ok=True)
        for step in self.steps(job["steps"]):
            (kind, *_) = step
            if self.holds(step.get("condition")):
                said = len(self.machine.said)
                getattr(self, kind)(step)
                if "name" in step:
                    for name, value in _SET.findall("".join(self.machine.said[said:])):
                        self.azure.outputs[f"{job['job']}.{step['name']}.{name}"] = value
        for key, path in self.after:
            if key not in self.azure.caches:  # an entry is written once
                kept = new_entry(self.azure.folder / "caches")
                shutil.copytree(path, kept)
                self.azure.caches[key] = kept

    def holds(self, condition: str | None) -> bool:
        """Say whether a step is to be done while all before it succeeded."""
        if condition is None:
            return True
        unless = _UNLESS.fullmatch(condition)
        assert unless, f"the condition {condition} is not understood"
        return self.variables.get(unless[1]) != "true"

    def steps(self, steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Yield the steps, those of templates in their place."""
        for step in steps:
            if "template" in step:
                template = yaml.safe_load((self.azure.sources / step["template"]).read_text("utf-8"))
                given = step["parameters"]
                _check_parameters(template["parameters"], given)
                yield from expand(template["steps"], {"parameters": given})
            else:
                yield step

    def replaced(self, text: str) -> str:
        """Replace the macros that are known; the agent leaves the others as they are."""
        before = ""
        while before != text:
            before = text
            text = _MACRO.sub(lambda match: self.variables.get(match[1], match[0]), text)
        return text

    def checkout(self, step: Mapping[str, Any]) -> None:
        if step["checkout"] == "self":
            shutil.copytree(self.azure.sources, self.azure.workspace / "s", dirs_exist_ok=True, symlinks=True)

    def bash(self, step: Mapping[str, Any]) -> None:
        known = {name.upper().replace(".", "_"): self.replaced(text) for name, text in self.variables.items()}
        own = {name: self.replaced(text) for name, text in texts(step.get("env")).items()}
        script = self.replaced(step["bash"])
        self.machine.run(["bash", "--noprofile", "--norc"], script, self.azure.workspace / "s", known | own)

    def publish(self, step: Mapping[str, Any]) -> None:
        artifact = self.azure.artifacts / self.replaced(step["artifact"])
        artifact.mkdir(parents=True)  # which fails where there is one of this name, as the service does
        published = Path(self.replaced(step["publish"]))
        if published.is_dir():
            shutil.copytree(published, artifact, dirs_exist_ok=True)
        else:
            shutil.copy(published, artifact)

    def download(self, step: Mapping[str, Any]) -> None:
        pattern = self.replaced(step["patterns"])
        files = [each.relative_to(self.azure.artifacts) for each in self.azure.artifacts.rglob("*") if each.is_file()]
        found = [each for each in files if _is_like(pattern, each.as_posix())]
        assert found, f"no artifact is like {pattern}"
        for each in found:
            target = self.azure.workspace / each
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.azure.artifacts / each, target)

    def task(self, step: Mapping[str, Any]) -> None:
        inputs = {
            name: self.replaced(value) if isinstance(value, str) else value for name, value in step["inputs"].items()
        }
        match step["task"]:
            case "UsePythonVersion@0":
                assert inputs["versionSpec"]
            case "Cache@2":
                self.cache(inputs)
            case "Docker@2":
                self.docker(inputs, {name: self.replaced(text) for name, text in texts(step.get("env")).items()})
            case other:
                raise AssertionError(f"there is no task {other}")

    def cache(self, inputs: Mapping[str, str]) -> None:
        """Restore an entry: the exact one, else the newest of which the beginning of the key is the same."""
        path = Path(inputs["path"])
        key = _cache_key(inputs["key"])
        beginnings = [_cache_key(each) for each in inputs.get("restoreKeys", "").splitlines()]
        like = [each for start in beginnings for each in reversed(self.azure.caches) if each.startswith(start)]
        hit = "false"
        for each in [key, *like]:
            if each in self.azure.caches:
                shutil.copytree(self.azure.caches[each], path, dirs_exist_ok=True)
                hit = "true" if each == key else "inexact"
                break
        if "cacheHitVar" in inputs:
            self.variables[inputs["cacheHitVar"]] = hit
        self.after.append((key, path))

    def docker(self, inputs: Mapping[str, Any], env: Mapping[str, str]) -> None:
        if inputs["command"] == "login":
            self.logins.append(inputs["containerRegistry"])
            return
        assert inputs["command"] == "build"
        words = ["docker", "build", "-f", inputs["Dockerfile"]]
        for number in range(_LABELS):
            words += ["--label", f"com.azure.dev.image.label{number}={self.azure.build}"]
        words += task_words(inputs["arguments"].replace("\n", " "))
        repository = inputs["repository"]
        if repository:
            names = [f"{registry}/{repository}" for registry in self.logins] or [repository]
            for name in names:
                words += ["-t", f"{name}:{inputs.get('tags', self.azure.build)}"]
        assert inputs["addBaseImageData"] is False, "the task would pull the base of the last FROM"
        self.machine.call([*words, inputs["buildContext"]], self.azure.workspace / "s", env)


def _check_parameters(declared: Sequence[Mapping[str, str]], given: Mapping[str, Any]) -> None:
    kinds = {"string": str, "boolean": bool, "object": (list, dict)}
    assert {each["name"] for each in declared} == set(given)
    for each in declared:
        assert isinstance(given[each["name"]], kinds[each["type"]])  # type: ignore[arg-type]  # one kind or several


def expand(node: Yaml, scope: Mapping[str, Any]) -> Yaml:
    """Expand what stands between ``${{`` and ``}}`` in keys and texts."""
    if isinstance(node, str):
        whole = _EXPRESSION.fullmatch(node)
        if whole:
            return _value(whole[1], scope)
        return _EXPRESSION.sub(lambda match: _text(_value(match[1], scope)), node)
    if isinstance(node, list):
        found: list[Any] = []
        for each in node:
            directive = _directive(each)
            if directive:
                for inner in _scopes(directive, scope):
                    found += expand(each[f"${{{{ {directive} }}}}"], inner)
            else:
                found.append(expand(each, scope))
        return found
    if isinstance(node, dict):
        return {key: expand(value, scope) for key, value in node.items()}
    return node


def _directive(node: Yaml) -> str:
    """Return the condition or the loop that an item of a list is, empty for an ordinary one."""
    if isinstance(node, dict) and len(node) == 1:
        (key,) = node
        match = _EXPRESSION.fullmatch(key)
        if match:
            return match[1]
    return ""


def _scopes(directive: str, scope: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the scopes in which the content of a directive is expanded: none where a condition does not hold."""
    word, _, rest = directive.partition(" ")
    if word == "if":
        if _value(rest, scope):
            yield scope
        return
    assert word == "each"
    name, _, items = rest.partition(" in ")
    for item in _value(items, scope):
        yield {**scope, name: item}


def _value(expression: str, scope: Mapping[str, Any]) -> Yaml:
    call = _CALL.fullmatch(expression)
    if call:
        given = [_value(each.strip(), scope) for each in call[2].split(",")]
        match call[1], given:
            case "ne", [one, other]:
                return one != other
            case "lower", [one]:
                return _text(one).lower()
        raise AssertionError(f"there is no function {call[1]}")
    if expression.startswith("'"):
        return expression.strip("'")
    value: Yaml = scope
    for name in expression.split("."):
        value = value[name]
    return value


def _text(value: Yaml) -> str:
    return str(value)  # a boolean becomes True or False there too


def _is_like(pattern: str, path: str) -> bool:
    """Say whether a path is like a pattern, in which only ``**`` takes more names than one."""
    wanted = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.fullmatch(wanted, path) is not None


def _listed(value: Yaml) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _cache_key(key: str) -> str:
    """Return a key as the task reads it: what has a dot or a slash outside of double quotes is a pattern of files."""
    segments = [each.strip() for each in key.split("|")]
    for each in segments:
        is_text = len(each) > 1 and each[0] == each[-1] == '"'
        assert is_text or not set(each) & set("./*"), f"{each} is a pattern of files"
    return "|".join(each.strip('"') for each in segments)


def task_words(text: str) -> list[str]:
    """Split arguments as ``azure-pipelines-task-lib`` does: at blanks, but for those between double quotes.

    A backslash is one, but where it stands between double quotes and before another one.
    """
    found: list[str] = []
    word = ""
    begun = quoted = escaped = False
    for char in text:
        if char == " " and not quoted:
            if begun:
                found.append(word)
            word, begun = "", False
            continue
        begun = True
        if char == '"' and not escaped:
            quoted = not quoted
        elif char == "\\" and quoted and not escaped:
            escaped = True
        else:
            if escaped and char != '"':
                word += "\\"
            word += char
            escaped = False
    return [*found, word.strip()] if begun else found
