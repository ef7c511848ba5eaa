"""What ``docs/python.md`` shows is what a program sees that imports dfrender."""

from __future__ import annotations

import doctest
import re
from typing import TYPE_CHECKING

from tests.shell import ROOT

if TYPE_CHECKING:
    from tests.project import Project

PAGE = ROOT / "docs" / "python.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
_SESSION = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_page_about_python_shows_what_happens(project: Project) -> None:
    page = PAGE.read_text(encoding="utf-8")
    project.write(dict(_FILE.findall(page)))
    session = "\n".join(_SESSION.findall(page))
    examples = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    seen: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=seen.append)
    assert not seen, "".join(seen)
    assert result.attempted > 0
