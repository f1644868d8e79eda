"""Playing the example's events through the real actions: what was planned, said, told, decided and reported."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Service
from moothall.channels import known
from moothall.contributions import desk, following, mails, offering
from moothall.contributions.models import Contribution, State, Way
from moothall.core import clock
from moothall.events import (
    blocking,
    event_actions,
    handles,
    moderating,
    place_actions,
    rota_actions,
    running_actions,
)
from moothall.events.event_actions import Belongings
from moothall.events.listening import listener
from moothall.events.models import (
    Door,
    Effect,
    Event,
    EventTag,
    Item,
    ItemRule,
    ItemState,
    RuleKind,
    Shift,
    Slot,
)
from moothall.events.moderating import Verb
from moothall.library import offering as library
from moothall.library import processing
from moothall.operating.example import artwork
from moothall.operating.example.live import ahead, crowd
from moothall.operating.example.live.found import Found, author_id
from moothall.operating.example.live.occasions import LIVE, OCCASIONS, Occasion
from moothall.operating.example.live.plans import WATCHES
from moothall.operating.example.live.told import STRANGE_MAIL, End, Telling
from moothall.operating.example.people import Cast
from moothall.operating.example.register import Register
from moothall.operating.example.stories import Act, on
from moothall.publishing import approving
from moothall.publishing.models import Post
from moothall.rehearsal.crowd import plan_in_the_crowd, say_in_the_crowd
from moothall.reports import actions as report_actions

MAREN, TOBI = "maren.oakes", "tobi.lyle"
SPEAKS_FOR = {
    "communications": "council",
    "libraries": "libraries",
    "archives": "archives",
    "fostering": "fostering",
    "youth": "youth",
    "highways": "roads",
    "fire-and-rescue": "fire",
}
"""The channel on which the desk publishes for each service."""
LINKING = on(-49, "12:00")
EVERY = timedelta(minutes=40)
"""How often the desk goes through what was found."""


def acts(cast: Cast, channels: Register, drawn: Mapping[str, bytes], now: datetime) -> Iterator[Act]:
    """All that people do for and in the events, except the posts of ``STORIES``."""
    yield Act(LINKING(now), partial(_link, cast))
    yield Act(LINKING(now), partial(_link_in_the_crowd, cast))
    yield Act(
        LINKING(now), lambda: place_actions.add(cast[MAREN], network="rehearsal", way="practice", address="crowd")
    )
    for number, occasion in enumerate(OCCASIONS):
        yield from Playing(occasion, number, cast, channels, drawn).acts(now)
    yield Act(now - timedelta(minutes=9), lambda: mails.take(STRANGE_MAIL.encode()))
    yield Act(now - timedelta(seconds=30), lambda: _plan_the_crowd(cast, now))


def _link(cast: Cast) -> None:
    """Some of the staff link accounts of their own. What their profile would show is taken as seen: nobody is asked."""
    for key, (network, handle, may_be_named) in crowd.STAFF.items():
        linked = handles.ask(cast[key], network, handle, may_be_named=may_be_named)
        handles.accept(cast[key], linked, author_id(network, handle))


def _link_in_the_crowd(cast: Cast) -> None:
    """Others have one in the practice network's crowd, and prove it as anybody does: by saying the code."""
    for key, handle in ahead.STAFF.items():
        linked = handles.ask(cast[key], known.PRACTICE, handle, may_be_named=True)
        say_in_the_crowd(handle, f"This is me: {linked.code}", name=cast[key].name)
        handles.prove(cast[key], linked)


def _plan_the_crowd(cast: Cast, now: datetime) -> None:
    """What the practice network's crowd is to say while one watches."""
    names = {key: cast[key].name for key in ahead.STAFF}
    plan_in_the_crowd(ahead.planned(now, LIVE.begins(now) + timedelta(hours=LIVE.hours), LIVE.tag, names))


class Playing:
    """One event as it is played; ``number`` as in ``Found``."""

    def __init__(
        self, occasion: Occasion, number: int, cast: Cast, channels: Register, drawn: Mapping[str, bytes]
    ) -> None:
        self._occasion = occasion
        self._cast = cast
        self._channels = channels
        self._drawn = drawn
        self._found = Found(occasion, number, cast, drawn)
        self._event = Event()
        self._told: list[Contribution] = []
        self._shifts: list[Shift] = []

    def acts(self, now: datetime) -> Iterator[Act]:
        begins = self._occasion.begins(now)
        ends = begins + timedelta(hours=self._occasion.hours)
        yield Act(begins - timedelta(days=3), lambda: self._set_up(begins, ends))
        if self._occasion.floors:
            yield Act(begins - timedelta(days=2, hours=20), self._plan)
            yield Act(begins - timedelta(hours=1), self._stage)
            yield from self._hand_overs(begins, min(ends, now))
        for line in self._occasion.lines:
            yield Act(begins + timedelta(hours=line.hours, seconds=30), self._listen)
        yield from self._found.acts(begins)
        yield from self._tellings(begins)
        heard_until = begins + timedelta(hours=self._occasion.heard_for)
        gone_through_until = (
            ends + timedelta(hours=1) if self._occasion.is_reported else heard_until - timedelta(hours=1)
        )
        yield from self._rounds(begins, gone_through_until)
        if self._occasion.is_reported:
            yield Act(ends + timedelta(hours=3), self._report)

    def _listen(self) -> None:
        """What the listener and the worker's sweeps do all the time."""
        listener.settle(everything=False)
        following.sweep()

    # --- Planning ---

    def _set_up(self, begins: datetime, ends: datetime) -> None:
        occasion, desk_officer = self._occasion, self._cast[MAREN]
        event = Event(
            name=occasion.name,
            slug=occasion.slug,
            summary=occasion.summary,
            starts_at=begins,
            ends_at=ends,
            safeguarding_minutes=occasion.delay,
            wall_notice=occasion.notice,
            is_example=True,
        )
        misspelt = [crowd.MISSPELT[occasion.tag]] if occasion.tag in crowd.MISSPELT else []
        belongings = Belongings(
            tags={EventTag.Kind.MAIN: [occasion.tag], EventTag.Kind.MISSPELLING: misspelt},
            services=list(Service.objects.all()),
            backup_channels=[self._channels["libraries-practice-mastodon"]],
        )
        self._event = event_actions.save_event(desk_officer, event, belongings)
        for kind, value, effect in (
            (RuleKind.NETWORK, "rehearsal", Effect.SHOW),
            (RuleKind.WORD, "complained", Effect.HOLD),
            (RuleKind.WORD, "ambulance", Effect.HOLD),
        ):
            rule = ItemRule(event=event, kind=kind, value=value, effect=effect)
            blocking.add_rule(desk_officer, event, rule)

    def _plan(self) -> None:
        """The running order and the rota."""
        desk_officer = self._cast[MAREN]
        for floor in self._occasion.floors:
            begins, ends = self._hours(floor.begins, floor.ends)
            slot = Slot(
                event=self._event,
                service=Service.objects.get(slug=floor.service),
                owner=self._cast[floor.owner],
                starts_at=begins,
                ends_at=ends,
                theme=floor.theme,
                sensitivity=floor.sensitivity,
                notes=floor.notes,
            )
            running_actions.save_slot(desk_officer, slot)
        for watch in WATCHES:
            begins, ends = self._hours(watch.begins, watch.ends)
            person = self._cast[watch.person]
            shift = Shift(event=self._event, person=person, task=watch.task, starts_at=begins, ends_at=ends)
            self._shifts.append(rota_actions.save_shift(desk_officer, shift))

    def _hours(self, begins: float, ends: float) -> tuple[datetime, datetime]:
        start = self._event.starts_at
        return start + timedelta(hours=begins), start + timedelta(hours=ends)

    def _stage(self) -> None:
        """The posts that were written for the event stand ready in the slots of their hours."""
        for slot in self._event.slots.all():
            ready = Post.objects.filter(
                service=slot.service,
                text__contains=f"#{self._occasion.tag}",
                scheduled_for__gte=slot.starts_at,
                scheduled_for__lt=slot.ends_at,
            )
            if ready:
                running_actions.stage(self._cast[MAREN], slot, list(ready))

    def _hand_overs(self, begins: datetime, until: datetime) -> Iterator[Act]:
        for number, watch in enumerate(WATCHES):
            at = begins + timedelta(hours=watch.ends, minutes=-5)
            if at < until:
                yield Act(at, partial(self._hand_over, number, watch.note))

    def _hand_over(self, number: int, note: str) -> None:
        shift = self._shifts[number]
        rota_actions.hand_over(shift.person, shift, note)

    # --- The desk ---

    def _rounds(self, begins: datetime, until: datetime) -> Iterator[Act]:
        """Every so often somebody at the desk looks at what waits; for some hours of the night nobody does."""
        at = begins + EVERY
        while at < until:
            if not 20 <= (at - begins) / timedelta(hours=1) < 22:
                yield Act(at, self._go_through)
            at += EVERY
        yield Act(until, self._go_through)
        yield Act(until, self._set_apart)

    def _go_through(self) -> None:
        who = self._cast[TOBI]
        waiting = Item.objects.filter(event=self._event, state=ItemState.PENDING, gone_at=None)
        self._turn_away("shoutyshouty@toot.example", Verb.HIDE, "Shouts, and says nothing")
        self._turn_away("overheard@toot.example", Verb.HIDE, "About a neighbour’s health")
        advert = waiting.filter(author_handle="win-a-phone.example").first()
        if advert:
            blocking.block(who, advert, "Sells telephones under every hashtag")
        pks = list(waiting.values_list("pk", flat=True))
        if pks:
            moderating.decide(who, self._event, pks, Verb.ALLOW)
        said_by_staff = Contribution.objects.filter(event=self._event, door=Way.OWN_ACCOUNT, state=State.WAITING)
        for contribution in said_by_staff:
            desk.thank(who, contribution)
        self._listen()

    def _turn_away(self, handle: str, verb: Verb, reason: str) -> None:
        met = Item.objects.filter(event=self._event, author_handle=handle).exclude(state=ItemState.HIDDEN)
        pks = list(met.values_list("pk", flat=True))
        if pks:
            moderating.decide(self._cast[TOBI], self._event, pks, verb, reason)

    def _set_apart(self) -> None:
        """One thing is pinned, and some stand out."""
        shown = Item.objects.filter(event=self._event, is_on_wall=True, gone_at=None)
        first = shown.filter(door=Door.OFFICIAL, network="newsroom").order_by("said_at").first()
        if first:
            moderating.decide(self._cast[MAREN], self._event, [first.pk], Verb.PIN)
        pictured = shown.filter(pictures__isnull=False).exclude(pictures__name="").order_by("-said_at").distinct()
        pks = list(pictured.values_list("pk", flat=True)[:2])
        if pks:
            moderating.decide(self._cast[MAREN], self._event, pks, Verb.FEATURE)

    # --- What the desk is told ---

    def _tellings(self, begins: datetime) -> Iterator[Act]:
        for number, telling in enumerate(self._occasion.told):
            at = begins + timedelta(hours=telling.hours)
            yield Act(at, partial(self._tell, telling))
            if telling.end is not End.WAITING:
                yield Act(at + timedelta(minutes=3), partial(self._claim, number))
                yield Act(at + timedelta(minutes=6), partial(self._end, number, telling))
                yield Act(at + timedelta(minutes=14), self._listen)

    def _tell(self, telling: Telling) -> None:
        assets = []
        if telling.picture:
            drawn = SimpleUploadedFile(
                f"{telling.picture}.jpg", self._drawn[telling.picture], content_type="image/jpeg"
            )
            asset = library.offer(drawn, once=uuid.uuid4(), alt=artwork.PICTURES[telling.picture].alt)
            processing.process(asset.pk)
            asset.refresh_from_db()
            assets = [asset]
        told = offering.Told(
            once=uuid.uuid4(),
            words=telling.words,
            event=self._event,
            service=Service.objects.get(slug=telling.service),
            place=telling.place,
            happened_at=clock.now(),
            may_be_named=telling.is_named,
            people=telling.people,
            pictures=assets,
        )
        self._told.append(offering.tell(self._cast[telling.who], told))

    def _claim(self, number: int) -> None:
        self._told[number] = desk.claim(self._cast[TOBI], self._told[number])

    def _end(self, number: int, telling: Telling) -> None:
        who, told = self._cast[TOBI], self._told[number]
        if telling.end is End.PUBLISHED:
            self._publish(told, telling)
        elif telling.end is End.MERGED:
            desk.merge(who, told, self._told[number - 1])
        elif telling.end is End.DECLINED:
            desk.decline(who, told, telling.reason)
        elif telling.end is End.KEPT:
            desk.keep(who, told, telling.reason)

    def _publish(self, told: Contribution, telling: Telling) -> None:
        service = Service.objects.get(slug=telling.service)
        channel = self._channels[SPEAKS_FOR[telling.service]]
        plan = desk.Plan(service, f"{telling.post} #{self._occasion.tag}", [channel])
        plan = replace(plan, pictures=[(each, each.alt) for each in desk.pictures_of(told)])
        post = desk.make_post(self._cast[TOBI], told, plan)
        revision = approving.send_for_approval(self._cast[TOBI], post)
        approving.approve(self._cast[MAREN], revision)

    # --- Afterwards ---

    def _report(self) -> None:
        self._listen()
        report = report_actions.make(self._cast[MAREN], self._event)
        report_actions.release(self._cast[MAREN], report)
