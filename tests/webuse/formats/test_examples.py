"""Small files as the products write them, with what is to be read of each line beside them."""

import json
from pathlib import Path

import pytest

from moothall.webuse.formats import registry
from tests.webuse.formats.reading import read

EXAMPLES = sorted((Path(__file__).parent / "data").glob("*/*.log"))
NAMES = [f"{example.parent.name}/{example.stem}" for example in EXAMPLES]


def lines_of(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "replace").removesuffix("\n").replace("\r\n", "\n").split("\n")


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_a_file_is_told_and_each_of_its_lines_read_or_refused(example: Path) -> None:
    lines = lines_of(example)
    told = registry.told_by(lines[:200])
    assert told is not None
    kind, pattern = told
    assert kind.slug == example.parent.name
    expected = json.loads(example.with_suffix(".json").read_text())
    for line, found, wanted in zip(
        [line for line in lines if not line.startswith("#")], read(kind, pattern, lines), expected, strict=True
    ):
        assert found == wanted, line


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_a_file_is_of_no_other_format(example: Path) -> None:
    others = [kind for kind in registry.FORMATS if kind.slug != example.parent.name]
    others = [kind for kind in others if (example.parent.name, kind.slug) != ("defender", "w3c")]
    assert [kind.slug for kind in others if kind.recognise(lines_of(example))] == []


def test_every_format_has_an_example_and_a_page() -> None:
    pages = Path(__file__).parents[3] / "docs/operators/webuse-formats"
    for kind in registry.FORMATS:
        assert kind.slug in {example.parent.name for example in EXAMPLES}
        assert (pages / f"{kind.slug}.md").read_text().startswith(f"# {kind.label}\n")
