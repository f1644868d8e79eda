"""What the rooms of posts, media and channels hold about a person: told to that person alone (``core.own_data``)."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from moothall.accounts.models import User
from moothall.channels.models import Channel
from moothall.core.own_data import Held, Row
from moothall.library.models import Asset
from moothall.publishing.models import Absence, Comment, Decision, Post, Revision, Verdict

AT_ONCE = 1_000


def posts(person: User) -> Held:
    """What one wrote for a service."""
    written = Post.objects.filter(author=person).select_related("service").order_by("made_at", "pk")
    rows = (
        {
            "begun": each.made_at,
            "last changed": each.edited_at,
            "for the service": each.service.name,
            "planned for": each.scheduled_for,
            "text": each.text,
            "text in the second language": each.second_text,
        }
        for each in written.iterator(AT_ONCE)
    )
    return Held("Posts that you began", "Posts of your services with you as their author.", written.count(), rows)


def remarks(person: User) -> Held:
    """What one said of posts, and decided about them."""
    said, agreed = Comment.objects.filter(by=person), Decision.objects.filter(by=person)
    refused = Revision.objects.filter(decided_by=person, verdict=Verdict.REFUSED)
    count = said.count() + agreed.count() + refused.count()
    what = "Your remarks on posts, and your decisions about them."
    return Held("Remarks and decisions", what, count, _remarks(said, agreed, refused))


def _remarks(said: QuerySet[Comment], agreed: QuerySet[Decision], refused: QuerySet[Revision]) -> Iterator[Row]:
    for each in said.select_related("revision"):
        yield {"when": each.at, "what": "Remark", "post": each.revision.post_id, "words": each.text}
    for yes in agreed.select_related("revision"):
        yield {"when": yes.at, "what": "Approval", "post": yes.revision.post_id, "words": yes.comment}
    for no in refused.order_by("pk"):
        yield {"when": no.decided_at, "what": "Refusal", "post": no.post_id, "words": no.comment}


def absences(person: User) -> Held:
    """When one was away. Whose deputy one was tells when another was away, and is theirs."""
    away = Absence.objects.filter(user=person)
    rows = ({"first day": each.first_day, "last day": each.last_day} for each in away)
    return Held("Days away", "Times for which you named a deputy to approve in your stead.", away.count(), rows)


def media(person: User) -> Held:
    """What one added to the media library."""
    added = Asset.objects.filter(added_by=person).order_by("added_at", "pk")
    rows = (
        {"added": each.added_at, "file": each.original_name, "description": each.alt}
        for each in added.iterator(AT_ONCE)
    )
    what = "Pictures and videos that you added to the media library, or told the desk with."
    return Held("Media that you added", what, added.count(), rows)


def channels(person: User) -> Held:
    """The channels that one looks after."""
    cared_for = Channel.objects.filter(Q(owner=person) | Q(deputy=person))
    rows = (
        {"channel": str(each), "you are its": "owner" if each.owner_id == person.pk else "deputy"} for each in cared_for
    )
    return Held("Channels in your care", "Where the register names you as owner or deputy.", cared_for.count(), rows)
