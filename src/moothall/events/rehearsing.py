"""Rehearsing a whole event on the practice network: permission, change and record in one place.

A rehearsal is a copy of the event that runs faster. Its posts are copies on practice channels and can go nowhere else
(``publishing.rehearsing``); its hashtag is its own. Nothing drives it but what drives any event: the worker sends what
is due and lets the crowd speak, the listener hears it.
"""

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels import actions as channel_actions
from moothall.channels import connecting, known
from moothall.channels import queries as channel_queries
from moothall.channels.models import NEVER_DRIVEN, Channel, State
from moothall.core import clock
from moothall.events import budget_queries, place_actions, rehearsal_queries
from moothall.events.event_actions import LONGEST_TAG, ref
from moothall.events.models import ChannelPlan, Event, EventTag, Place, Shift, Slot
from moothall.events.rehearsal_crowd import PEOPLE, SAYINGS
from moothall.events.running import HOUR, Tempo
from moothall.networks.text import fold_tag
from moothall.publishing import rehearsing as copying
from moothall.publishing.models import Post, Revision
from moothall.records.actions import capture
from moothall.rehearsal import crowd
from moothall.rehearsal.models import CrowdPost

SPEED = 60
"""24 hours in 24 minutes."""
MOST_IN_THE_CROWD = 2_000
WAY, ADDRESS = "practice", "crowd"
"""Where the crowd is heard."""
NOTICE = "This is a rehearsal. Nothing here is real."


def begin(actor: User, event: Event, *, an_hour: int) -> Event:
    """Rehearse ``event`` from now on, with a crowd that says so much in each of its hours. Returns the rehearsal.

    The practice channels that it takes are made and connected first, as anybody would.
    """
    require(actor, "event.manage")
    _refuse_second(event)
    revisions = rehearsal_queries.approved(event)
    practised = {each.pk: _practice_channel(actor, each) for each in _real_channels(event, revisions)}
    with transaction.atomic():
        Event.objects.select_for_update().get(pk=event.pk)
        _refuse_second(event)
        tempo = Tempo(event.starts_at, clock.now(), SPEED)
        made = _copy_event(actor, event, tempo)
        _copy_belongings(event, made, practised)
        posts = _copy_posts(actor, event, made, revisions, practised, tempo)
        _copy_hours(event, made, posts, tempo)
        said = _plan_the_crowd(made, an_hour)
        if not Place.objects.filter(network=known.PRACTICE, way=WAY, address=ADDRESS).exists():
            place_actions.add(actor, network=known.PRACTICE, way=WAY, address=ADDRESS)
        after = {"rehearsal": made.pk, "posts": len(posts), "crowd": said, "ends_at": made.ends_at}
        capture("event.rehearsal_begun", ref(event), actor=actor, after=after)
    return made


def _refuse_second(event: Event) -> None:
    if event.rehearses_id:
        raise ValidationError("This is a rehearsal itself.")
    if event.rehearsals.filter(ends_at__gt=clock.now()).exists():
        raise ValidationError("A rehearsal of this event is on. End it before you begin another.")


@transaction.atomic
def end(actor: User, rehearsal: Event) -> None:
    """End a rehearsal before its time: what waits is cancelled, and the crowd falls silent."""
    require(actor, "event.manage")
    rehearsal = Event.objects.select_for_update().get(pk=rehearsal.pk)
    now = clock.now()
    if not rehearsal.rehearses_id:
        raise ValidationError("This event is no rehearsal.")
    if rehearsal.is_over(now):
        raise ValidationError("This rehearsal is over.")
    before = {"ends_at": rehearsal.ends_at}
    rehearsal.ends_at = max(now, rehearsal.starts_at + timedelta(seconds=1))
    rehearsal.save(update_fields=["ends_at"])
    called_off = copying.call_off(actor, rehearsal_queries.posts(rehearsal), "the rehearsal was ended")
    unsaid = crowd.fall_silent(f" #{rehearsal.main_tag}")
    after = {"ends_at": rehearsal.ends_at, "called_off": called_off, "unsaid": unsaid}
    capture("event.rehearsal_ended", ref(rehearsal), actor=actor, before=before, after=after)


# --- Channels ---------------------------------------------------------------------------------------------------------


def _real_channels(event: Event, revisions: Iterable[Revision]) -> list[Channel]:
    """Those of the event and of its posts on which Moothall could speak."""
    official, backups = budget_queries.channels(event)
    posted = {each["channel"] for revision in revisions for each in revision.content["variants"]}
    others = Channel.objects.filter(pk__in=posted).select_related("service")
    found = {each.pk: each for each in (*official, *backups, *others)}
    return [each for each in found.values() if each.capacity not in NEVER_DRIVEN and known.is_drivable(each.network)]


def _practice_channel(actor: User, channel: Channel) -> Channel:
    """The practice channel that stands for ``channel`` and behaves like it; itself if it is one."""
    if channel.network == known.PRACTICE:
        return channel
    slug = f"practice-{channel.slug}"[:80]
    made = Channel.objects.filter(slug=slug).select_related("service").first()
    if made is None:
        made = Channel(
            network=known.PRACTICE,
            handle=slug,
            slug=slug,
            display_name=f"Practice: {channel.display_name}"[:120],
            purpose=f"Stands for {channel} when an event is rehearsed."[:300],
            service=channel.service,
            capacity=channel.capacity,
            language=channel.language,
            state=State.LIVE,
        )
        channel_actions.save_channel(actor, made, why="An event is rehearsed.")
    if made.network != known.PRACTICE or not made.is_driven:
        raise ValidationError(f"{made} should stand for {channel}, and is not a live practice channel.")
    if not channel_queries.is_connected(made):
        connecting.connect(actor, made, {"like": channel.network})
    return made


# --- Copying ----------------------------------------------------------------------------------------------------------


def _copy_event(actor: User, event: Event, tempo: Tempo) -> Event:
    number = event.rehearsals.count() + 1
    ending = f"-rehearsal-{number}"
    made = Event.objects.create(
        name=f"Rehearsal {number} of {event.name}"[:120],
        slug=f"{event.slug[: 60 - len(ending)]}{ending}",
        summary=event.summary,
        starts_at=tempo.begins,
        ends_at=tempo.at(event.ends_at),
        zone=event.zone,
        is_public=False,
        shows_staff_at_once=event.shows_staff_at_once,
        shows_public_at_once=event.shows_public_at_once,
        design=event.design,
        wall_notice=NOTICE,
        is_example=event.is_example,
        speed=tempo.speed,
        rehearses=event,
        made_by=actor,
    )
    tag = _own_tag(event, number)
    EventTag.objects.create(event=made, tag=tag, folded=fold_tag(tag))
    return made


def _own_tag(event: Event, number: int) -> str:
    """A hashtag that the event itself does not have, hardly longer than its own: the posts must still fit."""
    ending = f"R{number}"
    return f"{event.main_tag[: LONGEST_TAG - len(ending)]}{ending}"


def _copy_belongings(event: Event, made: Event, practised: Mapping[int, Channel]) -> None:
    official, backups = budget_queries.channels(event)
    made.services.set(event.services.all())
    made.official_channels.set(practised[each.pk] for each in official if each.pk in practised)
    made.backup_channels.set(practised[each.pk] for each in backups if each.pk in practised)
    ChannelPlan.objects.bulk_create(
        ChannelPlan(
            event=made,
            channel=practised[plan.channel_id],
            an_hour=plan.an_hour,
            pence=plan.pence,
            backup=practised.get(plan.backup_id or 0),
            second_backup=practised.get(plan.second_backup_id or 0),
            note=plan.note,
        )
        for plan in event.channel_plans.all()
        if plan.channel_id in practised
    )


def _copy_posts(
    actor: User,
    event: Event,
    made: Event,
    revisions: Iterable[Revision],
    practised: Mapping[int, Channel],
    tempo: Tempo,
) -> dict[int, Post]:
    """The copies of the approved posts, by the id of their original."""

    def reword(text: str) -> str:
        return rehearsal_queries.with_own_tag(text, event.main_tag, made.main_tag)

    found = {}
    for each in revisions:
        at = max(tempo.at(rehearsal_queries.goes_out(each)), tempo.begins)
        if copied := copying.copy(actor, each, practised, at, reword):
            found[each.post_id] = copied
    return found


def _copy_hours(event: Event, made: Event, posts: Mapping[int, Post], tempo: Tempo) -> None:
    for slot in event.slots.prefetch_related("posts"):
        copied = Slot.objects.create(
            event=made,
            service_id=slot.service_id,
            starts_at=tempo.at(slot.starts_at),
            ends_at=tempo.at(slot.ends_at),
            theme=slot.theme,
            notes=slot.notes,
            owner_id=slot.owner_id,
            sensitivity=slot.sensitivity,
        )
        copied.posts.set(posts[each.pk] for each in slot.posts.all() if each.pk in posts)
    Shift.objects.bulk_create(
        Shift(
            event=made,
            person_id=each.person_id,
            starts_at=tempo.at(each.starts_at),
            ends_at=tempo.at(each.ends_at),
            task=each.task,
        )
        for each in event.shifts.all()
    )


def _plan_the_crowd(made: Event, an_hour: int) -> int:
    """Let made-up people speak all the while. Returns how often."""
    length = made.ends_at - made.starts_at
    number = min(round(an_hour * (length * made.speed / HOUR)), MOST_IN_THE_CROWD)
    chosen = random.Random(made.pk)  # noqa: S311 - nothing secret: the same rehearsal says the same
    moments = sorted(made.starts_at + length * chosen.random() for _ in range(number))
    speakers = [chosen.choice(PEOPLE) for _ in moments]
    crowd.plan_in_the_crowd(
        CrowdPost(handle=handle, name=name, text=f"{chosen.choice(SAYINGS)} #{made.main_tag}", said_at=at)
        for at, (handle, name) in zip(moments, speakers, strict=True)
    )
    return number
