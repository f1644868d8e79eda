"""Importing the register: first what would become of each row, then exactly that."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import facts, health, known, queries, register_csv
from moothall.channels.actions import ADDRESS_TAKEN, addresses_of_others, save_channel
from moothall.channels.cells import Lookups, fill, wanted
from moothall.channels.facts import Change
from moothall.channels.models import Channel, State
from moothall.channels.register_csv import Row

WHY = "Imported from a file."


class Kind(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Fate:
    """What becomes of one row: ``before`` and ``after`` are the channel by column, ``reasons`` why it is refused."""

    row: Row
    pk: int | None = None
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        if self.reasons:
            return Kind.REFUSED
        if self.pk is None:
            return Kind.NEW
        return Kind.CHANGED if self.before != self.after else Kind.UNCHANGED

    @property
    def changes(self) -> list[Change]:
        """What the row would set, of a new channel all that is not empty."""
        pairs = ((name, self.before.get(name, ""), self.after.get(name, "")) for name in facts.COLUMNS)
        return [Change(*pair) for pair in pairs if pair[1] != pair[2]]

    @property
    def title(self) -> str:
        """What to call the row."""
        named = {**self.before, **self.row.cells}
        return named.get("display_name") or named.get("slug") or named.get("handle") or ""


@dataclass(frozen=True)
class Plan:
    """The fate of every row. Two plans with the same ``digest`` do the same."""

    fates: tuple[Fate, ...]

    @property
    def digest(self) -> str:
        said = [[fate.row.number, fate.pk, fate.before, fate.after, fate.reasons] for fate in self.fates]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows meet each kind of fate."""
        return {kind.value: sum(fate.kind is kind for fate in self.fates) for kind in Kind}

    @property
    def to_apply(self) -> list[Fate]:
        return [fate for fate in self.fates if fate.kind in (Kind.NEW, Kind.CHANGED)]


@dataclass(frozen=True)
class Applied:
    """How many channels were added and changed, and the rows that could not be, with their reasons."""

    new: int
    changed: int
    failed: tuple[Fate, ...]


class StalePlan(Exception):
    """The register has changed since the plan was shown: what would be done now is something else."""


def plan(actor: User, text: str) -> Plan:
    """What would become of each row of ``text``. Changes nothing. Raises ``ValidationError`` for an unreadable file."""
    require(actor, "channel.import")
    rows = register_csv.read(text)
    channels, lookups = list(queries.whole_register()), Lookups.load()
    fates = [_read(row, channels, lookups) for row in rows]
    _refuse_doubles(fates, channels)
    _refuse_taken_addresses(fates)
    _refuse_loose_ends(fates, channels)
    return Plan(tuple(fates))


def apply(actor: User, text: str, digest: str) -> Applied:
    """Do what the plan of this digest said, each row for itself: one that fails does not take the others with it.

    Raises ``StalePlan`` where the register would now make another plan of the same text.
    """
    shown = plan(actor, text)
    if shown.digest != digest:
        raise StalePlan
    lookups, done = Lookups.load(), {Kind.NEW: 0, Kind.CHANGED: 0}
    failed = []
    for fate in _successors_first(shown.to_apply):
        kind = fate.kind
        try:
            _apply(actor, fate, lookups)
        except ValidationError as error:
            fate.reasons += error.messages
            failed.append(fate)
        except (IntegrityError, Channel.DoesNotExist):
            fate.reasons.append("The register was changed at the same moment. Import this row again.")
            failed.append(fate)
        else:
            done[kind] += 1
    return Applied(done[Kind.NEW], done[Kind.CHANGED], tuple(failed))


def _find(cells: dict[str, str], channels: list[Channel]) -> Channel | None:
    """The channel that a row is about: by short name, otherwise by network and handle."""
    slug, network = cells.get("slug", "").strip(), cells.get("network", "").strip().lower()
    named = next((channel for channel in channels if channel.slug == slug), None)
    if named or not network:
        return named
    return next(
        (
            channel
            for channel in channels
            if network in (channel.network, channel.network_label.lower())
            and known.same_handle(channel.handle, cells.get("handle", ""))
        ),
        None,
    )


def _read(row: Row, channels: list[Channel], lookups: Lookups) -> Fate:
    """The fate of one row by itself."""
    if row.problem:
        return Fate(row, reasons=[row.problem])
    channel = _find(row.cells, channels)
    before = facts.as_text(channel) if channel else {}
    text = wanted(before, row.cells)
    filled = Channel()
    reasons = fill(filled, text, lookups)
    fate = Fate(row, channel.pk if channel else None, before, reasons=reasons)
    if reasons:
        return fate
    fate.after = {**facts.as_text(filled), "successor": text["successor"].strip()}
    if channel is not None:
        fate.reasons += _refusals_of_change(channel, fate.after)
    return fate


def _refusals_of_change(channel: Channel, after: dict[str, str]) -> list[str]:
    reasons = []
    if after["slug"] != channel.slug:
        reasons.append(
            f"This account is in the register already, under the short name “{channel.slug}”, which stays: "
            "it is the address of the channel’s page."
        )
    if after["network"] != channel.network and health.connection_of(channel):
        reasons.append(f"It is connected to {channel.network_label}. Disconnect it before you move it.")
    return reasons


def _refuse_doubles(fates: list[Fate], channels: list[Channel]) -> None:
    """No row may be about the channel of a row before it, or take what another channel has for its own."""
    taken: dict[tuple[str, ...], tuple[int | None, int]] = {}
    for channel in channels:
        taken |= dict.fromkeys(_names(facts.as_text(channel)), (channel.pk, 0))
    for fate in fates:
        if fate.reasons:
            continue
        line = fate.row.number
        for name in _names(fate.after):
            holder, first = taken.get(name, (fate.pk, 0))
            if first:
                fate.reasons.append(f"The row on line {first} has the same {name[0]}.")
            elif holder != fate.pk:
                fate.reasons.append(f"Another channel in the register has the same {name[0]}.")
            else:
                taken[name] = (fate.pk, line)


def _refuse_taken_addresses(fates: list[Fate]) -> None:
    """A page of the Newsroom keeps every handle it had: ``save_channel`` would refuse it to another."""
    wanting = {fate.after["handle"]: fate for fate in fates if not fate.reasons and fate.after["network"] == "newsroom"}
    for handle in addresses_of_others({handle: fate.pk for handle, fate in wanting.items()}):
        wanting[handle].reasons.append(f"Handle: {ADDRESS_TAKEN}")


def _names(text: dict[str, str]) -> list[tuple[str, ...]]:
    """By what a channel is known, each of which only one channel can have."""
    return [("short name", text["slug"]), ("account", text["network"], text["handle"].lower())]


def _refuse_loose_ends(fates: list[Fate], channels: list[Channel]) -> None:
    """Refuse successors that will not be there, again and again: a refused row may be another one's successor."""
    kept = {channel.slug: facts.as_text(channel) for channel in channels}
    while True:
        good = [fate for fate in fates if not fate.reasons]
        register = kept | {fate.after["slug"]: fate.after for fate in good}
        refused = [(fate, reason) for fate in good if (reason := _successor_problem(fate.after, register))]
        for fate, reason in refused:
            fate.reasons.append(f"Successor: {reason}")
        if not refused:
            return


def _successor_problem(after: dict[str, str], register: dict[str, dict[str, str]]) -> str:
    """What is wrong with the successor; empty if nothing is. The rules are those of ``Channel.clean``."""
    if not after["successor"]:
        return ""
    if after["successor"] not in register:
        return f"there is no channel with the short name “{after['successor']}”, or its row is refused."
    if after["state"] != State.CLOSED:
        return "only a closed channel has one."
    if after["slug"] in _line(after, register):
        return "a channel cannot come after itself."
    return ""


def _line(channel: dict[str, str], register: dict[str, dict[str, str]]) -> list[str]:
    """The short names of the successor, its successor, and so on, to the end or to where the circle closes."""
    line: list[str] = []
    following = channel["successor"]
    while following and following in register and following not in line:
        line.append(following)
        following = register[following]["successor"]
    return line


def _successors_first(fates: list[Fate]) -> list[Fate]:
    """The order in which channels can be kept: whatever comes after one is there before it."""
    rows = {fate.after["slug"]: fate.after for fate in fates}
    return sorted(fates, key=lambda fate: len(_line(fate.after, rows)))


def _apply(actor: User, fate: Fate, lookups: Lookups) -> None:
    channel = queries.whole_register().get(pk=fate.pk) if fate.pk else Channel()
    if reasons := fill(channel, fate.after, lookups):
        raise ValidationError(reasons)
    channel.successor = Channel.objects.get(slug=fate.after["successor"]) if fate.after["successor"] else None
    save_channel(actor, channel, why=WHY)
