""" "Is this account really ours?": the answer to a pasted handle or address. Only ``ours`` reads the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from moothall.channels import addresses, known, lookalikes, queries
from moothall.channels.addresses import Address
from moothall.channels.lookalikes import How, LookAlike, short_name, spelling
from moothall.channels.models import NEVER_DRIVEN, Channel, State
from moothall.core import localtime

LONGEST = 300
"""Characters of a question that are read."""


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    WAS = "was"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Ours:
    """An account that is ours, or was: ``until`` is then its last day."""

    channel: Channel
    handle: str
    address: Address | None
    until: date | None = None


@dataclass(frozen=True)
class Answer:
    """``sentence`` answers in plain words, ``notes`` say what to mind, ``accounts`` are those it is about."""

    verdict: Verdict
    sentence: str
    notes: tuple[str, ...] = ()
    accounts: tuple[Ours, ...] = ()
    look_alike: LookAlike | None = None


@dataclass(frozen=True)
class Asked:
    """What somebody pasted, read as a handle, as an address, or, where it can be either, as both."""

    handle: str
    address: Address | None


def ours() -> list[Ours]:
    """Every account in the public directory, and the handles these had before."""
    accounts = []
    for channel in queries.directory().prefetch_related("former_handles"):
        until = channel.closed_on if channel.state == State.CLOSED else None
        accounts.append(Ours(channel, channel.handle, _address_of(channel), until))
        for former in channel.former_handles.all():
            address = addresses.parse(known.profile_url(channel.network, former.handle))
            accounts.append(Ours(channel, former.handle, address, former.until))
    return accounts


def _address_of(channel: Channel) -> Address | None:
    return addresses.parse(channel.url) if channel.url else None


def read(question: str) -> Asked:
    """What ``question`` asks after."""
    words = question[:LONGEST].split()
    text = next((word for word in words if any(sign in word for sign in "@＠/.")), "".join(words))
    text = text.removeprefix("acct:").strip("<>()[]\"“”'’,;!?").removesuffix(".")
    if text.startswith("at://"):  # how Bluesky's protocol writes a handle
        text = text.removeprefix("at://").split("/")[0]
    if "/" in text or "\\" in text:
        address = addresses.parse(text)
        return Asked("" if address else spelling(text), address)
    handle = spelling(text)
    return Asked(handle, addresses.parse(text) if "@" not in handle and text[0:1] not in "@＠" else None)


def answer(question: str, accounts: Iterable[Ours]) -> Answer:
    """Whether what ``question`` names is one of ``accounts``."""
    asked, everything = read(question), list(accounts)
    exact = [each for each in everything if _is(asked, each)]
    if live := [each for each in exact if each.until is None]:
        return _yes(asked, live)
    if exact:
        return _was(exact)
    if under := [each for each in everything if each.until is None and _is_under(asked, each)]:
        return _unclear(under[0])
    return _no(asked, [each for each in everything if each.until is None])


def _is(asked: Asked, account: Ours) -> bool:
    if asked.address and account.address and asked.address.is_same(account.address):
        return True
    return bool(asked.handle) and asked.handle in _spellings(account)


def _spellings(account: Ours) -> tuple[str, ...]:
    """The ways in which people write the account's handle: on its own server, Mastodon leaves the server out."""
    whole = spelling(account.handle)
    return (whole, short_name(whole)) if "@" in whole else (whole,)


def _is_under(asked: Asked, account: Ours) -> bool:
    return bool(asked.address and account.address and asked.address.is_under(account.address))


def _yes(asked: Asked, live: list[Ours]) -> Answer:
    first = live[0]
    if len(live) == 1:
        sentence = f"Yes. {named(first)} is ours: {first.channel.display_name}."
    else:
        sentence = f"Yes. We have an account of this name on {_joined(each.channel.network_label for each in live)}."
    notes = [*_notes_on_place(asked, live)]
    if len(live) == 1 and first.channel.state == State.DORMANT:
        notes.append("We seldom use it now.")
    if len(live) == 1 and first.channel.capacity in NEVER_DRIVEN:
        notes.append("It is an elected person’s own account. Council staff do not write on it.")
    return Answer(Verdict.YES, sentence, tuple(notes), tuple(live))


def _notes_on_place(asked: Asked, live: list[Ours]) -> Iterable[str]:
    """A handle says nothing of where it was seen; the answer must."""
    if not asked.handle or asked.address:
        return
    for each in live:
        if spelling(each.handle) != asked.handle:
            yield f"On {each.channel.network_label} look for the whole handle, @{each.handle}: it has a server in it."
    if any(spelling(each.handle) == short_name(asked.handle) for each in live):
        yield "Mind where you saw it: an account of the same name on another network is not ours."


def _was(past: list[Ours]) -> Answer:
    latest = max(past, key=lambda each: each.until or date.min)
    last_day = localtime.day_words(latest.until) if latest.until else "some time ago"
    notes = ["Do not rely on it: what it says now, if it is there at all, does not come from us."]
    if latest.channel.state != State.CLOSED:
        notes.append(f"The same channel now speaks as @{latest.channel.handle}.")
    elif successor := latest.channel.end_of_line:
        notes.append(f"{successor.display_name} on {successor.network_label}, @{successor.handle}, came after it.")
    return Answer(Verdict.WAS, f"{named(latest)} was ours until {last_day}.", tuple(notes), (latest,))


def _unclear(account: Ours) -> Answer:
    """Under the Newsroom's addresses only the council speaks; other networks may show anybody's words under a name."""
    if account.channel.network == "newsroom":
        return Answer(Verdict.YES, f"Yes. This is a page of {named(account)}, which is ours.", (), (account,))
    return Answer(
        Verdict.UNCLEAR,
        f"We cannot tell. This address is under that of {named(account)}, which is ours.",
        ("A network may show somebody else’s words under such an address. Open it and look who is speaking.",),
        (account,),
    )


def _no(asked: Asked, live: list[Ours]) -> Answer:
    by_handle = {spelling(each.handle): each for each in live}
    found = _look_alike(asked, live)
    if found is None:
        return Answer(Verdict.NO, "No. We have no account of this name or at this address.")
    account = by_handle.get(spelling(found.ours))
    if account is None:
        return Answer(Verdict.NO, f"No. The address looks like {found.ours}, but it {found.words}.", look_alike=found)
    sentence = f"No. It looks like {named(account)}, which is ours, but it {found.words}."
    return Answer(Verdict.NO, sentence, (), (account,), found)


def _look_alike(asked: Asked, live: list[Ours]) -> LookAlike | None:
    handles = [each.handle for each in live]
    if asked.address is None:
        return lookalikes.find(asked.handle, handles)
    host, hosts = asked.address.host, sorted({each.address.host for each in live if each.address})
    if asked.address.decoy in hosts:
        return LookAlike(asked.address.decoy, How.PLACE, f"leads to {host}: what stands before an @ is passed over")
    if host not in hosts and (found := lookalikes.find_host(host, hosts)):
        return found
    return _name_in(asked, host, live) or (lookalikes.find(asked.handle, handles) if asked.handle else None)


def _name_in(asked: Asked, host: str, live: list[Ours]) -> LookAlike | None:
    """One of our names, or a name like one, in the path of an address that is not ours."""
    steps = [spelling(step) for step in (asked.address.path if asked.address else "").split("/") if step]
    for step in steps:
        same = next((each.handle for each in live if step in _spellings(each)), None)
        if same:
            return LookAlike(same, How.PLACE, f"is at another place: {host}")
    handles = [each.handle for each in live]
    return next((found for step in steps if (found := lookalikes.find(step, handles))), None)


def named(account: Ours) -> str:
    """ "@libraries on the Newsroom" """
    return f"@{account.handle} on {account.channel.network_label}"


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
