"""The figures of an event, counted from rows. Pure: the same rows are the same figures, whoever asks and whenever.

What each number means stands with it, in the words that the reader gets. The counters that the wall has too are counted
by its own definitions (``events/counting.py``).
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from moothall.contributions.models import State
from moothall.core import languages
from moothall.events import counting
from moothall.events.models import Door
from moothall.events.running import Span, clock_words, hours
from moothall.reports import arithmetic, rota
from moothall.reports.arithmetic import by_hour, hour_words
from moothall.reports.rows import GONE, THANKED, Frame, Rows, Said, Told
from moothall.reports.tables import Cell, Counter, Section, Table, table

LONGEST_SILENCES = 5
MOST_PICKED = 12
NO_SERVICE = "No service known"

OUTCOMES = (
    ("Published", {State.PUBLISHED}),
    ("Thanked for", {THANKED}),
    ("Merged", {State.MERGED}),
    ("Thanked and declined", {State.DECLINED}),
    ("Kept for later", {State.KEPT}),
    ("Deleted there", {GONE}),
    ("Still open", {State.WAITING, State.CLAIMED, State.DRAFTED}),
)
NOT_LET_IN = {State.QUARANTINED, State.REFUSED}


def figures(rows: Rows) -> dict[str, Any]:
    """Everything that a report says, as JSON keeps it."""
    frame = rows.frame
    counted = [each for each in rows.said if each.is_shown and not each.is_gone]
    told = [each for each in rows.told if each.state not in NOT_LET_IN]
    sections = (
        _what_was_said(rows, counted),
        _services(frame, counted),
        _contributions(rows, told),
        _silences(frame, counted),
        _picked(frame, counted),
        _descriptions(counted),
        _tags_and_languages(frame, counted),
        rota.section(rows),
    )
    return {
        "event": {
            "name": frame.name,
            "slug": frame.slug,
            "starts_at": frame.whole.start.isoformat(),
            "ends_at": frame.whole.end.isoformat(),
            "until": frame.until.isoformat(),
            "zone": frame.zone.key,
            "tag": frame.main_tag,
        },
        "sections": [each.kept() for each in sections],
    }


# --- What was said ----------------------------------------------------------------------------------------------------


def _what_was_said(rows: Rows, counted: Sequence[Said]) -> Section:
    doors = Tally(each.door for each in counted)
    networks = Tally(each.network for each in counted)
    left_out = len(rows.said) - len(counted)
    gone = sum(each.is_gone for each in rows.said)
    note = f"{left_out} more were collected and do not count: {gone} deleted by their authors, the others not shown."
    return Section(
        "said",
        "What was said",
        _wall_counters(rows, counted),
        (
            table(
                "doors",
                "Items, by who said them",
                "Official: said by one of our channels. Staff: said on an account that a member of staff linked. "
                "Public: all others.",
                ("Who", "Items"),
                [(str(door.label), doors[door.value]) for door in Door],
                chart="bars",
                note=note if left_out else "",
            ),
            table(
                "networks",
                "Items, by network",
                "Each network’s copy of an official post is an item of its own.",
                ("Network", "Items"),
                networks.most_common(),
                chart="bars",
            ),
        ),
    )


def _wall_counters(rows: Rows, counted: Sequence[Said]) -> tuple[Counter, ...]:
    """Those that the wall has as well, and who of the staff had a part in it."""
    wanted = set(rows.frame.services)
    spoke = {each.service for each in counted if each.service}
    ours = by_hour((each.at for each in counted if each.door != Door.PUBLIC), rows.frame.span)
    staff = {each.person for each in counted if each.person} | {
        each.person for each in rows.told if each.person and each.state not in NOT_LET_IN
    }
    numbers = {
        "items": ("Items", len(counted)),
        "official": ("Official posts", sum(each.is_official for each in counted)),
        "contributors": ("Contributors", len({each.account for each in counted})),
        "services": ("Services", len(spoke & wanted if wanted else spoke)),
        "hours": ("Hours covered", sum(number > 0 for number in ours)),
        "networks": ("Networks", len({each.network for each in counted})),
        "reach": ("Potential reach", _reach(counted)),
    }
    return (
        *(Counter(key, label, number, counting.DEFINITIONS[key]) for key, (label, number) in numbers.items()),
        Counter(
            "staff",
            "Staff who joined in",
            len(staff),
            "Members of staff who told the desk something, or said something on an account that they linked. Everybody "
            "counts once, by whichever door they came.",
        ),
    )


def _reach(counted: Sequence[Said]) -> int:
    """The followers of the accounts that said something, each account once, with the most that it had."""
    most: dict[tuple[str, str], int] = {}
    for each in counted:
        most[each.account] = max(most.get(each.account, 0), each.followers or 0)
    return sum(most.values())


# --- Services and hours -----------------------------------------------------------------------------------------------


def _services(frame: Frame, counted: Sequence[Said]) -> Section:
    ours = [each for each in counted if each.door != Door.PUBLIC]
    known = Tally(each.service for each in ours if each.service)
    names = [*sorted(set(frame.services) | set(known))]
    has_others = any(not each.service for each in ours)
    columns = [*names, *([NO_SERVICE] if has_others else [])]
    cells = {
        name: by_hour((each.at for each in ours if (each.service or NO_SERVICE) == name), frame.span)
        for name in columns
    }
    labels = [hour_words(hour.start, frame.zone) for hour in hours(frame.span)]
    silent = [name for name in frame.services if not known[name]]
    note = f"To be covered, and not heard of: {_listed(silent)}." if silent else ""
    return Section(
        "services",
        "Which services, in which hours",
        tables=(
            table(
                "service-hours",
                "Items, by service and hour",
                "Official items and staff’s, in the hour in which they were said. Those of staff whose service is not "
                "known stand together. The hours begin with the event and are those of its own clocks.",
                ("Hour", *columns),
                [(label, *(cells[name][number] for name in columns)) for number, label in enumerate(labels)],
                chart="strips",
                note=note,
            ),
        ),
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- Contributions ----------------------------------------------------------------------------------------------------


def _contributions(rows: Rows, told: Sequence[Told]) -> Section:
    ways = sorted({each.way for each in told})
    answers = [each.answered_at - each.at for each in told if each.answered_at and each.answered_at >= each.at]
    publishings = [each.published_at - each.at for each in told if each.published_at and each.published_at >= each.at]
    refused = len(rows.told) - len(told)
    published = sum(each.state == State.PUBLISHED for each in told)
    return Section(
        "contributions",
        "What staff told the desk",
        (
            Counter(
                "told", "Contributions", len(told), "What staff told the desk or said on accounts that they linked."
            ),
            Counter("published", "Published", published, "Contributions that became a post of their own."),
            Counter(
                "answer",
                "Median answer",
                arithmetic.middle(answers),
                "Half of all answered contributions had their answer within this time. An answer is the desk’s first "
                "decision; taking it in hand is none. Counted from when it reached the desk.",
                " minutes",
            ),
        ),
        (
            table(
                "contributions",
                "Contributions, by the door through which they came",
                "What has become of them by now. Thanked for: said on an own account, and left there as it is.",
                ("Door", "All", *(label for label, _ in OUTCOMES)),
                [_way(way, [each for each in told if each.way == way]) for way in ways],
                chart="bars",
                note=f"{refused} more mails were quarantined or refused, and do not count." if refused else "",
            ),
            _response(answers, publishings),
        ),
    )


def _way(way: str, told: Sequence[Told]) -> Iterable[Cell]:
    return (way, len(told), *(sum(each.state in states for each in told) for _, states in OUTCOMES))


def _response(answers: Sequence[timedelta], publishings: Sequence[timedelta]) -> Table:
    return table(
        "response",
        "How long staff waited",
        "In minutes, from when a contribution reached the desk. The 90th percentile is the time within which nine of "
        "ten had it.",
        ("From telling to", "Counted", "Median", "90th percentile", "Longest"),
        [
            (
                label,
                len(lengths),
                arithmetic.middle(lengths),
                arithmetic.percentile(lengths, 0.9),
                arithmetic.percentile(lengths, 1.0),
            )
            for label, lengths in (("the answer", answers), ("the post", publishings))
        ],
    )


# --- Silences ---------------------------------------------------------------------------------------------------------


def _silences(frame: Frame, counted: Sequence[Said]) -> Section:
    moments = [each.at for each in counted if each.is_official]
    found = arithmetic.silences(moments, frame.span)
    longest = sorted(found, key=lambda each: each.length, reverse=True)[:LONGEST_SILENCES]
    numbers = by_hour(moments, frame.span)
    return Section(
        "silences",
        "When we were silent",
        (
            Counter(
                "silence",
                "Longest silence",
                round(arithmetic.minutes(longest[0].length)) if longest else None,
                "The longest time without an official item, from the event’s start to its end.",
                " minutes",
            ),
        ),
        (
            table(
                "official-hours",
                "Official items, hour by hour",
                "An hour with none is left empty.",
                ("Hour", "Official items"),
                [
                    (hour_words(hour.start, frame.zone), number)
                    for hour, number in zip(hours(frame.span), numbers, strict=True)
                ],
                chart="hours",
            ),
            table(
                "silences",
                "The longest silences",
                "Times without an official item.",
                ("From", "Until", "Minutes"),
                [_silence(each, frame) for each in longest],
            ),
        ),
    )


def _silence(span: Span, frame: Frame) -> tuple[str, str, int]:
    return (
        clock_words(span.start, frame.zone),
        clock_words(span.end, frame.zone),
        round(arithmetic.minutes(span.length)),
    )


# --- Items picked out -------------------------------------------------------------------------------------------------


def _picked(frame: Frame, counted: Sequence[Said]) -> Section:
    chosen = [each for each in counted if each.is_pinned or each.is_featured]
    chosen.sort(key=lambda each: (not each.is_pinned, each.at, each.number))
    chosen = chosen[:MOST_PICKED]
    return Section(
        "picked",
        "What the desk picked out",
        tables=(
            table(
                "picked",
                "Pinned and featured items",
                "What the desk chose for the wall, pinned ones first. How often others read, liked or shared an item "
                "is not collected, so nothing is said about it here.",
                ("Said", "By", "Network", "How"),
                [(clock_words(each.at, frame.zone), _by(each), each.network, _how(each)) for each in chosen],
                items=tuple(each.number for each in chosen),
            ),
        ),
    )


def _by(item: Said) -> str:
    if item.is_official:
        return item.service or "The council"
    return "A member of staff" if item.door == Door.STAFF else "Somebody of the public"


def _how(item: Said) -> str:
    return "Pinned" if item.is_pinned else "Featured"


# --- Descriptions, hashtags, languages --------------------------------------------------------------------------------


def _descriptions(counted: Sequence[Said]) -> Section:
    def of(door: Door) -> tuple[Cell, ...]:
        mine = [each for each in counted if each.door == door]
        pictures, described = sum(each.pictures for each in mine), sum(each.described for each in mine)
        return (str(door.label), arithmetic.share(described, pictures), pictures, described)

    official = of(Door.OFFICIAL)
    return Section(
        "descriptions",
        "Can everybody see the pictures?",
        (
            Counter(
                "described",
                "Our pictures described",
                official[1] if isinstance(official[1], int) else None,
                "Pictures and videos in official items that have a description (alt text), of all in official items.",
                "%",
            ),
        ),
        (
            table(
                "descriptions",
                "Pictures with a description, by who said them",
                "In hundredths of all pictures and videos in items that count.",
                ("Who", "Share described (%)", "Pictures", "Described"),
                [of(door) for door in Door],
                chart="bars",
                unit="%",
            ),
        ),
    )


def _tags_and_languages(frame: Frame, counted: Sequence[Said]) -> Section:
    used = Tally(tag for each in counted for tag in set(each.tags) if tag in frame.tags)
    spoken = Tally(_language(each.language) for each in counted)
    return Section(
        "tags",
        "Hashtags and languages",
        tables=(
            table(
                "hashtags",
                "Hashtags used",
                "Items with each of the event’s hashtags. An item with two of them counts with both.",
                ("Hashtag", "Items", "Kind"),
                _by_number([(f"#{tag}", used[folded], kind) for folded, (tag, kind) in frame.tags.items()]),
                chart="bars",
            ),
            table(
                "languages",
                "Languages",
                "As each network says of its items.",
                ("Language", "Items"),
                spoken.most_common(),
                chart="bars",
            ),
        ),
    )


def _language(tag: str) -> str:
    return languages.name(tag.split("-")[0].lower()) if tag else "Not said"


def _by_number(rows: Sequence[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    return sorted(rows, key=lambda row: -row[1])
