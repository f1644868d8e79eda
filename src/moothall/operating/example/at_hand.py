"""What is on people's desks at Exampleshire today: drafts, approvals, what is to go out, and what went wrong."""

from moothall.operating.example.stories import Fate, Story, after, on
from moothall.rehearsal.models import Fault

IN_TROUBLE = (
    Story(
        "samira.dunmore",
        ("youth-practice",),
        "Skate jam at Osier Lane, Saturday from two. Helmets are there, knee pads are there, somebody's older brother "
        "has a loudspeaker.",
        on(-5, "15:00"),
        fault=Fault.REFUSES,
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-mastodon"),
        "The scanner in Thornby Library is mended. Bring your photographs in a shoebox, as everybody does, and take "
        "them home on a stick. An hour a person, free; ask at the desk.",
        on(-3, "11:00"),
        fault=Fault.REFUSES,
    ),
    Story(
        "graham.tolliver",
        ("roads-practice",),
        "Temporary lights at Tallow Bridge for three days while we look at the parapet. Allow five minutes more at "
        "school time.",
        on(-2, "08:10"),
        fault=Fault.SIGNED_OUT,
        faulty=5,
    ),
    Story(
        "graham.tolliver",
        ("roads", "roads-practice"),
        "Pipers Lane is closed at the top end: a water main has burst. The way round is by Mill Street. The water "
        "company says tomorrow; we shall say so when it is true.",
        on(-1, "07:40"),
    ),
    Story(
        "samira.dunmore",
        ("youth", "youth-practice"),
        "Homework club has moved to the room with the working radiator. Mondays and Wednesdays, four to six, Osier "
        "Lane. There is toast.",
        on(-1, "15:30"),
        fault=Fault.SILENT,
    ),
    Story(
        "samira.dunmore",
        ("youth", "youth-practice"),
        "The girls' football team needs a second goalkeeper. No experience wanted, only a dislike of letting things "
        "past. Tuesdays at five behind the youth centre.",
        after(minutes=-4),
        ("goalkeeper",),
        fault=Fault.SILENT,
    ),
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "There was a cat at the station. There is still a cat at the station. I have reported it.\n\n#EmberTheDog",
        pictures=("cat",),
        fate=Fate.CUT_OFF,
        written=after(minutes=-65),
    ),
)

TO_APPROVE = (
    Story(
        "graham.tolliver",
        ("roads",),
        "Mill Street is down to one lane by the bakery for an hour while a crane lifts the new sign. The bakery is "
        "open.",
        after(minutes=-40),
        fate=Fate.AWAITING,
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky", "libraries-practice-mastodon"),
        "What did your street look like? Bring an address to Wendham Library and we look it up together in two hundred "
        "years of maps, one street a quarter of an hour.",
        on(2, "10:00"),
        ("map",),
        Fate.AWAITING,
    ),
    Story(
        "samira.dunmore",
        ("fostering",),
        "A room, a routine and a sense of humour: that is most of it, our carers say. Two of them tell how their "
        "first year went, in twelve minutes, with the kettle audible: https://exampleshire.example/first-year",
        pictures=("kitchen",),
        fate=Fate.AWAITING,
        written=after(minutes=-170),
    ),
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "Tomorrow I am three. I have asked for a ball. I have also asked for the other ball.\n\n#EmberTheDog",
        on(1, "12:30"),
        ("ember",),
        Fate.AWAITING,
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "The cabinet meets tomorrow at two in the moot hall. On the list: school crossings, the budget answers, and "
        "whether the market may open on Sundays. Come and listen, or watch at https://exampleshire.example/live",
        on(1, "17:00"),
        ("hall",),
        Fate.AWAITING,
    ),
    Story(
        "hester.quill",
        ("archives",),
        "Letter 17 from the lock-keeper: “The goat has had the minutes of the last meeting.” Letter 18, from the "
        "company, asks for them back.",
        on(4, "11:00"),
        ("boxes",),
        Fate.AWAITING,
    ),
)

SENT_BACK = (
    Story(
        "samira.dunmore",
        ("youth", "youth-practice"),
        "Well done Kai, 14, from Thornby Upper School, who fixed every bicycle in the youth centre's shed by himself!",
        on(1, "16:00"),
        fate=Fate.REFUSED,
        comment="A lovely story. But a first name, an age and a school together tell everyone who he is. Ask him and "
        "his family first, or tell it without the school and the age.",
    ),
    Story(
        "graham.tolliver",
        ("roads",),
        "Works on Station Road next week. Expect delays.",
        on(3, "07:00"),
        ("roller",),
        Fate.REFUSED,
        comment="Which end, which days, from when until when, and which way round?",
    ),
)

DRAFTS = (
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky"),
        "Overdue since 1974: “The Care of Geese”, brought back this morning by the borrower's granddaughter, with an "
        "apology and",
        pictures=("shelf",),
        fate=Fate.DRAFT,
        written=after(minutes=-55),
    ),
    Story(
        "hester.quill",
        ("archives",),
        "J.T. has a name! Three of you wrote to say that",
        fate=Fate.DRAFT,
        written=on(-1, "16:40"),
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "How a pothole is filled, from the first telephone call to the last wheelbarrow.\n\n(Graham: may I come along "
        "with a camera?)",
        pictures=("roller",),
        fate=Fate.DRAFT,
        written=on(-2, "14:10"),
    ),
    Story(
        "callum.brack",
        ("ember",),
        "Things I have found this month: the toaster. The other toaster. A sausage.",
        fate=Fate.DRAFT,
        written=on(-1, "13:00"),
    ),
    Story(
        "samira.dunmore",
        ("youth",),
        "The Locks play the moot hall on",
        pictures=("music",),
        fate=Fate.DRAFT,
        written=after(minutes=-130),
    ),
)

ANY_MINUTE_NOW = (
    Story(
        "graham.tolliver",
        ("roads",),
        "Pipers Lane is open again. The main is mended, the water is clear, and the engineers have gone home to bed.",
        after(minutes=0.75),
    ),
    Story(
        "hester.quill",
        ("libraries",),
        "The lift in Thornby Library works again. Thank you for carrying prams up the stairs, and for the cake.",
        after(minutes=1.25),
    ),
    Story(
        "callum.brack",
        ("ember",),
        "I am on duty. I am also asleep. Both are possible.\n\n#EmberTheDog",
        after(minutes=1.75),
        ("ember",),
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "Seventeen of you asked what a moot hall is. It is where a town talked its business over, out loud, so that "
        "anyone could hear. We still do: https://exampleshire.example/live",
        after(minutes=12),
        ("hall",),
    ),
    Story(
        "samira.dunmore",
        ("youth",),
        "Lost at the youth centre: one trainer, left, green. Its owner must be hopping by now. Ask at the desk.",
        after(minutes=45),
    ),
)

TO_COME = (
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "How I find out what began a fire, in four parts. I am a dog, so they are short. 1/4\n---\n"
        "First everybody goes home. Then it is cold, and quiet, and Callum puts my boots on. The floor has nails. "
        "2/4\n---\n"
        "I walk through once and look at nothing. Then again, with my nose. Where it smells of petrol, I sit down. 3/4"
        "\n---\n"
        "The people with the cameras come and look at where I sat. I get a ball. That is the whole of it. 4/4 "
        "#EmberTheDog",
        on(2, "12:00"),
        pictures=("ember", "boots", "ember-at-work"),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky", "libraries-practice-mastodon"),
        "New on the shelf by the door: forty-one more books that our staff press on their friends. The history of "
        "puddings is out again.",
        on(1, "08:30"),
        ("shelf",),
        own={
            "libraries": "New on the shelf by the door in Wendham: forty-one more books that our staff press on their "
            "friends, each with a note on why.\n\nThe history of puddings is out again. You can put your "
            "name down for it, behind twenty-three others."
        },
    ),
    Story(
        "samira.dunmore",
        ("fostering",),
        "Our next open evening is this week, in Wendham Library, from six. Bring your questions, your partner, your "
        "mother. There is cake, and there are carers who have done it for twenty years.",
        on(1, "15:00"),
    ),
    Story(
        "graham.tolliver",
        ("roads",),
        "Thornby Lane, one week on: smooth, quiet, and four hedgehog tunnels underneath. Thank you for your patience.",
        on(2, "07:10"),
        ("roller",),
    ),
    Story(
        "hester.quill",
        ("archives",),
        "The strongroom is open for tours on the first Friday of the month: eight hundred years in forty minutes, at "
        "an even fifteen degrees. Bring a jumper.",
        on(3, "10:00"),
        ("boxes",),
        comment="The jumper made me laugh. Approved.",
    ),
    Story(
        "samira.dunmore",
        ("youth",),
        "The mural has a sister: the wall on the other side. Come and say what should be on it. First sketches count "
        "double.",
        on(4, "16:00"),
        ("mural",),
    ),
    Story(
        "callum.brack",
        ("fire",),
        "Before you light the stove: when was the chimney last swept? Once a year is right for wood. Ours to you costs "
        "nothing, a fire does.",
        on(5, "09:00"),
        ("engine",),
        refused="“Ours to you” lost me. Say plainly what people should do, and by when.",
        first="Chimneys! Ours to you costs nothing.",
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "Your next council meeting is open to all, as every one is. Questions from the public come first; hand yours "
        "in at the moot hall or at https://exampleshire.example/ask by noon the day before.",
        on(7, "10:00"),
    ),
)

THOUGHT_BETTER_OF = (
    Story(
        "hester.quill",
        ("libraries",),
        "An evening with the author of “The Care of Geese”, in Thornby Library.",
        on(1, "14:00"),
        fate=Fate.CANCELLED,
    ),
    Story(
        "callum.brack",
        ("fire",),
        "Recruitment: on-call firefighters for Little Marrow. Who can be at the station in five minutes, and would "
        "like to?",
        on(2, "09:30"),
        ("engine",),
        Fate.REOPENED,
    ),
    Story(
        "samira.dunmore",
        ("youth",),
        "Osier Lane is closed on Thursday for the new floor. (It is open: the floor came a week late.)",
        on(-6, "16:00"),
        fate=Fate.TAKEN_DOWN,
    ),
    Story(
        "graham.tolliver",
        ("roads-practice",),
        "Sally Salter is washed, waxed and ready for the winter. Come and see her at Saturday’s open day.",
        after(minutes=-80),
        fate=Fate.HELD,
    ),
)

AT_HAND = IN_TROUBLE + TO_APPROVE + SENT_BACK + DRAFTS + ANY_MINUTE_NOW + TO_COME + THOUGHT_BETTER_OF
