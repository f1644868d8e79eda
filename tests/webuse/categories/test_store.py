from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.categories import matching, store
from moothall.webuse.categories.matching import CLOSED, Match
from moothall.webuse.categories.readings import Entry

NEWS = [Entry("example.com", "news"), Entry("example.org", "news")]


def test_a_list_that_is_kept_is_a_layer(tmp_path: Path) -> None:
    assert store.keep(tmp_path / "lists", "UT1 press", NEWS) == "ut1-press"
    assert store.layers(tmp_path / "lists") == [dict(NEWS)]
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["ut1-press.parquet"]


def test_a_list_of_the_same_name_takes_its_place(tmp_path: Path) -> None:
    store.keep(tmp_path, "press", NEWS)
    store.keep(tmp_path, "Press", NEWS[:1])
    assert store.layers(tmp_path) == [dict(NEWS[:1])]


def test_what_is_kept_is_told_with_its_numbers(tmp_path: Path) -> None:
    store.keep(tmp_path, "press", NEWS)
    store.keep(tmp_path, "facebook", [Entry("facebook.com", "social"), Entry("pixel.facebook.com", "background")])
    assert [(each.name, each.domains) for each in store.kept(tmp_path)] == [
        ("facebook", {"background": 1, "social": 1}),
        ("press", {"news": 2}),
    ]


def test_a_list_can_be_forgotten(tmp_path: Path) -> None:
    store.keep(tmp_path, "press", NEWS)
    assert store.forget(tmp_path, "press")
    assert not store.forget(tmp_path, "press")
    assert store.layers(tmp_path) == store.kept(tmp_path) == []


def test_a_folder_that_is_not_there_has_no_lists(tmp_path: Path) -> None:
    assert store.layers(tmp_path / "lists") == store.kept(tmp_path / "lists") == []


@pytest.mark.parametrize("name", ["", "!!", "../"])
def test_a_list_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a list"):
        store.keep(tmp_path, name, NEWS)


def test_no_name_leaves_the_folder(tmp_path: Path) -> None:
    store.keep(tmp_path / "lists", "../../press", NEWS)
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["press.parquet"]


def test_a_list_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "lists"
    store.keep(folder, "press", NEWS)

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.keep(folder, "press", [])
    assert store.layers(folder) == [dict(NEWS)]
    assert [path.name for path in folder.iterdir()] == ["press.parquet"]


def test_a_domain_in_two_categories_is_in_the_stronger(tmp_path: Path) -> None:
    store.keep(tmp_path, "mixed", [Entry("example.com", "news"), Entry("example.com", "private")])
    assert store.layers(tmp_path) == [{"example.com": "private"}]


def test_lists_that_close_come_first_and_then_security(tmp_path: Path) -> None:
    for name, category in (("a", "news"), ("b", "phishing"), ("c", "private"), ("d", "games")):
        store.keep(tmp_path, name, [Entry("example.com", category)])
    assert [layer["example.com"] for layer in store.layers(tmp_path)] == ["private", "phishing", "news", "games"]
    assert matching.standard({}, store.layers(tmp_path)).classify("example.com") == CLOSED


def test_a_category_that_we_no_longer_have_is_left_out(tmp_path: Path) -> None:
    pl.DataFrame({"domain": ["example.com", "example.org"], "category": ["gossip", "news"]}).write_parquet(
        tmp_path / "old.parquet"
    )
    assert store.layers(tmp_path) == [{"example.org": "news"}]
    assert [each.domains for each in store.kept(tmp_path)] == [{"news": 1}]


def test_only_what_is_asked_about_is_loaded(tmp_path: Path) -> None:
    store.keep(tmp_path, "press", NEWS)
    assert store.layers(tmp_path, ["WWW.example.com", "-", "192.0.2.7"]) == [{"example.com": "news"}]


@given(st.lists(st.sampled_from(["a.example.com", "example.com", "example.org", "b.example.net", "-"]), max_size=5))
def test_what_is_loaded_is_enough_for_what_was_asked(
    tmp_path_factory: pytest.TempPathFactory, asked: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    store.keep(folder, "press", [*NEWS, Entry("a.example.com", "games"), Entry("example.net", "sport")])
    some, all_ = (matching.standard({}, each) for each in (store.layers(folder, asked), store.layers(folder)))
    assert [some.classify(host) for host in asked] == [all_.classify(host) for host in asked]
    assert all_.classify("b.example.net") == Match("example.net", "sport")
