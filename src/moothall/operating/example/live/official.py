"""What the channels of the example council say in its events. All of it was written and approved beforehand.

The hours are those since the event began. What is said in the event under way fits any time of the day: it begins when
the example is loaded.
"""

from dataclasses import dataclass

DAY_TAG = "Exampleshire24"
CLOCK_TAG = "ExRoundTheClock"
PILOT_TAG = "Exampleshire6"


@dataclass(frozen=True)
class Line:
    """One post. ``hours`` since the beginning; the first of its ``channels`` says whose service it is."""

    hours: float
    author: str
    channels: tuple[str, ...]
    text: str
    pictures: tuple[str, ...] = ()


H, S, G, C, T = "hester.quill", "samira.dunmore", "graham.tolliver", "callum.brack", "tobi.lyle"

PILOT = (
    Line(
        0,
        T,
        ("council",),
        "A trial: for six hours we say what we do. Be kind; it is our first time.",
        pictures=("hall",),
    ),
    Line(
        0.8,
        H,
        ("libraries",),
        "Returned this morning: 412 books, one sandwich, no gloves.",
    ),
    Line(
        1.9,
        G,
        ("roads",),
        "Eleven potholes before lunch. One of them had a name. It does not any more.",
    ),
    Line(
        3.1,
        C,
        ("ember",),
        "They say that I am trending. I do not know what that is. Can one eat it?",
    ),
    Line(
        4.6,
        S,
        ("youth",),
        "Homework club: forty minutes of fractions, then dodgeball. In that order, mostly.",
    ),
    Line(
        5.9,
        T,
        ("council",),
        "That was the trial. What we learned: write it down beforehand, and bring biscuits.",
    ),
)

DAY = (
    Line(
        0,
        T,
        ("council",),
        "Good morning. From now until six tomorrow we tell you what your council does, hour by hour, as it "
        "does it. The kettles are on. So are the gritters.",
        pictures=("hall",),
    ),
    Line(
        0.2,
        G,
        ("roads", "roads-practice"),
        "06:12. Four gritters are back in the depot. They covered 212 miles in the night. The longest "
        "straight was Thornby Lane, the longest word used on the radio was “brass”.",
    ),
    Line(
        0.7,
        S,
        ("youth",),
        "Breakfast club at Osier Lane: eleven bowls of porridge, one of them with ketchup. We do not judge "
        "before nine.",
    ),
    Line(
        1.2,
        G,
        ("roads",),
        "07:10. A swan at Tallow Bridge does not wish to move. We are negotiating. Allow five minutes more.",
    ),
    Line(
        1.6,
        C,
        ("fire",),
        "Change of watch at Wendham. Red goes home, Blue checks every strap, hose and torch. It takes forty "
        "minutes and nobody ever skips it.",
    ),
    Line(
        2.1,
        T,
        ("council",),
        "Contact centre opens. First call: bins. Second call: bins. Third call: a lady who wanted to say "
        "thank you for the bins.",
    ),
    Line(
        2.5,
        S,
        ("fostering",),
        "08:30. Our duty social worker begins. Today we look for two beds for a brother and a sister, close "
        "to their school, so that Monday is an ordinary Monday.",
    ),
    Line(
        3,
        H,
        ("libraries", "libraries-practice-bluesky"),
        "Wendham Library is open. Waiting at the door: a man with nine overdue books and an apology in verse.",
        pictures=("shelf",),
    ),
    Line(
        3.4,
        H,
        ("archives",),
        "In the strongroom it is sixteen degrees and 50 % humidity, as every day since 1974. Eight hundred "
        "years of paper like it dull.",
    ),
    Line(
        4,
        C,
        ("ember", "ember-practice"),
        "Training. They hid five samples. I found six. The sixth was Callum’s sandwich and I stand by it.",
        pictures=("ember",),
    ),
    Line(
        4.4,
        G,
        ("roads",),
        "We mended 31 potholes by ten o’clock. Number 31 is outside the house of the gentleman who reported "
        "numbers 1 to 30.",
    ),
    Line(
        5,
        H,
        ("libraries",),
        "Story time at Thornby: 22 children, one bear, and a grandfather who asked for the ending again.",
    ),
    Line(
        5.5,
        S,
        ("youth", "youth-practice"),
        "The youth council meets a cabinet member at half past eleven. They have nine questions. Seven are "
        "about buses.",
    ),
    Line(
        6,
        T,
        ("council",),
        "Noon. A quarter of the day is done: 1,140 calls, 31 potholes, 4 gritters, 1 swan.",
    ),
    Line(
        6.6,
        H,
        ("archives",),
        "A school class is reading letters of 1916. One pupil found his own surname. It has been very quiet since.",
    ),
    Line(
        7,
        S,
        ("fostering",),
        "13:00. A bed is found, for both, three streets from the school. That is all we shall say, and it is "
        "the best line of the day.",
    ),
    Line(
        7.5,
        C,
        ("fire",),
        "A home safety visit in Little Marrow. New alarm upstairs, new alarm downstairs, two cups of tea, "
        "one guided tour of the model railway.",
        pictures=("alarm",),
    ),
    Line(
        8.2,
        G,
        ("roads",),
        "School run soon. Seven crossing patrols put on seven yellow coats. Irene has done this for 29 years "
        "and has not lost one yet.",
    ),
    Line(
        9,
        H,
        ("libraries",),
        "Homework hour in eleven libraries. Most borrowed today: the history of puddings. Most asked "
        "question: where is the plug?",
    ),
    Line(
        9.6,
        S,
        ("youth",),
        "Osier Lane opens: table tennis, toast, and someone to talk to. In that order if you like, or any other.",
    ),
    Line(
        10.3,
        C,
        ("fire",),
        "16:20. Two engines to an alarm in Pipers Lane. Burnt toast, nobody hurt. It was very good bread, "
        "they tell us.",
    ),
    Line(
        11,
        T,
        ("council",),
        "Evening meeting: planning committee, item 4, a bench. Forty people came to speak about the bench. "
        "This is what democracy sounds like.",
    ),
    Line(
        12,
        C,
        ("ember", "ember-practice"),
        "18:00. I have eaten. Nothing further to report until tomorrow.",
    ),
    Line(
        12.7,
        S,
        ("fostering",),
        "Tonight in Wendham Library: people with a spare room and a question. Nobody signs anything. There "
        "is cake, and there are foster carers who tell it as it is.",
        pictures=("kitchen",),
    ),
    Line(
        13.5,
        H,
        ("libraries",),
        "The book club reads a book that nobody liked. It is the best evening in months.",
    ),
    Line(
        14.4,
        G,
        ("roads",),
        "Gritting tonight: all main routes from nine. If you are behind one of us: we know that we are slow. "
        "The salt is why you can be quicker later.",
        pictures=("gritter",),
    ),
    Line(
        15.5,
        S,
        ("youth",),
        "Detached youth workers are out until eleven, on foot, with a rucksack of hot chocolate. If you see "
        "them, say hello.",
    ),
    Line(
        17,
        T,
        ("council",),
        "23:00. The contact centre closes; the emergency line does not. One person, two screens, and a flask.",
    ),
    Line(
        18.2,
        G,
        ("roads",),
        "Eight gritters are out. Moira’s cab radio says “It’s bitter out here” and then sings.",
    ),
    Line(
        21.7,
        C,
        ("fire",),
        "03:40. A call to a farm near Tallow Cross. A horse in a ditch. It is out, wrapped in a blanket, and "
        "rather pleased with itself.",
    ),
    Line(
        23,
        T,
        ("council",),
        "05:00. Swan update: it has gone. It left no forwarding address.",
    ),
    Line(
        23.9,
        T,
        ("council",),
        "That was one day. There are 364 others and they are all like this. Thank you for watching, and "
        "thank you to everybody who told us what they do.",
    ),
)

CLOCK = (
    Line(
        0,
        T,
        ("council",),
        "For twenty-four hours we say what we do, while we do it. If you work here, tell the desk. If you "
        "live here, ask us anything.",
        pictures=("hall",),
    ),
    Line(
        0.6,
        G,
        ("roads",),
        "A burst main at Pipers Lane. We hold the road, the water company holds the pipe, and a man with a "
        "dog holds forth.",
    ),
    Line(
        1.4,
        H,
        ("libraries", "libraries-practice-bluesky"),
        "Somebody returned a book from 1983. There is no fine. There is a photograph of the librarian’s "
        "face, which we keep.",
    ),
    Line(
        2.2,
        S,
        ("youth",),
        "A young man came to say that he got the apprenticeship. He brought doughnuts. We have never been so "
        "professional about doughnuts.",
    ),
    Line(
        3.1,
        C,
        ("ember", "ember-practice"),
        "I was shown a new boot. I have four feet. I await the other three.",
    ),
    Line(
        3.9,
        H,
        ("archives",),
        "Today’s question to the archives: “Was my house always haunted?” We found a plan, a will and a "
        "complaint about the chimney.",
    ),
    Line(
        4.8,
        S,
        ("fostering",),
        "A foster carer of twenty years rang to say that her first “little one” now fosters too.",
    ),
    Line(
        5.7,
        C,
        ("fire",),
        "Drill: ladders up, ladders down, ladders counted. There is one more than this morning. We are "
        "looking into it.",
    ),
    Line(
        6.5,
        T,
        ("council",),
        "So far: 412 calls answered, 19 potholes filled, one ladder too many.",
    ),
)

NEXT = (
    (2, T, "council", "If you have just come in: this is a made-up council, and it is busy. Watch the wall."),
    (5, H, "libraries", "A reader asks for “the blue one, about so thick”. We found it. Do not ask how."),
    (9, C, "ember", "There is a ball under the engine. I have told three people. I am escalating."),
    (13, G, "roads", "Temporary lights at Mill Street, until the trench is closed. The trench says: soon."),
    (18, S, "youth-practice", "Band practice next door. The drummer has discovered the other drum."),
    (24, C, "fire", "Two pumps to a smell of burning. It was a very old hairdryer, with a very long history."),
    (31, H, "archives", "We opened a box marked “do not open”. It held the key to a box marked “spare boxes”."),
    (39, T, "council", "The desk has just passed on the hundredth thing that staff told it. Keep telling us."),
    (48, S, "fostering", "Question of the hour: “Do I need a house?” No. A room, time, and a sense of humour."),
    (58, G, "roads", "The swan is back at Tallow Bridge. It brought a friend."),
    (
        75,
        H,
        "libraries-practice-bluesky",
        "The mobile library has reached Little Marrow. So has everybody else, it seems.",
    ),
    (95, C, "ember", "The ball has been retrieved. By me. Alone. Statues have been raised for less."),
    (120, T, "council", "Next hour at the desk: Maren. The tea is hers, the notes are good, the queue is short."),
    (160, G, "roads", "Nineteen drains cleared on Thornby Lane. One of them gave back a left shoe."),
    (210, S, "youth", "The mural team is planning the next wall. There will be an otter. There was a vote."),
    (270, C, "fire", "Night or day, somebody is up and dressed. Tonight or today it is White Watch."),
    (340, H, "libraries", "Most borrowed so far: puddings again. We have ordered three more."),
    (430, T, "council", "Still here. Still answering. The ladder has been traced."),
    (540, G, "roads", "All main routes are treated and open. Drive as if your mother was in the gritter."),
    (660, T, "council", "Nearly there. Thank you for sitting up with us."),
)
"""Of the event under way: minutes after the example is loaded, author, channel and words. They go out by themselves."""
