"""What a hostile template tries comes to nothing; what it tries is in ``payloads.yaml``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from dfrender.diagnostics import DfrenderError
from dfrender.recorder import Recorder
from dfrender.source import join
from dfrender.template.template import Template, render_template
from tests.reading import in_one_line
from tests.slow import slow_but

PAYLOADS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("payloads.yaml").read_text("utf-8"))
SECRET = "4ae1c0d2-secret"  # noqa: S105 - nothing that anybody would keep
FILES = {
    ".git/config": SECRET,
    "folder/part.j2": "RUN true\n",
    "library.j2": "{% macro m() %}RUN true{% endmacro %}{% set _hidden = 1 +%}\n",
    "other.j2": "{% include 'other.j2' %}",
    "bad.j2": "{% if",
}
VALUES = {"x": "abc", "values": {"a": 1}}
REPRESENTATION = re.compile(r"<(?:class|function|module|method|built-in|bound|generator|frame|dfrender)|object at 0x")


class Victim:
    """A repository with a secret beside it, in its ``.git`` and in the environment."""

    def __init__(self, folder: Path) -> None:
        """Make it in a folder."""
        self.folder = folder / "repository"
        self.outside = folder / "outside"
        self.marker = folder / "marker"
        for name, text in FILES.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.outside.write_text(SECRET, encoding="utf-8")
        for name, target in (("link", "../outside"), ("links", ".."), ("environ", "/proc/self/environ")):
            (self.folder / name).symlink_to(target)
        (self.folder / "circle").symlink_to("circle")
        os.mkfifo(self.folder / "pipe")

    def attack(self, payload: str) -> None:
        """Render a payload, and see that nothing is lost."""
        text = payload.replace("OUTSIDE", str(self.outside)).replace("MARKER", str(self.marker))
        template = Template("Dockerfile.j2", text, self.folder, jinja=True)
        rendered = reported = ""
        files: set[str] = set()
        try:
            rendered = join(render_template(template, VALUES, "ci", lambda _: "", Recorder(os.environ)).lines)
        except DfrenderError as error:
            reported = "\n".join(map(in_one_line, error.diagnostics))
            files = {each.at.file for each in error.diagnostics}  # their lines are printed
        seen = rendered + reported
        assert not REPRESENTATION.search(rendered), payload
        assert files <= {"Dockerfile.j2", *FILES}, payload
        assert SECRET not in seen, payload
        assert os.environ["PATH"] not in seen, payload
        assert "Traceback" not in seen, payload
        assert not self.marker.exists(), payload


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """Return a repository that every attack must leave as it is, and keep a secret in the environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SECRET", SECRET)
        yield Victim(tmp_path_factory.mktemp("victim"))


# each of them is tried with every name
QUICK = PAYLOADS["objects"][:8]
NUMBERS = {each: number for number, each in enumerate(PAYLOADS["objects"])}


@pytest.mark.parametrize("number", slow_but(QUICK, NUMBERS))
def test_no_object_leads_to_python(victim: Victim, number: int) -> None:
    ways = PAYLOADS["ways"]
    for index, name in enumerate(PAYLOADS["names"]):
        way = ways[(number + index) % len(ways)]  # each object and each name meets each way somewhere
        victim.attack(f"{{{{ {way.format(object=PAYLOADS['objects'][number], name=name)} }}}}")


@pytest.mark.parametrize("payload", PAYLOADS["expressions"])
def test_no_expression_does_harm(victim: Victim, payload: str) -> None:
    victim.attack(f"{{{{ {payload} }}}}\n")


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS["expressions"])
def test_no_expression_does_harm_in_a_macro_or_a_block(victim: Victim, payload: str) -> None:
    victim.attack(f"{{% macro m() %}}{{% if {payload} %}}RUN a{{% endif %}}{{% endmacro %}}\n{{{{ m() }}}}\n")
    victim.attack(f"{{% set s %}}{{{{ ({payload}) ~ '' }}}}{{% endset %}}\n{{{{ s }}}}\n")


@pytest.mark.parametrize("payload", PAYLOADS["templates"])
def test_no_template_does_harm(victim: Victim, payload: str) -> None:
    victim.attack(payload)
    victim.attack(f"FROM a\n{payload}\nRUN b\n")
