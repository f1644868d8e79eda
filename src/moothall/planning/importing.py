"""Several posts from one file: what would be made of each row. Changes nothing; ``importing_actions.py`` makes them."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.accounts.permissions import require
from moothall.channels.models import Channel
from moothall.core import clock, localtime
from moothall.core.csv_lines import Line
from moothall.planning import post_cells
from moothall.planning.known_names import Known
from moothall.planning.post_cells import OWN_WORDS, Column, Columns
from moothall.planning.sheet import Sheet
from moothall.publishing import checking
from moothall.publishing.checking import Remark
from moothall.publishing.content import Content, Enclosed, Rendering, Wording, renderings
from moothall.publishing.models import POST_LENGTH

YEARS_AHEAD = 5
CAMPAIGN_LENGTH = 100

Value = TypeVar("Value")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one cell; ``column`` is empty for the row as a whole."""

    column: str
    message: str


@dataclass(frozen=True)
class Planned:
    """What would be made of one row: a draft of ``content`` or, if there are ``mistakes``, nothing.

    ``remarks`` do not keep a draft from being made; those that are blocking keep it from being sent for approval.
    """

    line: Line
    content: Content | None
    mistakes: list[Mistake] = field(default_factory=list)
    rendered: list[Rendering] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What to call the row: its first words."""
        texts = [self.content.text, *(each.text for each in self.content.variants.values())] if self.content else []
        return next((text.strip() for text in (*texts, *self.line.cells) if text.strip()), "")


@dataclass(frozen=True)
class Plan:
    """What would become of every row. Two plans with the same ``digest`` make the same."""

    rows: list[Planned]
    ignored: list[str]
    """Columns of the file that are not read."""

    @property
    def to_make(self) -> list[Planned]:
        return [row for row in self.rows if row.content is not None]

    @property
    def refused(self) -> list[Planned]:
        return [row for row in self.rows if row.content is None]

    @property
    def blocked(self) -> int:
        """How many of the drafts could not be sent for approval as they are."""
        return sum(any(problem.blocking for _, problem in row.remarks) for row in self.to_make)

    @property
    def digest(self) -> str:
        said = [[row.line.number, _said(row.content), [each.message for each in row.mistakes]] for row in self.rows]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def plan(actor: User, sheet: Sheet) -> Plan:
    """What would be made of each row of ``sheet``. Raises ``ValidationError`` for columns that cannot be read."""
    require(actor, "post.write")
    columns = post_cells.read_header(sheet.header)
    pictures = [columns.cell(line.cells, Column.PICTURES) for line in sheet.lines if not line.problem]
    known = Known.load(actor, pictures)
    own = {known.channel(name): place for name, place in columns.own.items()}
    if len(own) < len(columns.own):
        raise ValidationError("Two columns hold the own words of one channel. Take one away.")
    now = clock.now()
    return Plan([_planned(_Reading(line, columns, own, known, now)) for line in sheet.lines], columns.ignored)


def _planned(reading: "_Reading") -> Planned:
    if reading.line.problem:
        return Planned(reading.line, None, [Mistake("", reading.line.problem)])
    content = reading.content()
    if content is None or reading.mistakes:
        return Planned(reading.line, None, reading.mistakes)
    rendered = renderings(content)
    return Planned(reading.line, content, [], rendered, checking.remarks(content, rendered))


def _said(content: Content | None) -> dict[str, Any] | None:
    """All of ``content`` that a draft keeps, as JSON."""
    if content is None:
        return None
    return {
        "service": content.service.pk,
        "text": content.text,
        "channels": {channel.slug: wording.text for channel, wording in content.variants.items()},
        "time": content.scheduled_for.isoformat() if content.scheduled_for else None,
        "languages": [content.language, content.second_language, content.second_text],
        "campaign": content.campaign,
        "pictures": [[each.asset.pk, each.alt] for each in content.enclosed],
    }


class _Reading:
    """One row as it is being read, with the mistakes found so far."""

    def __init__(self, line: Line, columns: Columns, own: Mapping[Channel, int], known: Known, now: datetime) -> None:
        self.line, self.columns, self.own, self.known, self.now = line, columns, own, known, now
        self.mistakes: list[Mistake] = []

    def content(self) -> Content | None:
        """What the row says; ``None``, or with mistakes, if it cannot be made."""
        channels: list[Channel] = self._read(Column.CHANNELS, self.known.channels_in, [])
        service = self._read(Column.SERVICE, lambda cell: self.known.service(cell, channels), None)
        second_language = self._read(Column.SECOND_LANGUAGE, post_cells.language, "")
        language = self._read(Column.LANGUAGE, post_cells.language, "") or _common_language(channels)
        text, second_text = self._read(Column.TEXT, _text, ""), self._read(Column.SECOND_TEXT, _text, "")
        variants = {channel: Wording(words) for channel, words in self._own_words(channels).items()}
        when = self._moment()
        campaign = self._read(Column.CAMPAIGN, _campaign, "")
        enclosed: list[Enclosed] = self._read(Column.PICTURES, self.known.pictures_in, [])
        if not any(words.strip() for words in (text, second_text, *(each.text for each in variants.values()))):
            self._note(Column.TEXT, "There are no words in this row.")
        if second_text.strip() and not second_language:
            self._note(Column.SECOND_LANGUAGE, "Say which language the second text is in.")
        if second_language and second_language == language:
            self._note(Column.SECOND_LANGUAGE, "This is the first language too. Name another, or leave it empty.")
        if service is None:
            return None
        return Content(
            service=service,
            text=text,
            variants=variants,
            scheduled_for=when,
            language=language,
            second_text=second_text,
            second_language=second_language,
            campaign=campaign,
            enclosed=enclosed,
        )

    def _note(self, column: str, message: str) -> None:
        self.mistakes.append(Mistake(column, message))

    def _read(self, column: Column, reader: Callable[[str], Value], otherwise: Value) -> Value:
        """A cell's meaning; ``otherwise``, with a mistake noted, if it has none."""
        try:
            return reader(self.columns.cell(self.line.cells, column))
        except ValidationError as error:
            self._note(column, " ".join(error.messages))
            return otherwise

    def _own_words(self, channels: Sequence[Channel]) -> dict[Channel, str]:
        found = dict.fromkeys(channels, "")
        for channel, place in self.own.items():
            words, column = self.line.cells[place], f"{OWN_WORDS}{channel.slug}"
            if not words.strip():
                continue
            if channel not in found:
                self._note(column, f"{channel} is not among the row’s channels. Add it, or take its words away.")
            elif len(words) > POST_LENGTH:
                self._note(column, f"This is longer than {POST_LENGTH:,} characters.")
            else:
                found[channel] = words
        return found

    def _moment(self) -> datetime | None:
        cells = [self.columns.cell(self.line.cells, column) for column in (Column.DATE, Column.TIME)]
        try:
            chosen = post_cells.moment(*cells)
        except ValidationError as error:
            for column, messages in error.message_dict.items():
                self._note(column, " ".join(messages))
            return None
        if chosen is None:
            return None
        day, at = chosen
        if not self.now.year - 1 <= day.year <= self.now.year + YEARS_AHEAD:
            self._note(Column.DATE, f"Choose a day of the next {YEARS_AHEAD} years.")
            return None
        try:
            when = localtime.from_wall(day, at)
        except localtime.NoSuchTime as error:
            self._note(Column.TIME, f"{error} Choose {error.instead:%H:%M}, say.")
            return None
        if when <= self.now:
            self._note(Column.DATE, f"{localtime.words(when)} has passed. Choose a later time, or leave it empty.")
        return when


def _text(cell: str) -> str:
    if len(cell) > POST_LENGTH:
        raise ValidationError(f"This is longer than {POST_LENGTH:,} characters.")
    return cell


def _campaign(cell: str) -> str:
    if len(cell.strip()) > CAMPAIGN_LENGTH:
        raise ValidationError(f"A campaign’s name has at most {CAMPAIGN_LENGTH} characters.")
    return cell.strip()


def _common_language(channels: Sequence[Channel]) -> str:
    """The language of a row that names none: that of its channels, if they share one; else English."""
    spoken = {channel.language for channel in channels}
    return spoken.pop() if len(spoken) == 1 else "en"
