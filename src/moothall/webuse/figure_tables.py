"""Figures as tables, with the chart of each. Pure. A page and a CSV file show the same table.

A number that is missing is ``Gap.HIDDEN``, or ``Gap.UNREAD`` where nothing was read of the time: never 0.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from moothall.accounts.models import Unit
from moothall.webuse import charts
from moothall.webuse.categories.names import CATEGORIES, SOCIAL
from moothall.webuse.charts import Amount, Chart, Gap
from moothall.webuse.figure_queries import (
    SECURITY,
    WEEK,
    YEAR,
    People,
    Traffic,
    Week,
)
from moothall.webuse.models.figures import COUNCIL, UNMAPPED
from moothall.webuse.subjects import ALL, BLOCKED, SOCIAL_AT_WORK, SOCIAL_OFF_WORK

LABELS = {ALL: "Anything at all", BLOCKED: "Refused by the proxy"} | {
    each.slug: each.label for each in CATEGORIES.values()
}
HOURS = [f"{hour:02}:00" for hour in range(24)]
DOMAINS_DRAWN = 15
MEGABYTE = 1_000_000

Value = str | Amount


@dataclass(frozen=True)
class Cell:
    """A value as a page writes it."""

    value: Value

    @property
    def words(self) -> str:
        return self.value if isinstance(self.value, str) else charts.amount_words(self.value)

    @property
    def is_hidden(self) -> bool:
        return self.value is Gap.HIDDEN

    @property
    def is_unread(self) -> bool:
        return self.value is Gap.UNREAD


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, and its values. ``unit``: the id of the unit that it is about."""

    label: str
    values: tuple[Value, ...]
    unit: int | None = None
    depth: int = 0

    @property
    def cells(self) -> list[Cell]:
        return [Cell(value) for value in self.values]


@dataclass(frozen=True)
class Table:
    """``columns`` names the labels first and then each value; ``means`` says what the numbers are."""

    key: str
    title: str
    means: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    chart: Chart | None = None
    note: str = ""
    is_open: bool = False
    """Whether the table itself is what one looks at first."""


def short(day: date) -> str:
    """ "5 Oct" """
    return f"{day.day} {day:%b}"


def _people(found: People | None, is_read: bool = True) -> Amount:
    return found.people if found else Gap.HIDDEN if is_read else Gap.UNREAD


def _minutes(found: People | None, is_read: bool = True) -> Value:
    """The average. What was rounded to 0 is said in words: it is some, and a page has no 0."""
    if found is None or found.minutes is None:
        return Gap.HIDDEN if is_read else Gap.UNREAD
    return found.minutes or "under 3"


# --- A week of one node -----------------------------------------------------------------------------------------------


def days(week: Week) -> Table:
    """People by category and day. A category of which nothing may be shown is in the note only."""
    seen = week.whole.keys() | {subject for subject, _ in week.days}
    rows = tuple(_category(week, subject) for subject in LABELS if subject in seen)
    missing = [label for subject, label in LABELS.items() if subject not in seen]
    drawn = [(row.label, row.values[-2]) for row in rows if not isinstance(row.values[-2], str)]
    return Table(
        "days",
        "People by category and day",
        "How many people looked at a category at all, on each day and in the week. Nobody is counted twice in a week, "
        "so days do not add up to it. The last column is minutes of browsing, an average for each of them.",
        ("Category", *(f"{day:%a} {day.day}" for day in week.dates), "Week", "Minutes each"),
        rows,
        charts.bars(drawn),
        note=f"Nothing can be shown of {_listed(missing)}." if missing and rows else "",
        is_open=True,
    )


def _category(week: Week, subject: str) -> Row:
    whole = week.whole.get(subject)
    by_day = (week.days.get((subject, day), Gap.HIDDEN if day in week.read else Gap.UNREAD) for day in week.dates)
    return Row(LABELS[subject], (*by_day, _people(whole), _minutes(whole)))


def domains(week: Week) -> Table:
    """The domains that most people went to."""
    rows = tuple(Row(name, (people,)) for name, people in week.domains)
    return Table(
        "domains",
        "Domains that most people went to",
        "People in the week. A domain is the part that is registered, such as bbc.co.uk. Private matters and "
        "background traffic are never among them.",
        ("Domain", "People"),
        rows,
        charts.bars(week.domains[:DOMAINS_DRAWN]),
    )


def hours(week: Week) -> Table:
    """People by day and hour."""
    rows = [
        (
            day,
            [week.hours.get((day, hour), Gap.HIDDEN if day in week.read else Gap.UNREAD) for hour in range(24)],
        )
        for day in week.dates
    ]
    return Table(
        "hours",
        "People by the hour",
        "How many people looked at anything in each hour of the day, local time. The darker, the more people.",
        ("Day", *HOURS),
        tuple(Row(f"{day:%a} {day.day}", tuple(cells)) for day, cells in rows),
        charts.heat([(f"{day:%a}", cells) for day, cells in rows], HOURS),
    )


def parts(week: Mapping[tuple[int, str], People], units: Sequence[Unit], directly: int) -> Table:
    """People of a unit's parts in a week. ``directly``: the node of those in the unit itself."""
    nodes = [*((unit.name, unit.pk, unit.pk) for unit in units), ("Directly in it", directly, None)]
    rows = tuple(
        Row(name, (_people(week.get((node, ALL))), _minutes(week.get((node, ALL)))), unit) for name, node, unit in nodes
    )
    return Table(
        "parts",
        "Its parts",
        "How many people looked at anything in the week, and their minutes of browsing, an average for each.",
        ("Part", "People", "Minutes each"),
        rows,
        is_open=True,
    )


# --- Over time --------------------------------------------------------------------------------------------------------


def year(found: Mapping[tuple[date, str], People], read: Collection[date], last: date) -> Table:
    """The people of each of the last 52 weeks, beside those of the week 52 weeks before."""
    mondays = [last - WEEK * number for number in reversed(range(YEAR))]

    def people(monday: date) -> Amount:
        return _people(found.get((monday, ALL)), monday in read)

    now, before = [people(each) for each in mondays], [people(each - WEEK * YEAR) for each in mondays]
    return Table(
        "year",
        "Week by week, beside the year before",
        "How many people looked at anything in each week. A line across a bar is the same week of the year before.",
        ("Week of", "People", "A year before"),
        tuple(Row(_long(day), (here, there)) for day, here, there in zip(mondays, now, before, strict=True)),
        charts.upright([short(each) for each in mondays], now, before),
    )


def social(found: Mapping[tuple[date, str], People], read: Collection[date], last: date) -> Table:
    """Social media in and out of working hours, by week."""
    mondays = [last - WEEK * number for number in reversed(range(YEAR))]
    rows = []
    for monday in mondays:
        is_read = monday in read
        whole, *split = (found.get((monday, each)) for each in (SOCIAL, SOCIAL_AT_WORK, SOCIAL_OFF_WORK))
        values = [amount for each in split for amount in (_people(each, is_read), _minutes(each, is_read))]
        rows.append(Row(_long(monday), (_people(whole, is_read), *values)))
    drawn = [row.values[0] for row in rows]
    return Table(
        "social",
        "Social media, week by week",
        "How many people used social media, and their minutes of browsing there in the week, an average for each of "
        "them, in working hours (Monday to Friday, 9:00 to 17:00) and outside them. The bars are people.",
        ("Week of", "People", "In working hours", "Minutes each", "Outside them", "Minutes each outside"),
        tuple(rows),
        charts.upright([short(each) for each in mondays], [each for each in drawn if not isinstance(each, str)]),
    )


def latest(table: Table) -> list[tuple[str, str]]:
    """Of the last week of ``social``: people, and the minutes of each in and out of working hours, each in words."""
    people, _, at_work, _, off_work = table.rows[-1].cells
    return [
        (people.words, "people in the week"),
        (at_work.words, "minutes each in working hours"),
        (off_work.words, "minutes each outside them"),
    ]


# --- The council as a whole -------------------------------------------------------------------------------------------


def volume(found: Mapping[tuple[date, int], Traffic], week: Week) -> tuple[Table, Table]:
    """Requests and bytes by day, and by hour of the week: for planning of capacity."""

    def traffic(day: date, hour: int) -> tuple[Value, Value]:
        here = found.get((day, hour))
        missing = Gap.HIDDEN if day in week.read else Gap.UNREAD
        return (here.hits, round(here.bytes / MEGABYTE)) if here else (missing, missing)

    by_day = tuple(Row(f"{day:%a} {day.day}", traffic(day, -1)) for day in week.dates)
    moments = [(day, hour) for day in week.dates for hour in range(24)]
    by_hour = tuple(Row(f"{day:%a} {day.day}, {HOURS[hour]}", traffic(day, hour)) for day, hour in moments)
    megabytes = [row.values[1] for row in by_hour]
    columns = ("Requests", "Megabytes")
    means = "Everything that went through the proxy, whoever or whatever asked for it."
    return (
        Table("volume", "Traffic by day", means, ("Day", *columns), by_day, is_open=True),
        Table(
            "volume_hours",
            "Traffic by the hour",
            f"{means} The bars are megabytes.",
            ("Hour", *columns),
            by_hour,
            charts.upright(
                [f"{day:%a} {HOURS[hour]}" for day, hour in moments],
                [each for each in megabytes if not isinstance(each, str)],
                every=24,
                unit=" MB",
            ),
        ),
    )


def security(found: Mapping[tuple[int, str], People], units: Iterable[tuple[Unit, int]]) -> Table:
    """Refused requests, malware and phishing by unit. Units of which nothing may be shown are only counted."""
    below = [(unit.name, unit.pk, depth) for unit, depth in units]
    nodes = [("The whole council", COUNCIL, 0), *below, ("Not placed in any unit", UNMAPPED, 0)]
    rows = tuple(
        Row(name, tuple(_people(found.get((node, subject))) for subject in SECURITY), None, depth)
        for name, node, depth in nodes
        if any((node, subject) in found for subject in SECURITY)
    )
    without = len(nodes) - len(rows)
    return Table(
        "security",
        "Refused and dangerous requests by unit",
        "How many people of each unit, with all its parts, met a refusal of the proxy, or asked for a site that is "
        "listed for malware or phishing, in the week.",
        ("Unit", "Refused", "Malware", "Phishing"),
        rows,
        note=f"Nothing can be shown of {without} others." if without and rows else "",
        is_open=True,
    )


def _long(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
