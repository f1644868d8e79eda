"""What one click does in an incident. Each act is that of its own room, with that room's permission and record.

Here it is bound to the incident: the step that asked for it is ticked, and the timeline says so, in one transaction.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from moothall.accounts.models import Service, User
from moothall.accounts.permissions import require
from moothall.channels import connecting
from moothall.channels import queries as channel_queries
from moothall.channels.actions import ref as channel_ref
from moothall.channels.models import Channel
from moothall.incidents import queries
from moothall.incidents.actions import locked, ref, tick_switch, write
from moothall.incidents.kinds import Switch
from moothall.incidents.models import Incident
from moothall.publishing import actions as publishing
from moothall.publishing import pausing, switch, taking_down
from moothall.publishing.content import Content, Wording
from moothall.publishing.models import Pause, Post
from moothall.records import queries as records
from moothall.records.actions import capture

NO_ACCOUNT = "This incident is of no account of ours. There is nothing to switch off."


@transaction.atomic
def pause(actor: User, incident: Incident, reason: str, *, everything: bool = False) -> Pause:
    """Pause the posts of the channel's service, or ``everything``. The desk may; ``reason`` is seen by all staff.

    Where a pause does that already, it is returned, and none is made: of a double click, and of two people at once.
    """
    incident = locked(actor, incident)
    require(actor, "publishing.pause")
    services = [] if everything else [_channel(incident).service]
    if already := queries.pause_over(services[0] if services else None):
        _tick_as_paused(actor, incident, already)
        return already
    made = switch.begin(actor, reason, services)
    said = pausing.words(made)
    tick_switch(incident, actor, Switch.PAUSE, f"{said}.")
    write(incident, actor, said, made.reason, tells=_numbers(f"pause:{made.pk}"))
    capture("incident.paused", ref(incident), actor=actor, after={"pause": made.pk, "everything": everything})
    return made


def _tick_as_paused(actor: User, incident: Incident, already: Pause) -> None:
    """Tick the step that asks for the pause, if it is open: somebody else paused meanwhile."""
    said = f"{pausing.words(already)} already"
    if step := tick_switch(incident, actor, Switch.PAUSE, f"{said}."):
        write(incident, actor, said, already.reason)
        capture("incident.step_done", ref(incident), actor=actor, after={"step": step.position})


@transaction.atomic
def disconnect(actor: User, incident: Incident, why: str) -> None:
    """Delete the channel's credentials here, and have its network told that they no longer count."""
    incident = locked(actor, incident, "incident.open")
    channel = _channel(incident)
    if not queries.may_disconnect(actor, incident):
        raise PermissionDenied("Others disconnect this account.")
    if not channel_queries.is_connected(channel):
        raise ValidationError(f"{channel} is not connected: Moothall holds no key to it.")
    connecting.disconnect(actor, channel, why=why)
    tick_switch(incident, actor, Switch.DISCONNECT, "The keys that were kept here are deleted.")
    write(incident, actor, "Disconnected the account", why, tells=_numbers(channel_ref(channel), last=True))
    capture("incident.disconnected", ref(incident), actor=actor, after={"channel": channel.slug})


@transaction.atomic
def take_down(actor: User, incident: Incident, post_id: int) -> int:
    """Have a post that stands on the channel taken down, wherever it stands. Returns on how many channels that is."""
    incident = locked(actor, incident)
    post = queries.stands_on(_channel(incident), post_id)
    if post is None:
        raise ValidationError("This post does not stand on the account any more.")
    number = taking_down.take_down_everywhere(actor, post)
    where = f"on {number} channel{'' if number == 1 else 's'}"
    tick_switch(incident, actor, Switch.TAKE_DOWN, f"Asked for {where}.")
    asked = [
        record.number
        for each in queries.taking_down(incident)
        if each.post == post
        for row in each.rows
        if row.is_asked
        for record in row.records[-1:]
    ]
    write(incident, actor, f"Had a post taken down {where}", f"“{post}”", tells=asked)
    capture("incident.take_down_asked", ref(incident), actor=actor, after={"post": post.pk, "channels": number})
    return number


@transaction.atomic
def draft_statement(
    actor: User, incident: Incident, text: str, channels: Iterable[Channel], service: Service | None = None
) -> Post:
    """Make a holding statement: a draft that goes the same way of approval as every post.

    It is of the channel's service; of an incident without a channel it is of ``service``.
    """
    incident = locked(actor, incident)
    service = incident.channel.service if incident.channel else service
    if service is None:
        raise ValidationError({"service": "Choose the service that speaks."})
    if not text.strip():
        raise ValidationError({"text": "Write what it says."})
    content = Content(service, text.strip(), {each: Wording() for each in channels})
    if not content.variants:
        raise ValidationError({"channels": "Choose at least one account."})
    post = publishing.save_post(actor, None, content)
    incident.statements.add(post)
    tick_switch(incident, actor, Switch.STATEMENT, "A draft is written. It still has to be approved.")
    where = ", ".join(map(str, content.variants))
    write(
        incident, actor, "Wrote a holding statement", f"{post.text}\n\nFor {where}.", tells=_numbers(f"post:{post.pk}")
    )
    capture("incident.statement_written", ref(incident), actor=actor, after={"post": post.pk})
    return post


def _channel(incident: Incident) -> Channel:
    if incident.channel is None:
        raise ValidationError(NO_ACCOUNT)
    return incident.channel


def _numbers(of: str, *, last: bool = False) -> list[int]:
    """The numbers of the records that the act has just made of this thing."""
    kept = list(records.of(of).values_list("number", flat=True))
    return kept[-1:] if last else kept
