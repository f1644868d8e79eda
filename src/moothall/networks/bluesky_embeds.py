"""What hangs on a Bluesky post: pictures, a video or a link card, and who may reply to it.

Blobs are uploaded before the post that names them. One that no post ever names is cleared away by the server, so that
whatever happens in between leaves nothing behind. Sources: the lexicons ``app.bsky.embed.images``,
``app.bsky.embed.video``, ``app.bsky.embed.external`` and ``app.bsky.feed.threadgate``.
"""

from collections.abc import Callable

from atproto import models
from atproto_client.models.blob_ref import BlobRef

from moothall.networks.base import Card, Draft, Field, Limits, Media, MediaKind
from moothall.networks.errors import Rejected
from moothall.networks.images import at, fit, read
from moothall.networks.options import option

CAPTIONS_BYTES = 20_000
"""The largest captions file."""
CARD_IMAGE_BYTES = 1_000_000

Upload = Callable[[bytes, str], BlobRef]
"""Takes content and its type to the server."""

Embed = models.AppBskyEmbedImages.Main | models.AppBskyEmbedVideo.Main | models.AppBskyEmbedExternal.Main
Rules = list[models.AppBskyFeedThreadgate.MentionRule | models.AppBskyFeedThreadgate.FollowingRule]

REPLY_CONTROLS = Field(
    "reply_controls",
    "Who may reply",
    "In a thread, this holds for all of its parts.",
    required=False,
    choices=(
        ("everybody", "Everybody"),
        ("mentioned", "Only people mentioned in the post"),
        ("following", "Only people this channel follows"),
        ("nobody", "Nobody"),
    ),
    default="everybody",
)


def rules(draft: Draft) -> Rules | None:
    """Who may reply, as a thread gate says it; ``None`` where the post needs no gate. Pure.

    A thread has one gate, its first part's.
    """
    gate = models.AppBskyFeedThreadgate
    chosen: dict[str, Rules] = {"mentioned": [gate.MentionRule()], "following": [gate.FollowingRule()], "nobody": []}
    return None if draft.reply else chosen.get(option(draft, REPLY_CONTROLS))


def embed(draft: Draft, limits: Limits, upload: Upload) -> Embed | None:
    """What the post shows beside its words. A card has room only where nothing else is.

    Raises the errors of ``upload``; ``Rejected`` for what can't be made to fit, ``Temporary`` if our storage fails.
    """
    if not draft.media:
        return _card(draft.card, limits, upload) if draft.card else None
    if draft.media[0].kind == MediaKind.VIDEO:
        return _video(draft.media[0], upload)
    return models.AppBskyEmbedImages.Main(images=[_picture(media, limits, upload) for media in draft.media])


def _picture(media: Media, limits: Limits, upload: Upload) -> models.AppBskyEmbedImages.Image:
    if media.kind == MediaKind.ANIMATION and media.still:
        media = at(media.still, media.alt)
    picture = fit(media, limits.image_bytes, limits.image_types, limits.image_pixels)
    ratio = models.AppBskyEmbedDefs.AspectRatio(width=picture.width, height=picture.height)
    blob = upload(picture.data, picture.content_type)
    return models.AppBskyEmbedImages.Image(alt=media.alt, image=blob, aspect_ratio=ratio)


def _video(media: Media, upload: Upload) -> models.AppBskyEmbedVideo.Main:
    captions = read(media.captions) if media.captions else b""
    if len(captions) > CAPTIONS_BYTES:
        raise Rejected(f"The captions have {len(captions):,} bytes, and Bluesky takes {CAPTIONS_BYTES:,}.")
    caption = models.AppBskyEmbedVideo.Caption
    return models.AppBskyEmbedVideo.Main(
        video=upload(read(media.path), media.content_type),
        alt=media.alt or None,
        aspect_ratio=models.AppBskyEmbedDefs.AspectRatio(width=media.width, height=media.height),
        captions=[caption(file=upload(captions, "text/vtt"), lang=media.captions_language)] if captions else None,
    )


def _card(card: Card, limits: Limits, upload: Upload) -> models.AppBskyEmbedExternal.Main:
    thumb = None
    if card.image:
        picture = fit(at(card.image), CARD_IMAGE_BYTES, limits.image_types)
        thumb = upload(picture.data, picture.content_type)
    external = models.AppBskyEmbedExternal.External(
        uri=card.url, title=card.title, description=card.description, thumb=thumb
    )
    return models.AppBskyEmbedExternal.Main(external=external)
