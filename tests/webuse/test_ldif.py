import base64

from hypothesis import given
from hypothesis import strategies as st

from moothall.webuse.ldif import Record, records

WANTED = {"uid", "ou"}


def test_entries_are_read_with_the_attributes_wanted() -> None:
    text = "version: 1\n\ndn: uid=jo,dc=exampleshire\nuid: jo\nmail: jo@exampleshire.example\nOU;lang-en: Libraries\n"
    assert list(records(text, WANTED))[-1] == Record(3, {"uid": ["jo"], "ou": ["Libraries"]})


def test_folded_lines_are_put_together_and_comments_left_out() -> None:
    text = "# made by a\n  tool\r\ndn: x\r\nou: Fire and\r\n  Res\r\n cue\r\nuid: jo\r\n"
    [record] = records(text, WANTED)
    assert record.values == {"ou": ["Fire and Rescue"], "uid": ["jo"]}


def test_a_value_in_base64_that_is_not_wanted_may_be_anything() -> None:
    [record] = records("dn: x\nthumbnailPhoto:: /9j/4AAQ\nuid:: w4lsb2RpZQ==\n", WANTED)
    assert record == Record(1, {"uid": ["Élodie"]})


def test_what_cannot_be_read_is_said_with_its_line_and_the_rest_is_read() -> None:
    [one, other] = records("dn: x\nuid:: ???\nou: Archives\n\ndn: y\nnonsense\nuid: sam\n", WANTED)
    assert (one.values, [line for line, _ in one.problems]) == ({"ou": ["Archives"]}, [2])
    assert (other.values, [line for line, _ in other.problems]) == ({"uid": ["sam"]}, [6])


def test_an_address_in_place_of_a_value_is_not_fetched() -> None:
    assert list(records("dn: x\nuid:< file:///etc/passwd\n", WANTED)) == [Record(1)]


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    list(records(text, WANTED))


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1).map(str.strip).filter(bool), min_size=1),
    st.integers(2, 40),
)
def test_what_a_directory_writes_comes_back(values: list[str], width: int) -> None:
    lines = []
    for value in values:
        line = f"uid:: {base64.b64encode(value.encode()).decode()}"
        lines += [line[:width], *(f" {line[at : at + width]}" for at in range(width, len(line), width))]
    [record] = records("\n".join(["dn: x", *lines]), WANTED)
    assert record == Record(1, {"uid": values})
