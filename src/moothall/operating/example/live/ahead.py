"""What the practice network's crowd will say in the event under way, while one watches.

It is planned when the example is loaded, and each post is let out when its time comes (``rehearsal.crowd``).
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from moothall.rehearsal.models import CrowdPost

STRANGERS = (
    ("crowd_wilf", "Wilf from Little Marrow"),
    ("crowd_nan", "Nan on Wheels"),
    ("crowd_band", "Thornby Silver Band"),
    ("crowd_plum", "Dorrie Plum"),
    ("crowd_37", "Waiting for the 37"),
    ("crowd_plot9", "Plot Nine"),
    ("crowd_owlet", "Owlet"),
    ("crowd_kit", "Kit Varley"),
    ("crowd_wellies", "Two Left Wellies"),
)
STAFF = {
    "hester.quill": "crowd_hester",
    "graham.tolliver": "crowd_graham",
    "samira.dunmore": "crowd_samira",
}
"""Who of the staff has an account in the crowd, and linked it. All of them may be named."""

STRANGERS_SAY = (
    "The man who mends the lights just waved at my cat.",
    "Refresh. Refresh. Still no news of the ladder.",
    "Whoever wrote the line about the trench: more, please.",
    "I came for the bins and stayed for the dog.",
    "My whole landing is watching this. We have made sandwiches.",
    "I used to do that job. It has not changed, and it has.",
    "Can somebody explain the otter?",
    "A fire engine went past, slowly, without its siren. They waved.",
    "I asked a question and had an answer before the kettle boiled.",
    "So that is who unlocks the park.",
    "My grandson says the drummer is him. He says sorry to next door.",
    "Three people have now recommended me the same book about lizards.",
    "I have never been so interested in drains.",
    "The library smells the same as when I was seven. Thank you for that.",
    "You can hear the band practising. It is coming on.",
    "The bench has a view. That is all I shall say about the bench.",
    "Is there a prize for guessing how many cones you own?",
    "The road outside has been swept, and I did not even complain yet.",
    "Someone left a glove on the railing. Someone else put it higher, out of the wet.",
    "I work nights as well. It is good to see who else is up.",
    "Our councillor is reading this in the pub, aloud, with voices.",
    "Do the swans know that they are famous?",
    "I just learned that my neighbour drives a gritter. Fifteen years, and never a word.",
    "The lollipop lady called my son “captain”. He has walked taller ever since.",
    "Put the archives lady on every hour, please.",
    "A tree is down in our lane, and a man with a saw is already looking at it.",
    "I rang about a form. We filled it in together. I nearly cried.",
    "What does the dog get for her trouble? I hope it is a great deal.",
    "We talk about you every day. It is nice to hear from you for once.",
    "Somebody has to count the salt, I suppose.",
    "The school crossing has new paint. It shines.",
    "My mother was fostered here in 1958. She kept the letter.",
    "The 37 came early. Nobody knows what to do.",
    "I take my hat off to the contact centre. It is a good hat, too.",
    "The youth club lights are on. That always cheers me.",
    "If this is what the council does all day, why do you never say so?",
    "Half of my street is on this wall by now. Hello, Maureen.",
)
PLACES = (
    "Little Marrow",
    "Tallow Bridge",
    "Thornby Lane",
    "Mill Street",
    "Wendham market",
    "Osier Lane",
    "Tallow Cross",
    "the back of the 37",
    "Pipers Lane",
    "the allotments",
    "our kitchen in Thornby",
)
FRAMES = ("{said} (From {place}.)", "Greetings from {place}. {said}", "{said} Yours, {place}.")
"""How the same is said again by somebody else, somewhere else."""

STAFF_SAY = {
    "hester.quill": (
        "Somebody asked me for a map of the town as it will be. I am looking into it.",
        "We hold 61 books on beekeeping and one jar of honey. The jar was a gift.",
        "A very small reader has explained lizards to me for ten minutes. I know my place.",
        "Re-shelving the puddings. Again.",
        "I found a bus ticket from 1971 in a cookery book, at the page on soufflé.",
        "The quiet room is quiet. You could hear a page think.",
        "A gentleman brought the apology in verse. It scans.",
        "New poster for story time: the bear has a moustache now. Not by us.",
    ),
    "graham.tolliver": (
        "Trench at Mill Street: closed on our side. The kettle is on on theirs.",
        "To the driver who let three of us out at once: I saw that, and I thank you.",
        "Cones counted: 412. Cones there should be: 411. Welcome, little one.",
        "The left shoe from the drain is on the fence at Thornby Lane, in case it is yours.",
        "Roller serviced, lights checked, biscuit found under the seat.",
        "Somebody drew a heart around a pothole. We filled it in the shape of a heart.",
        "Wind is getting up. If a branch looks wrong to you, ring us; we like branches.",
        "The swan has looked at me. I think that we understand each other.",
    ),
    "samira.dunmore": (
        "There was a vote on the biscuits. It was closer than the one on the otter.",
        "Two of ours passed their first-aid course. The dummy is recovering.",
        "A shy one said hello today. That is the whole post.",
        "Homework club has run out of pencils, never of questions.",
        "The band wants to know whether the town hall has good acoustics. We are asking.",
        "I was beaten at table tennis by a person whose chin reaches the table.",
        "We read the draft of the youth plan aloud. They crossed out “stakeholders”.",
        "Spare room, kind heart, odd hours? Talk to our fostering team, they do not bite.",
    ),
}

OFTEN_FOR = timedelta(hours=4)
OFTEN = (20, 60)
"""Seconds between one post and the next while somebody probably watches, and later on."""
NOW_AND_THEN = (90, 300)
STAFF_EVERY = 7
"""Of so many posts one is by staff."""


def planned(now: datetime, ends: datetime, tag: str, names: dict[str, str]) -> Iterator[CrowdPost]:
    """The posts from now until the event ends. ``names`` are those of the staff, by key."""
    chance = random.Random(24)  # noqa: S311 - the same for everybody who loads the example
    strangers, staff = _strangers(), _staff(names)
    at, number = now + timedelta(seconds=15), 0
    while at < ends:
        handle, name, text = next(staff if number % STAFF_EVERY == 2 else strangers)
        yield CrowdPost(handle=handle, name=name, text=f"{text} #{tag}", language="en", said_at=at)
        pace = OFTEN if at < now + OFTEN_FOR else NOW_AND_THEN
        at, number = at + timedelta(seconds=chance.uniform(*pace)), number + 1


def _strangers() -> Iterator[tuple[str, str, str]]:
    """Everything once as it stands, and then from other places, by other people."""
    speakers = cycle(STRANGERS)
    for said in STRANGERS_SAY:
        yield *next(speakers), said
    for said, place, frame in zip(cycle(STRANGERS_SAY), cycle(PLACES), cycle(FRAMES), strict=False):
        yield *next(speakers), frame.format(said=said, place=place)


def _staff(names: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    says = {key: cycle(texts) for key, texts in STAFF_SAY.items()}
    for key in cycle(STAFF):
        yield STAFF[key], names[key], next(says[key])
