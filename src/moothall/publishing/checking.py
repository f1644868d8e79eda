"""What is to be said about a post before it can go out: what blocks it, and what a network will change about it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from moothall.channels.models import Channel
from moothall.core import clock, languages
from moothall.library import queries as library
from moothall.library.models import AssetState
from moothall.networks.base import MediaKind, Problem
from moothall.publishing import identity_guard, placeholders, resting, slots
from moothall.publishing.content import Content, Enclosed, Rendering, of_post, renderings
from moothall.publishing.models import Post, ReadyMade

Remark = tuple[Channel | None, Problem]
"""A problem, and the channel that it is about; ``None``: the post as a whole."""


def problems(post: Post) -> list[Remark]:
    """Everything that keeps the saved post from being sent for approval, or that a network will change about it."""
    content = of_post(post)
    return remarks(content, renderings(content), confirmed=post.voices_confirmed, made_from=post.made_from)


def blocking(post: Post) -> list[str]:
    """What keeps the post from being sent for approval, in sentences."""
    found = [(channel, problem) for channel, problem in problems(post) if problem.blocking]
    return [f"{channel}: {problem.message}" if channel else problem.message for channel, problem in found]


def remarks(
    content: Content, rendered: Sequence[Rendering], *, confirmed: str = "", made_from: ReadyMade | None = None
) -> list[Remark]:
    """What is to be said about ``content``, of which ``rendered`` was made."""
    found: list[Remark] = [(None, each) for each in _of_the_post(content, confirmed)]
    found += [(None, each) for each in _of_the_media(content.enclosed)]
    if made_from:
        found += [(None, each) for each in _of_the_gaps(content, made_from)]
    for channel in content.variants:
        found += [(channel, each) for each in _of_the_channel(content, channel)]
        if made_from:
            found += [(channel, each) for each in _of_the_rest(made_from, channel, content)]
    for each in rendered:
        found += [(each.channel, problem) for problem in _of_the_parts(each)]
    return found + _of_same_words(rendered)


def _of_the_post(content: Content, confirmed: str) -> Iterator[Problem]:
    if not content.variants:
        yield Problem("no-channel", "Choose at least one channel.")
    asked = identity_guard.question(confirmed, identity_guard.voices(content.variants))
    if asked:
        yield Problem("voices", asked)
    if content.second_text.strip() and not any(each.language == content.second_language for each in content.variants):
        spoken = languages.name(content.second_language)
        message = f"None of the channels speaks {spoken}: the {spoken} words go nowhere."
        yield Problem("second-nowhere", message, blocking=False)


def _of_the_media(enclosed: Sequence[Enclosed]) -> Iterator[Problem]:
    for number, each in enumerate(enclosed, start=1):
        what = f"{_kind(each)} {number}"
        if each.asset.state == AssetState.FAILED:
            yield Problem("unusable", f"{what} cannot be used. {each.asset.trouble} Take it off this post.")
        elif not each.asset.is_ready:
            yield Problem("processing", f"{what} is still being processed. Wait a moment.")
        if not each.alt.strip() and not each.is_decorative:
            yield Problem("no-alt", f"Describe {what.lower()}, or mark it as decorative.")
        if each.asset.kind == MediaKind.VIDEO and not each.asset.captions and not each.is_decorative:
            message = f"{what} has no captions. Add a captions file on its page in the media library."
            yield Problem("no-captions", message)
    for lapsed in library.lapsed_among([each.asset.pk for each in enclosed], clock.now()):
        message = f"The consent {lapsed.reference} for “{lapsed.asset}” no longer holds. Take it off this post."
        yield Problem("no-consent", message)


def _kind(enclosed: Enclosed) -> str:
    return "Video" if enclosed.asset.kind == MediaKind.VIDEO else "Picture"


def _of_the_channel(content: Content, channel: Channel) -> Iterator[Problem]:
    if not channel.is_driven:
        yield Problem("not-live", f"{channel} is not live. Take it off this post.")
    has_words = (
        content.variants[channel].text.strip()
        or channel.language == content.language
        or (channel.language == content.second_language and content.second_text.strip())
    )
    if not has_words:
        spoken = languages.name(channel.language)
        message = f"This channel speaks {spoken}. Write the {spoken} words, or give it words of its own."
        yield Problem("no-translation", message)
    if content.in_next_slots and slots.next_free(channel, clock.now()) is None:
        yield Problem("no-slot", "This channel has no free queue slot. Give it slots, or choose a time.")


def _of_the_gaps(content: Content, template: ReadyMade) -> Iterator[Problem]:
    """What a template leaves open is filled in before it goes out."""
    texts = (content.text, content.second_text, *(each.text for each in content.variants.values()))
    for name in placeholders.unfilled(texts, placeholders.names(template.text, template.second_text)):
        yield Problem("unfilled", f"Fill in “{{{name}}}”: the words still hold the template’s gap.")


def _of_the_rest(evergreen: ReadyMade, channel: Channel, content: Content) -> Iterator[Problem]:
    """An evergreen post rests between two sayings on one channel."""
    when = content.scheduled_for or clock.now()
    if content.in_next_slots:
        when = slots.next_free(channel, when) or when
    if refused := resting.refusal(evergreen, channel, when):
        yield Problem("resting", refused)


def _of_the_parts(rendered: Rendering) -> Iterator[Problem]:
    is_thread = len(rendered.parts) > 1
    for number, part in enumerate(rendered.parts, start=1):
        for problem in part.problems:
            message = f"Part {number}: {problem.message}" if is_thread else problem.message
            yield Problem(problem.code, message, problem.blocking)


def _of_same_words(rendered: Sequence[Rendering]) -> list[Remark]:
    """Networks take the same words from several accounts for spam."""
    alike: dict[tuple[str, ...], list[Channel]] = defaultdict(list)
    for each in rendered:
        alike[(each.channel.network, *each.words)].append(each.channel)
    found: list[Remark] = []
    for words, channels in alike.items():
        if len(channels) > 1 and any(words[1:]):
            names = ", ".join(each.display_name for each in channels[:-1])
            message = (
                f"The same words go out on {channels[-1].network_label} as {names} too. Networks take that for spam: "
                "give one of them words of its own."
            )
            found.append((channels[-1], Problem("same-words", message, blocking=False)))
    return found
