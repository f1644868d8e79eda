"""The users' page tells every column, network, state and kind of answer there is."""

from pathlib import Path

import pytest

from moothall.channels import facts, formats, known
from moothall.channels.checking import Verdict
from moothall.channels.lookalikes import How
from moothall.channels.models import Capacity, State, TwoStep

PAGE = Path(__file__).parents[2] / "docs" / "users" / "channels.md"
NETWORKS = [slug for slug, _ in known.choices()]


@pytest.mark.parametrize(
    "word",
    [
        *facts.COLUMNS,
        *NETWORKS,
        *State.values,
        *Capacity.values,
        *TwoStep.values,
        *(each.value for each in Verdict),
        *(each.value for each in How),
    ],
)
def test_each_word_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE.read_text(encoding="utf-8")


def test_each_public_column_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    public = {name.removeprefix("service_") for name in formats.PUBLIC_COLUMNS}
    assert [name for name in public if f"`{name}`" not in page] == []
