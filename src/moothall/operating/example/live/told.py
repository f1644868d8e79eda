"""What members of staff told the desk in the example's events, and what the desk made of it."""

from dataclasses import dataclass
from enum import Enum, auto

from moothall.contributions.models import People


class End(Enum):
    """How far a contribution got."""

    PUBLISHED = auto()
    MERGED = auto()
    """Into the one before."""
    DECLINED = auto()
    KEPT = auto()
    CLAIMED = auto()
    WAITING = auto()


@dataclass(frozen=True)
class Telling:
    """One contribution. ``post`` are the words that the desk made of it, ``reason`` what the contributor reads."""

    hours: float
    who: str
    service: str
    words: str
    end: End = End.PUBLISHED
    post: str = ""
    reason: str = ""
    is_named: bool = True
    people: str = People.NOBODY
    picture: str = ""
    place: str = ""


TOLD_DAY = (
    Telling(
        1.0,
        "devika.pell",
        "libraries",
        "Somebody left a bag of plums on the returns trolley with a note: for whoever shelves the crime novels. That "
        "is me!",
        post="A bag of plums on the returns trolley, with a note: “For whoever shelves the crime novels.” She shelves "
        "them, and she says thank you.",
        place="Thornby Library",
    ),
    Telling(
        2.8,
        "meredith.stone",
        "fire-and-rescue",
        "We test the long ladder every morning. From the top you can see three counties and my mother’s washing.",
        post="The long ladder is tested every morning. From the top one sees three counties and the station manager’s "
        "mother’s washing.",
        picture="engine",
    ),
    Telling(
        4.1,
        "leonard.finch",
        "archives",
        "Found while filing: a council minute of 1911 that asks for “fewer minutes”.",
        post="A minute of the council from 1911 asks for “fewer minutes”. It is four pages long.",
    ),
    Telling(
        4.3,
        "owen.thistle",
        "archives",
        "Did you see Leonard’s minute of 1911? We have the answer too: “Noted.”",
        End.MERGED,
    ),
    Telling(
        6.2,
        "dominic.yarrow",
        "communications",
        "Blocked 4,000 spam mails before breakfast. Please nobody click on the parcel.",
        post="Our information security officer stopped 4,000 unwelcome mails before breakfast. He asks, from the "
        "heart: nobody click on the parcel.",
        is_named=False,
    ),
    Telling(
        8.5,
        "graham.tolliver",
        "highways",
        "The driver of the white van at Mill Street, number plate on the photo, drove over our cones.",
        End.DECLINED,
        reason="Thank you, and bad luck with the cones. We show nobody’s number plate; please pass it to the police. "
        "If you have a picture of cones alone, we should love it.",
    ),
    Telling(
        10.8,
        "ruth.amberley",
        "youth",
        "Our table-tennis league has a champion: she is 11 and has beaten two youth workers and a police officer.",
        post="The table-tennis league has a champion. She is eleven, and has beaten two youth workers and a police "
        "officer. The police officer asks for a rematch.",
        is_named=False,
    ),
    Telling(
        14.8,
        "graham.tolliver",
        "highways",
        "Route 7 done. A fox ran before the plough for half a mile as if we were together.",
        post="Route 7 is gritted. A fox ran before the lorry for half a mile as if they were together. Perhaps they "
        "are.",
        picture="gritter",
        place="Thornby Lane",
    ),
    Telling(
        16.1,
        "zainab.holt",
        "communications",
        "The server room hums in B flat tonight. Could be something for the music service?",
        End.KEPT,
        reason="We keep this for the night on which the orchestra visits.",
    ),
)

TOLD_CLOCK = (
    Telling(
        0.9,
        "devika.pell",
        "libraries",
        "A boy asked for a book about dragons, but true ones. We gave him one about lizards. He is not convinced.",
        post="A boy asked for a book on dragons, “but true ones”. He has one about lizards now. He is not convinced, "
        "and neither are we.",
        picture="story-time",
        people=People.AGREED,
    ),
    Telling(
        2.0,
        "meredith.stone",
        "fire-and-rescue",
        "We counted the ladders. There is one too many.",
        post="The ladders were counted. There is one too many. Nobody has ever rung about that before.",
    ),
    Telling(2.1, "callum.brack", "fire-and-rescue", "About the ladder: it might be mine.", End.MERGED),
    Telling(
        3.4,
        "ruth.amberley",
        "fostering",
        "A carer brought a cake for the duty team, with one candle for each placement of hers. It had 41.",
        post="A foster carer brought a cake for the duty team, with a candle for each child who has stayed with her. "
        "It had 41.",
        is_named=False,
        picture="kitchen",
    ),
    Telling(
        4.4,
        "dominic.yarrow",
        "communications",
        "The password of the week is not “Password1”. Thank you all.",
        End.DECLINED,
        reason="We laughed, and we thank you. What a password is not helps those who guess; we leave it in the room.",
    ),
    Telling(
        5.2,
        "owen.thistle",
        "archives",
        "We have opened the box marked “do not open”. Photos follow when the conservator has finished being cross.",
        End.KEPT,
        reason="We wait for the pictures, and for the conservator.",
    ),
    Telling(
        6.1,
        "samira.dunmore",
        "youth",
        "The drummer next door has discovered the other drum. Recording attached to my soul.",
        End.CLAIMED,
    ),
    Telling(
        6.3,
        "graham.tolliver",
        "highways",
        "Filled number 19 today. A girl drew a flower beside it in chalk before it was dry.",
        End.WAITING,
        picture="roller",
        place="Pipers Lane",
    ),
    Telling(
        6.45,
        "leonard.finch",
        "archives",
        "It is my last month before I retire. I have put 31,000 boxes on shelves and I know where each of them is.",
        End.WAITING,
    ),
)

STRANGE_MAIL = """\
From: Wilf Garner <wilf@toot.example>
To: desk@exampleshire.example
Subject: I don't work for you, but
Message-ID: <a-bench@toot.example>
Content-Type: text/plain; charset=utf-8

I sit on the bench at Tallow Bridge every day. If you want to know what people say about it, ask me.

Wilf
"""
"""From somebody whom nobody here knows: it waits in quarantine."""
