"""The words that are ready before anybody needs them."""

import string
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.channels import known
from moothall.channels.models import Channel
from moothall.incidents import at_networks, words
from moothall.incidents.kinds import Kind, Switch
from moothall.incidents.models import Contact, Incident, Step
from moothall.incidents.plays import PLAYS, play
from moothall.networks.text import graphemes

BLUESKY = 300
"""Characters that the shortest of the networks we drive lets a post have."""
FILLS = {"account", "impostor", "directory", "check"}
ADDRESS = "https://www.exampleshire.example/channels/check/"


def test_each_kind_has_a_play_and_a_kind_that_is_none_has_not() -> None:
    assert set(PLAYS) == set(Kind)
    with pytest.raises(ValueError):
        play("flood")


@pytest.mark.parametrize("kind", list(Kind))
def test_each_step_says_what_who_and_why_in_whole_sentences_once(kind: Kind) -> None:
    steps = PLAYS[kind].steps
    assert len({each.what for each in steps}) == len(steps) >= 8
    for each in steps:
        assert each.who
        assert each.what[-1] in ".?"
        assert each.why[-1] in ".?"
        assert len(each.what) <= Step._meta.get_field("what").max_length  # type: ignore[operator]
        assert len(each.who) <= Step._meta.get_field("who").max_length  # type: ignore[operator]


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_switched_at_once_is_a_step_too_and_each_switch_is_one_step(kind: Kind) -> None:
    switched = [each.switch for each in PLAYS[kind].steps if each.switch]
    assert len(set(switched)) == len(switched)
    assert {*PLAYS[kind].at_once, Switch.STATEMENT} <= set(switched)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_statement_fits_on_the_smallest_network_and_fills_all_its_gaps(kind: Kind) -> None:
    template = PLAYS[kind].statement
    gaps = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    assert gaps <= FILLS
    filled = template.format(
        account="libraries.exampleshire.example on Bluesky",
        impostor="x.com/ExampleshireHelp",
        directory="https://www.exampleshire.example/channels/",
        check=ADDRESS,
    )
    assert graphemes(filled) <= BLUESKY


def test_each_play_has_a_reason_to_pause_that_fits() -> None:
    for each in PLAYS.values():
        assert 0 < len(each.pause_reason) <= 300


@pytest.mark.django_db
def test_a_statement_neither_mentions_nor_links_to_the_impostor(channel: Channel, dell: User) -> None:
    for address, shown in (
        ("https://x.com/ExampleshireHelp", "x.com/ExampleshireHelp"),
        (" @libraries@rogue.example", "libraries@rogue.example"),
        ("http://www.facebook.com/libs", "facebook.com/libs"),
    ):
        incident = Incident(kind=Kind.IMPOSTOR, channel=channel, impostor_address=address, opened_by=dell)
        said = words.statement(incident, directory=ADDRESS, check=ADDRESS)
        assert f"calls itself {shown} is not ours" in said
        assert f"://{shown}" not in said
        assert f"@{shown}" not in said


@pytest.mark.django_db
def test_a_report_names_both_accounts_and_where_ours_are_listed(channel: Channel) -> None:
    incident = Incident(kind=Kind.IMPOSTOR, channel=channel, impostor_address="https://x.com/LibrariesHelp")
    said = words.report(incident, council="Exampleshire", directory="D-ADDRESS", check="C-ADDRESS")
    for part in (
        "https://x.com/LibrariesHelp",
        channel.url,
        "Libraries, an official account",
        "D-ADDRESS",
        "C-ADDRESS",
    ):
        assert part in said
    nobodys = Incident(kind=Kind.IMPOSTOR, impostor_address="somebody on TikTok")
    assert "passes for Exampleshire." in words.report(nobodys, council="Exampleshire", directory="", check="")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("https://twitter.com/x", "x"),
        ("m.facebook.com/x", "facebook"),
        ("https://bsky.app/profile/libraries.rogue.example", "bluesky"),
        ("https://rogue.example/@libraries", "mastodon"),
        ("somebody on TikTok", "ours"),
        ("", "ours"),
    ],
)
def test_the_network_is_told_by_the_address_or_else_by_our_account(address: str, network: str) -> None:
    incident: Any = SimpleNamespace(impostor_address=address, channel=SimpleNamespace(network="ours"))
    assert words.network_of(incident) == network


def test_what_to_do_at_a_network_is_said_for_all_of_them() -> None:
    for slug, _ in known.choices():
        assert at_networks.secure(slug)
        assert at_networks.report(slug)
        is_ours = not known.has_own_sign_in(slug)
        assert (at_networks.secure(slug) == at_networks.OUR_OWN) is is_ours
        assert is_ours or any("locked out" in each for each in at_networks.secure(slug))
    assert set(at_networks.NETWORKS) <= {slug for slug, _ in known.choices()}


@pytest.mark.parametrize(
    ("phone", "dial"),
    [("01632 960114", "01632960114"), ("+44 1632 960114 ext 22", "+441632960114"), ("01632 960114 x7", "01632960114")],
)
def test_a_number_is_dialled_without_its_extension(phone: str, dial: str) -> None:
    contact = Contact(name="Ivy", role="Desk", phone=phone, hours="Always")
    contact.full_clean()
    assert contact.dial == dial


@pytest.mark.parametrize("phone", ["ring me", "javascript:alert(1)", "12;34", ""])
def test_what_is_no_number_is_refused(phone: str) -> None:
    with pytest.raises(ValidationError):
        Contact(name="Ivy", role="Desk", phone=phone, hours="Always").full_clean()
