"""Write down the versions of the tools that the extra ``dev`` installed here: ``make pins``."""

import re
import tomllib
from importlib.metadata import version

from tests.shell import ROOT

PINS = ROOT / "requirements-dev.txt"
HEAD = "# make installs the extra dev of pyproject.toml in these versions; Dependabot and make pins change them.\n"


def tools() -> list[str]:
    """Return what the extra demands, as it stands in the project's file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["optional-dependencies"]["dev"])


def name_of(requirement: str) -> str:
    """Return the name of what is required, as package indexes compare names."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def main() -> None:
    """Write the file."""
    lines = [HEAD]
    for each in tools():
        name = name_of(each)
        lines.append(f"{name}=={version(name)}\n")
    PINS.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
