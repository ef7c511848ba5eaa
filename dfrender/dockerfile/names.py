"""Names of Docker's world: is this a stage name, an image reference, the name of a build argument. Pure text.

The grammars are those of distribution/reference (``regexp.go``, ``normalize.go``) and of BuildKit
(``instructions/parse.go``).
"""

import re
from functools import lru_cache

# texts and not compiled: most runs need few of them, and ``re`` keeps those that it has seen
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_HOST_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = rf"(?:{_HOST_LABEL}(?:\.{_HOST_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
_IMAGE_ID = r"[a-f0-9]{64}"
_ID_LENGTH = 64
_STAGE = r"[a-z][a-z0-9\-_.]*"
PLATFORM_ARGS = {
    f"{side}{part}": part for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
}
"""The build arguments of platforms, and what part of a platform each gives."""

TARGET_STAGE = "TARGETSTAGE"
"""The build argument that holds the name of the stage that is built."""

_PREDEFINED_ARGS = frozenset(
    PLATFORM_ARGS.keys()
    | {f"{kind}_proxy" for kind in ("http", "https", "ftp", "no", "all")}
    | {f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "FTP", "NO", "ALL")}
    | {TARGET_STAGE, "SOURCE_DATE_EPOCH"}
)
_REPOSITORY_LIMIT = 255


def _split_registry(name: str) -> tuple[str, str]:
    """Split off the registry: the first component is one only with a dot, a colon, capitals, or as ``localhost``."""
    first, slash, rest = name.partition("/")
    has_sign = "." in first or ":" in first
    is_registry = has_sign or first == "localhost" or first != first.lower()
    if slash and is_registry:
        return first, rest
    return "", name


def registry_of(reference: str) -> str:
    """Return the registry that an image reference names; empty where it names none."""
    registry, _path = _split_registry(reference)
    return registry


def without_tag(reference: str) -> str:
    """Return an image reference up to its tag."""
    head, colon, tail = reference.rpartition(":")
    if colon and "/" not in tail:
        return head
    return reference


def repository_of(reference: str) -> str:
    """Return the repository that a text names as an image, Docker Hub's own names left out; it need not be one."""
    name, _, _digest = reference.partition("@")
    registry, path = _split_registry(name)
    repository, _, _tag = path.partition(":")
    if registry in {"", "docker.io", "index.docker.io"}:
        return repository.removeprefix("library/")
    return f"{registry}/{repository}"


def last_part(repository: str) -> str:
    """Return the last part of a repository: an image that is made of a stage mostly bears the stage's name there."""
    return repository.rpartition("/")[2]


def shortest(reference: str) -> str:
    """Return an image reference as Docker shortens it: without Docker Hub's own names and without ``:latest``."""
    repository = repository_of(reference)
    tag = reference.removeprefix(without_tag(reference))
    if tag == ":latest":
        return repository
    return repository + tag


@lru_cache(maxsize=256)  # each rule asks about the few images of a file
def image_problem(reference: str) -> str:
    """Return why Docker refuses a text as an image reference; empty if it does not."""
    if len(reference) == _ID_LENGTH and re.fullmatch(_IMAGE_ID, reference):
        return "64 hexadecimal digits are an image's id and no name"
    name, at, digest = reference.partition("@")
    registry, path = _split_registry(name)
    repository, colon, tag = path.partition(":")
    problem = _repository_problem(registry, repository)
    if problem:
        return problem
    if colon and not re.fullmatch(_TAG, tag):
        return f"{tag!r} is no tag"
    if at and not re.fullmatch(_DIGEST, digest):
        return f"{digest!r} is no digest"
    return _length_problem(registry, repository)


def _repository_problem(registry: str, repository: str) -> str:
    if registry and not re.fullmatch(_REGISTRY, registry):
        return f"{registry!r} is not a registry"
    if not repository:
        return "the repository is missing"
    if repository != repository.lower():
        return f"the repository {repository!r} must be lower-case"
    if not re.fullmatch(_PATH, repository):
        return f"{repository!r} is not a repository"
    return ""


def _length_problem(registry: str, repository: str) -> str:
    full = f"{registry}/{repository}"
    if not registry and "/" in repository:
        full = f"docker.io/{repository}"
    elif not registry:
        full = f"docker.io/library/{repository}"
    if len(full) > _REPOSITORY_LIMIT:
        return f"the repository is longer than {_REPOSITORY_LIMIT} characters"
    return ""


def lower(text: str) -> str:
    """Return a text in lower case as Go writes it; Python makes two characters of the dotted capital I."""
    return text.replace("\u0130", "i").lower()


def is_stage_name(name: str) -> bool:
    """Return whether ``AS name`` is accepted (stages are stored in lower case)."""
    return bool(re.fullmatch(_STAGE, lower(name)))


def is_arg_name(name: str) -> bool:
    """Return whether ``${name}`` reads the whole name."""
    return name.isascii() and name.isidentifier()


def is_predefined_arg(name: str) -> bool:
    """Return whether builders give this build argument a meaning of their own."""
    return name in _PREDEFINED_ARGS or name.startswith("BUILDKIT_")
