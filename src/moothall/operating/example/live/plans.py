"""What was planned for the example's events: who has the floor when, and who is at the desk.

Hours are those since an event began.
"""

from dataclasses import dataclass

from moothall.events.models import Sensitivity


@dataclass(frozen=True)
class Floor:
    """A slot of the running order. ``owner`` is whoever sees to it."""

    begins: float
    ends: float
    service: str
    owner: str
    theme: str
    sensitivity: str = Sensitivity.NONE
    notes: str = ""


@dataclass(frozen=True)
class Watch:
    """Somebody's hours at the desk, and the note with which they hand over."""

    begins: float
    ends: float
    person: str
    task: str
    note: str


DAY_FLOORS = (
    Floor(0, 1, "communications", "tobi.lyle", "Good morning, and how to join in"),
    Floor(0, 3, "highways", "graham.tolliver", "What the night left on the roads"),
    Floor(0.5, 3, "youth", "samira.dunmore", "Breakfast, and the way to school"),
    Floor(1.5, 4.5, "fire-and-rescue", "callum.brack", "A watch changes, and a dog trains"),
    Floor(
        2,
        4,
        "fostering",
        "samira.dunmore",
        "A duty social worker’s morning",
        Sensitivity.NEVER,
        "No names, no ages, no streets. Ruth reads each line before it goes.",
    ),
    Floor(2.5, 6, "libraries", "hester.quill", "Doors open"),
    Floor(3, 7, "archives", "hester.quill", "Eight hundred years before lunch"),
    Floor(6, 8, "communications", "tobi.lyle", "A quarter of the day in figures"),
    Floor(7, 10, "highways", "graham.tolliver", "School run, and a crossing patrol"),
    Floor(7, 9, "fire-and-rescue", "callum.brack", "Home safety visits", Sensitivity.AFTERWARDS, "After the visit."),
    Floor(8, 12, "libraries", "hester.quill", "Homework hour"),
    Floor(9, 13, "youth", "samira.dunmore", "The club opens"),
    Floor(10, 12, "communications", "tobi.lyle", "Your council, in session"),
    Floor(12, 15, "fostering", "samira.dunmore", "An evening with foster carers", Sensitivity.AFTERWARDS),
    Floor(12, 16, "fire-and-rescue", "callum.brack", "Night watch"),
    Floor(14, 19, "highways", "graham.tolliver", "Out with the gritters"),
    Floor(15, 17, "youth", "samira.dunmore", "On foot, with hot chocolate", Sensitivity.NEVER),
    Floor(16.5, 18, "communications", "tobi.lyle", "One person, two screens and a flask"),
    Floor(21, 24, "fire-and-rescue", "callum.brack", "Before dawn"),
    Floor(23, 24, "communications", "tobi.lyle", "What a day it was"),
)

ANY_HOUR_FLOORS = (
    Floor(0, 2, "communications", "tobi.lyle", "How to join in"),
    Floor(0, 5, "highways", "graham.tolliver", "A burst main, and other news of the road"),
    Floor(1, 6, "libraries", "hester.quill", "Things found in books"),
    Floor(2, 6, "youth", "samira.dunmore", "Apprentices, drums and doughnuts"),
    Floor(3, 8, "fire-and-rescue", "callum.brack", "The dog, the drill and the ladder"),
    Floor(3.5, 10, "archives", "hester.quill", "Boxes that should not be opened"),
    Floor(
        4,
        9,
        "fostering",
        "samira.dunmore",
        "What fostering is like",
        Sensitivity.NEVER,
        "No names, no ages, no streets. Ruth reads each line before it goes.",
    ),
    Floor(6, 9, "communications", "tobi.lyle", "The figures so far"),
    Floor(8, 14, "highways", "graham.tolliver", "The trench at Mill Street", Sensitivity.AFTERWARDS),
    Floor(8.5, 13, "libraries", "hester.quill", "Puddings, again"),
    Floor(9, 15, "youth", "samira.dunmore", "The next mural"),
    Floor(10, 18, "fire-and-rescue", "callum.brack", "White Watch"),
    Floor(12, 20, "archives", "hester.quill", "The last of 31,000 boxes"),
    Floor(13, 17, "communications", "tobi.lyle", "Ask us anything"),
    Floor(17, 22, "fostering", "samira.dunmore", "Carers tell it as it is"),
    Floor(18, 23, "highways", "graham.tolliver", "All routes open"),
    Floor(22.5, 24, "communications", "tobi.lyle", "What a day it was"),
)
"""Of an event that may begin at any time of the day."""

WATCHES = (
    Watch(
        0, 6, "tobi.lyle", "The desk", "Queue is empty. The swan is still there; three people asked. Say nothing new."
    ),
    Watch(6, 12, "maren.oakes", "The desk", "One picture waits for a mother’s yes: she rings before six."),
    Watch(12, 18, "tobi.lyle", "The desk", "Capslock is back under another name. Hide, do not answer."),
    Watch(18, 24, "maren.oakes", "The desk", "Quiet from two to four. Next time: a gritter with a camera at three."),
    Watch(0, 8, "hester.quill", "Pictures", "Descriptions are written for all. The youth club’s come at four."),
    Watch(8, 16, "samira.dunmore", "Pictures", "No faces from the club. Callum has the last two of Ember."),
    Watch(16, 24, "callum.brack", "Pictures", "All described. The horse may be shown, its owner said yes."),
)
