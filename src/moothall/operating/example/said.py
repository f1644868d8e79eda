"""What Exampleshire said in the last three weeks. All of it went out, some of it not at the first try."""

from moothall.operating.example.stories import Story, after, on, workday
from moothall.rehearsal.models import Fault

THREE_WEEKS_AGO = (
    Story(
        "tobi.lyle",
        ("council",),
        "The moot hall is open again. The roof took fourteen months, eleven thousand slates and one very patient "
        "family of swifts.\n\nCome in, Monday to Saturday from ten to four; there is a lift now. The clock is right "
        "for the first time since 1987.",
        on(-21, "10:00"),
        ("hall",),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky", "libraries-practice-mastodon"),
        "We asked everyone who works at Wendham Library for the one book they press on friends. Forty-one of them "
        "stand on a shelf by the door now, each with a note. The most borrowed so far is a history of puddings.",
        on(-20, "09:30"),
        ("shelf",),
    ),
    Story(
        "graham.tolliver",
        ("roads",),
        "Thornby Lane gets a new surface from Monday, between the mill and the railway bridge. It is closed from 9:30 "
        "to 15:30 for three days. The way round is through Tallow Cross; the school bus runs as usual.\n\nSorry for "
        "the detour. It will be quieter afterwards.",
        workday(-20, "07:15"),
        ("roller",),
    ),
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "I am Ember. I have one job: my nose. After a fire I go in when it is cold and show Callum where it began. I "
        "am right more often than the machine. I am paid in tennis balls.\n\n#EmberTheDog",
        on(-19, "12:30"),
        ("ember",),
    ),
    Story(
        "hester.quill",
        ("archives",),
        "Found in a box marked “misc.”: a map of the county, drawn in 1784 by a surveyor who signs himself only "
        "J.T.\n\nHe gets the river right and the hills wrong, and he left out Little Marrow altogether before adding "
        "it in different ink. We should like to know why. If your family's papers mention a J.T., write to us.",
        on(-19, "15:00"),
        ("map",),
    ),
    Story(
        "samira.dunmore",
        ("fostering",),
        "“The first evening she didn't take her coat off. On the third she asked what was for tea.” One of our foster "
        "carers, on what starting small looks like.\n\nIf you have a spare room and wonder whether it could be you, "
        "come and ask us anything: Thursdays from six to eight in Wendham Library. Nobody will sign you up on the "
        "spot.",
        on(-18, "18:30"),
        ("kitchen",),
    ),
    Story(
        "samira.dunmore",
        ("youth", "youth-practice"),
        "The kingfisher is finished. Nineteen young people painted the side of the Osier Lane youth centre over six "
        "Saturdays, and you can see it from the train. They chose the bird, the wall and the biscuits.",
        on(-17, "16:00"),
        ("mural",),
    ),
    Story(
        "callum.brack",
        ("fire",),
        "Press the button on your smoke alarm today. If nothing happens, change the battery. If still nothing "
        "happens, tell us and we bring you a new one, free, and fit it: https://exampleshire.example/alarms\n\nLast "
        "month an alarm woke a family of five in Thornby in time. They had tested it that week.",
        on(-17, "11:00"),
        ("alarm",),
        first="Is your smoke alarm fit for purpose? Ensure regular testing in line with current guidance.",
        refused="This is how we write to each other, not to people at home. What should they do, now, with which hand? "
        "And say what happens if it does not beep.",
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "What the council decided this afternoon:\n\n– Bus 14 to Little Marrow keeps its evening journeys for another "
        "year.\n– The old fire station in Thornby becomes eight flats at council rents.\n– Parking in Wendham market "
        "place stays free for the first hour.\n\nThe papers and the votes: https://exampleshire.example/decisions",
        workday(-16, "17:45"),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky", "libraries-practice-mastodon"),
        "The mobile library has a new stop: Little Marrow green, every other Tuesday from 2 to 3:30. Large print, "
        "picture books, a warm seat, and a driver who remembers what you liked last time.",
        on(-15, "10:00"),
        ("van",),
    ),
    Story(
        "graham.tolliver",
        ("roads", "roads-practice"),
        "There is a crossing patrol on Mill Street in Wendham again. Her name is Jean, she has done this for "
        "thirty-one years, and she would like drivers to know that the stick means stop.",
        workday(-14, "07:30"),
        ("crossing",),
    ),
)

TWO_WEEKS_AGO = (
    Story(
        "hester.quill",
        ("archives",),
        "The canal company kept everything, including four hundred letters about a lock-keeper's goat. They have "
        "arrived, and we are unpacking them.\n\nA volunteer reads one aloud every Wednesday at two in the search "
        "room. So far the goat is winning.",
        on(-13, "14:00"),
        ("boxes",),
    ),
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "Boots day. Four boots. They keep the glass out of my paws. In boots I walk like a person in the sea. Nobody "
        "is allowed to laugh and everybody does.\n\n#EmberTheDog",
        on(-12, "13:00"),
        ("boots",),
    ),
    Story(
        "samira.dunmore",
        ("youth",),
        "The music room at Osier Lane is free on Tuesdays and Thursdays from five: drums, two guitars, and a keyboard "
        "with one key that sticks. The Locks wrote their first song there last night. It is about the bus.",
        on(-11, "19:00"),
        ("music",),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky"),
        "Borrow a packet of seeds, grow them, bring some back. The seed library opens today in Wendham and Thornby: "
        "peas, borage, kale, and a climbing bean that has been in the county since somebody's great-grandmother.",
        on(-10, "09:00"),
        ("seeds",),
        fault=Fault.LOST_ANSWER,
    ),
    Story(
        "callum.brack",
        ("fire",),
        "Open day at Wendham fire station tomorrow, ten to three. Sit in the engine, try the hose, watch us cut a car "
        "in half. Ember shows what she can do at noon, if she feels like it.\n\nThere is no parking and room for two "
        "hundred bicycles.",
        on(-9, "10:30"),
        ("engine",),
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "We asked what you would cut and what you never would. 3,214 of you answered. Gritting, libraries and the "
        "evening buses came top of the second list.\n\nAll answers, without names, are published today, and the "
        "cabinet discusses them in a fortnight, in public: https://exampleshire.example/your-budget",
        on(-8, "09:00"),
    ),
    Story(
        "graham.tolliver",
        ("roads",),
        "The new footbridge over the Wend at Tallow Cross is open, four days early. It is oak from the county's own "
        "woods, and wide enough for a pram beside a bicycle. The stepping stones stay, for those who like to arrive "
        "wet.",
        on(-8, "07:00"),
        ("footbridge",),
    ),
)

THIS_WEEK = (
    Story(
        "samira.dunmore",
        ("fostering",),
        "Three things people ask before they foster.\n\nMust I own my home? No.\nCan I do it on my own? Yes, many "
        "do.\nAm I paid? Yes, an allowance and a fee, and we talk about the numbers at the first meeting.\n\nWhat did "
        "you want to ask? We answer every message, mostly the same day.",
        on(-7, "12:00"),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-mastodon"),
        "Canal walks with a book in your pocket: every Sunday at four, from Wendham Library to Osier Lock and back, "
        "with a halt at each bench for a page read aloud. Bring a coat. The narrowboat at the lock does tea.",
        on(-6, "10:15"),
        ("canal",),
        fault=Fault.BUSY,
    ),
    Story(
        "callum.brack",
        ("ember", "ember-practice"),
        "Found it. Under the toaster. Callum put down a marker and told me that I was clever. The machine had said "
        "under the fridge.\n\n#EmberTheDog",
        on(-5, "17:00"),
        ("ember-at-work",),
        fault=Fault.LOST_REQUEST,
    ),
    Story(
        "hester.quill",
        ("archives",),
        "A question from the search room: why were all the front doors in Pipers Row green in 1911? We have the bill "
        "for the paint (three gallons) and no idea who paid it. Theories to archives@exampleshire.example; the best "
        "one earns a tour of the strongroom.",
        on(-4, "11:30"),
    ),
    Story(
        "samira.dunmore",
        ("youth", "youth-practice"),
        "The Youth Council has voted: later buses first, then lights on the skate park. They take it to the cabinet "
        "themselves, and they have been told that they may interrupt.",
        on(-3, "16:30"),
    ),
    Story(
        "graham.tolliver",
        ("roads",),
        "Where do the gritters sleep? In the depot at Thornby, washed, greased and facing the door. There are "
        "fourteen of them. Sally Salter, named by a class of seven-year-olds, went out eleven nights running last "
        "winter.\n\nSay hello at the depot's open morning on Saturday, nine to twelve.",
        on(-2, "15:30"),
        ("gritter",),
    ),
    Story(
        "hester.quill",
        ("libraries", "libraries-practice-bluesky", "libraries-practice-mastodon"),
        "Every weekday from nine to ten Wendham Library is kept quiet: lights down, no announcements, nobody in a "
        "hurry. It began with one reader who asked. Now it is our busiest hour.",
        on(-2, "09:20"),
    ),
    Story(
        "tobi.lyle",
        ("council",),
        "Tell us where the potholes are, and we tell you when they are filled. This quarter: 1,906 reported, 1,833 "
        "filled, eleven days on average. The slowest took 74 days and was in our own "
        "drive.\n\nhttps://exampleshire.example/potholes",
        on(-1, "09:10"),
    ),
    Story(
        "callum.brack",
        ("fire",),
        "Our crews were at a barn near Tallow Cross for five hours last night, with four engines. Nobody was hurt, "
        "the cows were moved in time, and the farmer's daughter made tea for thirty.\n\nStraw smoulders for days: you "
        "may see us there again.",
        on(-1, "16:20"),
    ),
    Story(
        "hester.quill",
        ("libraries",),
        "Story time in Wendham is so full that we have started a second one, straight after the first. There is a "
        "cushion for everybody. This week: a bear who cannot sleep.",
        after(minutes=-150),
        ("story-time",),
    ),
    Story(
        "callum.brack",
        ("ember",),
        "I have had my second breakfast. There was no first. This is being investigated.\n\n#EmberTheDog",
        after(minutes=-70),
        ("breakfast",),
    ),
)

SAID = THREE_WEEKS_AGO + TWO_WEEKS_AGO + THIS_WEEK
