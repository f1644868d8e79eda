"""The register of the example council: twenty channels, most of them well."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts.models import Service
from moothall.channels import actions, connecting
from moothall.channels.models import Capacity, Channel, State, TwoStep
from moothall.core import pictures
from moothall.operating.example import artwork
from moothall.operating.example.people import Cast

DESK = "maren.oakes"
"""Who registers and connects the channels."""

Register = dict[str, Channel]


@dataclass(frozen=True)
class Listing:
    """A channel as the desk enters it. ``open_days`` is its age; ``like`` what a Rehearsal channel behaves like."""

    network: str
    handle: str
    name: str
    purpose: str
    service: str
    owner: str = ""
    deputy: str = ""
    capacity: Capacity = Capacity.SERVICE
    state: State = State.LIVE
    voice: str = ""
    two_step: TwoStep = TwoStep.UNKNOWN
    recovery: str = ""
    open_days: int | None = None
    face: str = ""
    like: str = ""

    @property
    def is_connected(self) -> bool:
        """The Newsroom and Rehearsal are Moothall's own. Nothing else is connected: nobody real is ever asked."""
        return self.network == "newsroom" or bool(self.like)


NEWSROOM = {
    "council": Listing(
        "newsroom",
        "exampleshire",
        "Exampleshire County Council",
        "What the council decides, and what it means for you.",
        "communications",
        "maren.oakes",
        "tobi.lyle",
        Capacity.CORPORATE,
        voice="Say what was decided, what changes and when. Names before job titles. Never “we are pleased to "
        "announce”.",
        open_days=1100,
        face="council",
    ),
    "libraries": Listing(
        "newsroom",
        "libraries",
        "Exampleshire Libraries",
        "Books, story times and warm rooms in twenty-two libraries and one van.",
        "libraries",
        "hester.quill",
        "devika.pell",
        voice="Like a librarian who has just found the book you were after. Give the place, the day and the time.",
        open_days=1100,
        face="libraries",
    ),
    "archives": Listing(
        "newsroom",
        "archives",
        "Exampleshire Archives",
        "Old papers with new questions, and who is in the picture.",
        "archives",
        "owen.thistle",
        "hester.quill",
        voice="Curious. One object at a time. Always say where it came from, and what we do not know.",
        open_days=840,
        face="archives",
    ),
    "fostering": Listing(
        "newsroom",
        "fostering",
        "Exampleshire Fostering",
        "What fostering is really like, from the people who do it.",
        "fostering",
        "samira.dunmore",
        "ruth.amberley",
        voice="Kind and honest; the hard days too. Never a child's face, name or story, not even with permission.",
        open_days=620,
        face="fostering",
    ),
    "youth": Listing(
        "newsroom",
        "youth",
        "Exampleshire Youth",
        "What is on after school, and what young people are changing.",
        "youth",
        "samira.dunmore",
        "ruth.amberley",
        voice="Plain and short. Young people proofread this channel; believe them.",
        open_days=620,
        face="youth",
    ),
    "roads": Listing(
        "newsroom",
        "roads",
        "Exampleshire Roads",
        "Works, closures and gritting, before you set off.",
        "highways",
        "graham.tolliver",
        "tobi.lyle",
        voice="Which road, from when until when, which way round. Sorry is allowed. Jokes only when everything is "
        "open.",
        open_days=900,
        face="highways",
    ),
    "fire": Listing(
        "newsroom",
        "fire",
        "Exampleshire Fire and Rescue",
        "Where we were called, and how not to need us.",
        "fire-and-rescue",
        "meredith.stone",
        "callum.brack",
        voice="Facts first. Never the address, never the injured. Advice one can follow today.",
        open_days=900,
        face="fire",
    ),
    "ember": Listing(
        "newsroom",
        "ember",
        "Ember",
        "A fire-investigation dog on her work, her boots and her supper.",
        "fire-and-rescue",
        "callum.brack",
        "meredith.stone",
        Capacity.PERSONA,
        voice="Ember speaks: short words, strong opinions on biscuits. Never about a fire in which somebody was hurt.",
        open_days=410,
        face="ember",
    ),
}

REHEARSAL = {
    "libraries-practice-bluesky": Listing(
        "rehearsal",
        "libraries-like-bluesky",
        "Libraries (Bluesky practice)",
        "Where library staff practise before the real account is connected.",
        "libraries",
        "hester.quill",
        "devika.pell",
        open_days=60,
        face="libraries",
        like="bluesky",
    ),
    "libraries-practice-mastodon": Listing(
        "rehearsal",
        "libraries-like-mastodon",
        "Libraries (Mastodon practice)",
        "Where library staff practise before the real account is connected.",
        "libraries",
        "hester.quill",
        "devika.pell",
        open_days=60,
        face="libraries",
        like="mastodon",
    ),
    "youth-practice": Listing(
        "rehearsal",
        "youth-like-bluesky",
        "Youth (Bluesky practice)",
        "Where young reporters learn to write for other people's telephones.",
        "youth",
        "samira.dunmore",
        "ruth.amberley",
        open_days=60,
        face="youth",
        like="bluesky",
    ),
    "roads-practice": Listing(
        "rehearsal",
        "roads-like-mastodon",
        "Roads (Mastodon practice)",
        "A trial of road news on Mastodon.",
        "highways",
        "graham.tolliver",
        "tobi.lyle",
        open_days=60,
        face="highways",
        like="mastodon",
    ),
    "ember-practice": Listing(
        "rehearsal",
        "ember-like-mastodon",
        "Ember (Mastodon practice)",
        "Ember learns to count to five hundred characters.",
        "fire-and-rescue",
        "callum.brack",
        capacity=Capacity.PERSONA,
        open_days=60,
        face="ember",
        like="mastodon",
    ),
}

ELSEWHERE = {
    "libraries-bluesky": Listing(
        "bluesky",
        "libraries.exampleshire.example",
        "Exampleshire Libraries",
        "Books and story times, for people who are on Bluesky anyway.",
        "libraries",
        "hester.quill",
        "devika.pell",
        two_step=TwoStep.ON,
        recovery="The digital team's safe, envelope 14",
        open_days=64,
        face="libraries",
    ),
    "archives-mastodon": Listing(
        "mastodon",
        "archives@social.exampleshire.example",
        "Exampleshire Archives",
        "Longer reads for local historians.",
        "archives",
        recovery="archives@exampleshire.example",
        open_days=400,
        face="archives",
    ),
    "fostering-bluesky": Listing(
        "bluesky",
        "fostering.exampleshire.example",
        "Exampleshire Fostering",
        "To meet people who have not thought of fostering yet.",
        "fostering",
        "samira.dunmore",
        "ruth.amberley",
        state=State.PROPOSED,
    ),
    "fire-facebook": Listing(
        "facebook",
        "ExampleshireFireAndRescue",
        "Exampleshire Fire and Rescue",
        "Open days and safety advice, for those who look nowhere else.",
        "fire-and-rescue",
        "colin.mapleton",
        two_step=TwoStep.OFF,
        recovery="colin.mapleton@exampleshire.example",
        open_days=2900,
    ),
    "council-x": Listing(
        "x",
        "ExampleshireCC",
        "Exampleshire County Council",
        "What the council decides, and what it means for you.",
        "communications",
        "maren.oakes",
        "tobi.lyle",
        Capacity.CORPORATE,
        two_step=TwoStep.ON,
        recovery="The digital team's safe, envelope 2",
        open_days=5100,
    ),
    "leader-bluesky": Listing(
        "bluesky",
        "rosalind.penney.example",
        "Cllr Rosalind Penney",
        "The leader of the council, in her own words.",
        "communications",
        "rosalind.penney",
        capacity=Capacity.LEADER,
        two_step=TwoStep.ON,
        open_days=500,
    ),
    "edwin-marsh": Listing(
        "mastodon",
        "edwin@marrow.example",
        "Cllr Edwin Marsh",
        "The councillor for Little Marrow on lanes, buses and cricket.",
        "communications",
        "edwin.marsh",
        capacity=Capacity.MEMBER,
        two_step=TwoStep.ON,
        open_days=760,
    ),
}

CHANNELS = {**NEWSROOM, **REHEARSAL, **ELSEWHERE}
"""By short name."""


def enter(slug: str, cast: Cast, today: date) -> Channel:
    """The desk enters one channel and connects it, if it is one of Moothall's own networks."""
    listing = CHANNELS[slug]
    channel = Channel(
        slug=slug,
        network=listing.network,
        handle=listing.handle,
        display_name=listing.name,
        purpose=listing.purpose,
        service=Service.objects.get(slug=listing.service),
        owner=cast.get(listing.owner),
        deputy=cast.get(listing.deputy),
        capacity=listing.capacity,
        state=listing.state,
        voice=listing.voice,
        two_step=listing.two_step,
        recovery_contact=listing.recovery,
        opened_on=today - timedelta(days=listing.open_days) if listing.open_days else None,
    )
    face = None
    if listing.face:
        face, channel.picture_alt = _face(listing.face), artwork.FACES[listing.face].alt
    desk = cast[DESK]
    actions.save_channel(desk, channel, picture=face)
    if listing.is_connected:
        connecting.connect(desk, channel, {"like": listing.like} if listing.like else {})
    return channel


def _face(name: str) -> pictures.Picture:
    drawn = artwork.FACES[name].draw().encoded()
    return pictures.clean_upload(SimpleUploadedFile(f"{name}.jpg", drawn, content_type="image/jpeg"))


def retire(register: Register, cast: Cast) -> None:
    """The desk closes one channel, names its successor, and marks another as dormant."""
    desk = cast[DESK]
    actions.set_state(
        desk,
        register["council-x"],
        State.CLOSED,
        successor=register["council"],
        why="Most of those who read it had moved on, and answers there came from strangers.",
    )
    actions.set_state(
        desk,
        register["fire-facebook"],
        State.DORMANT,
        why="Nobody has posted there for months, and its owner has left.",
    )


def look_after(register: Register) -> None:
    """The daily test of each connection."""
    for channel in register.values():
        connecting.check_connection(channel)
