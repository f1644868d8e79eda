"""The file that people fill in to import several posts: its columns, what they mean, and an example."""

from datetime import timedelta

from moothall.accounts.models import User
from moothall.channels import queries as channel_queries
from moothall.core import clock, localtime
from moothall.planning.post_cells import OWN_WORDS, Column

MEANINGS = {
    Column.SERVICE: "The service’s name. Empty: the service of the first channel.",
    Column.CHANNELS: "Short names of channels, with commas or semicolons between them.",
    Column.TEXT: "The words. A line that is only --- begins the next part of a thread.",
    Column.DATE: "The day on which it goes out, such as 2026-10-06 or 6/10/2026. Empty: a draft without a time.",
    Column.TIME: "The time on that day, on our clocks, such as 14:30 or 2.30pm.",
    Column.LANGUAGE: "The language of the words, such as English. Empty: the language of the channels.",
    Column.SECOND_LANGUAGE: "A second language, such as Welsh, for the channels that speak it.",
    Column.SECOND_TEXT: "The words in the second language.",
    Column.PICTURES: "Names or numbers of pictures in the media library. Their descriptions come with them.",
    Column.CAMPAIGN: "The name with which links are tagged.",
}
MOST_OWN = 10
"""So many channels get a column for words of their own."""
DAYS_AHEAD = 14


def rows(user: User) -> list[list[str]]:
    """The header, with a column of own words for each of the user's first channels, and one example."""
    slugs = list(channel_queries.drivable(user).order_by("slug").values_list("slug", flat=True)[:MOST_OWN])
    day = localtime.local(clock.now() + timedelta(days=DAYS_AHEAD)).date().isoformat()
    example = {
        Column.CHANNELS: slugs[0] if slugs else "",
        Column.TEXT: "An example: story time is at ten on Saturday. Write your own posts over it.",
        Column.DATE: day,
        Column.TIME: "10:00",
    }
    own = [f"{OWN_WORDS}{slug}" for slug in slugs]
    return [[*Column, *own], [*(example.get(column, "") for column in Column), *([""] * len(own))]]
