"""What becomes of a post of the example council, and how it is played through the real actions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum, auto

from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Service
from moothall.core import localtime
from moothall.library import processing
from moothall.operating.example import artwork
from moothall.operating.example.people import Cast
from moothall.operating.example.register import CHANNELS, Register
from moothall.publishing import actions, approving, deciding, delivery, queries, removing, taking_down
from moothall.publishing.content import Content, Enclosed, Wording
from moothall.publishing.models import Post
from moothall.rehearsal.actions import switch_fault
from moothall.rehearsal.models import Fault, PracticeAccount

Moment = Callable[[datetime], datetime]
"""A time as a story tells it, given when the example is loaded."""


def on(days: int, at: str) -> Moment:
    """So many days from today (negative: ago), when the clocks of the county show ``at``."""
    return lambda now: localtime.from_wall(localtime.local(now).date() + timedelta(days=days), time.fromisoformat(at))


def workday(days: int, at: str) -> Moment:
    """The same, or the Friday before if that is at a weekend. For days in the past."""

    def moment(now: datetime) -> datetime:
        weekday = (localtime.local(now).date() + timedelta(days=days)).weekday()
        return on(days - max(weekday - 4, 0), at)(now)

    return moment


def after(*, minutes: float) -> Moment:
    """So many minutes from the moment of loading (negative: before)."""
    return lambda now: now + timedelta(minutes=minutes)


class Fate(Enum):
    """How far a post gets."""

    DRAFT = auto()
    AWAITING = auto()
    REFUSED = auto()
    APPROVED = auto()
    """It goes out at its time."""
    CANCELLED = auto()
    REOPENED = auto()
    """Approved, then taken up again by its author."""
    HELD = auto()
    """Approved, and due while its service's posts were paused (``arranged.pause``)."""
    TAKEN_DOWN = auto()
    """It went out, and was wrong."""
    CUT_OFF = auto()
    """Approved, and the worker that sends it to the last of its channels loses its power."""


@dataclass(frozen=True)
class Story:
    """One post. ``goes`` is its time (``None``: as soon as it is approved), ``written`` when it was begun.

    Of a thread each part has one of the ``pictures``, as far as they go. ``own`` has the words of single channels.
    ``first`` is an earlier version, ``refused`` what the approver said to it. ``fault`` is what the practice network
    does to this and the following posts, ``faulty`` of them in all.
    """

    author: str
    channels: tuple[str, ...]
    text: str
    goes: Moment | None = None
    pictures: tuple[str, ...] = ()
    fate: Fate = Fate.APPROVED
    own: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    first: str = ""
    refused: str = ""
    fault: Fault | None = None
    faulty: int = 1
    written: Moment | None = None


APPROVERS = {
    "communications": "maren.oakes",
    "libraries": "devika.pell",
    "archives": "owen.thistle",
    "fostering": "ruth.amberley",
    "youth": "ruth.amberley",
    "highways": "tobi.lyle",
    "fire-and-rescue": "meredith.stone",
}
"""Who decides on each service's posts."""


@dataclass(frozen=True)
class Act:
    """Something that somebody did at a moment."""

    at: datetime
    do: Callable[[], object]


class Telling:
    """One story as it is played. ``number`` spreads the stories' beginnings over the day."""

    def __init__(self, story: Story, number: int, cast: Cast, register: Register, drawn: Mapping[str, bytes]) -> None:
        self._story = story
        self._number = number
        self._channels = [register[slug] for slug in story.channels]
        self._service = Service.objects.get(slug=CHANNELS[story.channels[0]].service)
        self._author = cast[story.author]
        self._approver = cast[APPROVERS[self._service.slug]]
        self._drawn = drawn
        self._post = Post()

    def acts(self, now: datetime) -> Iterator[Act]:
        """All that people do in it, in order. What the worker does follows by itself."""
        story = self._story
        goes = story.goes(now) if story.goes else None
        begun = story.written(now) if story.written else self._eve(goes or now, now)
        yield Act(begun, lambda: self._write(goes))
        if story.fate is Fate.DRAFT:
            return
        yield Act(begun + timedelta(minutes=12), self._send)
        if story.refused:
            yield Act(begun + timedelta(minutes=31), lambda: self._refuse(story.refused))
            yield Act(begun + timedelta(minutes=46), lambda: self._improve(goes))
        if story.fault:
            yield Act((goes or begun) - timedelta(minutes=1), self._switch_fault)
        if story.fate is not Fate.AWAITING:
            yield Act(begun + timedelta(minutes=64), self._decide)
        if story.fate is Fate.TAKEN_DOWN:
            yield Act((goes or begun) + timedelta(minutes=25), self._take_down)
        if story.fate in (Fate.CANCELLED, Fate.REOPENED):
            yield Act(begun + timedelta(minutes=80), self._think_again)

    def _eve(self, day: datetime, now: datetime) -> datetime:
        """Some time between ten and two, the day before."""
        eve = localtime.local(min(day, now)).date() - timedelta(days=1)
        return localtime.from_wall(eve, time(10)) + timedelta(minutes=self._number * 37 % 240)

    def _write(self, goes: datetime | None) -> None:
        content = self._content(self._story.first or self._story.text, goes)
        self._post = actions.save_post(self._author, None, content, voices_confirmed=True)
        for part, name in enumerate(self._story.pictures, start=1):
            upload = SimpleUploadedFile(f"{name}.jpg", self._drawn[name], content_type="image/jpeg")
            alt = artwork.PICTURES[name].alt
            attached = actions.attach_upload(self._author, self._post, upload, alt, part=part)
            processing.process(attached.asset_id)

    def _content(self, text: str, goes: datetime | None) -> Content:
        variants = {channel: Wording(self._story.own.get(channel.slug, "")) for channel in self._channels}
        attached = self._post.attachments.all() if self._post.pk else ()
        enclosed = [Enclosed(each.asset, each.alt, part=each.part) for each in attached]
        return Content(self._service, text, variants, goes, enclosed=enclosed)

    def _send(self) -> None:
        self._revision = approving.send_for_approval(self._author, self._post)

    def _refuse(self, comment: str) -> None:
        approving.refuse(self._approver, self._revision, comment)

    def _improve(self, goes: datetime | None) -> None:
        """The author says it better, and sends it again."""
        content = self._content(self._story.text, goes)
        self._post = actions.save_post(self._author, self._post, content, voices_confirmed=True)
        self._send()

    def _decide(self) -> None:
        if self._story.fate is Fate.REFUSED:
            self._refuse(self._story.comment)
            return
        approving.approve(self._approver, self._revision, comment=self._story.comment)
        if self._story.fate is Fate.CUT_OFF:
            delivery.claim(self._channels[-1].pk)

    def _think_again(self) -> None:
        if self._story.fate is Fate.REOPENED:
            approving.reopen(self._author, self._post)
            return
        for each in queries.see(self._post).deliveries:
            deciding.cancel(self._author, each)

    def _take_down(self) -> None:
        taking_down.take_down_everywhere(self._approver, self._post)
        for each in removing.due():
            removing.remove(each)

    def _switch_fault(self) -> None:
        for channel in self._channels:
            if channel.network == "rehearsal" and self._story.fault:
                account = PracticeAccount.objects.get(handle=channel.handle)
                switch_fault(self._author, account, self._story.fault, self._story.faulty)
