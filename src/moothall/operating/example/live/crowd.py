"""What staff and strangers say in the example's events. Nobody here is anybody."""

from moothall.operating.example.live.official import CLOCK_TAG, DAY_TAG

STAFF = {
    "graham.tolliver": ("mastodon", "gritty_graham@social.exampleshire.example", True),
    "hester.quill": ("bluesky", "hester.reads.example", True),
    "callum.brack": ("bluesky", "dog-handler.example", False),
    "ruth.amberley": ("mastodon", "ruthless_ruth@social.exampleshire.example", False),
}
"""Who linked which account, and whether they may be named."""

STAFF_SAY = (
    ("graham.tolliver", "Depot at six: frost on the inside of my glasses. #{tag}"),
    ("hester.quill", "First question of the day: “Do you have books?” We do. We have so many. #{tag}"),
    ("callum.brack", "She found the sandwich. She always finds the sandwich. #{tag}"),
    ("ruth.amberley", "Four calls, three schools, two cups of tea, one very good decision. #{tag}"),
    ("graham.tolliver", "If you wave at a gritter we flash the lights. That is the law. My law. #{tag}"),
    ("hester.quill", "A boy joined today and asked whether the books mind being taken. #{tag}"),
    ("ruth.amberley", "Paperwork until lunch. Every sheet of it is a child who sleeps somewhere. #{tag}"),
    ("callum.brack", "New lead, same dog. She has opinions about the lead. #{tag}"),
    ("hester.quill", "Shelved 300 books and read the backs of 290. #{tag}"),
    ("graham.tolliver", "Swan, if you are reading this: please. #{tag}"),
    ("ruth.amberley", "The kettle in this building deserves a long-service award. #{tag}"),
    ("callum.brack", "Cleaned the van. Found two balls, a glove and a school report (not mine). #{tag}"),
    ("hester.quill", "Story time again by request. I did the wolf’s voice and somebody’s mother cried. #{tag}"),
    ("graham.tolliver", "Out again at nine. Thermos: full. Playlist: questionable. #{tag}"),
)

PEOPLE = (
    ("mastodon", "marrowman@toot.example", "Wilf from Little Marrow"),
    ("mastodon", "two_left_wellies@toot.example", "Two Left Wellies"),
    ("mastodon", "brasslugs@bandroom.example", "Thornby Silver Band"),
    ("mastodon", "nan_on_wheels@toot.example", "Nan on Wheels"),
    ("mastodon", "potholepoet@verse.example", "The Pothole Poet"),
    ("mastodon", "wendhamwalks@toot.example", "Wendham Walks"),
    ("bluesky", "teasel.example", "Teasel"),
    ("bluesky", "bus-37.example", "Waiting for the 37"),
    ("bluesky", "mrs-plum.example", "Dorrie Plum"),
    ("bluesky", "allotment9.example", "Plot Nine"),
    ("bluesky", "quietcarriage.example", "Somebody in the Quiet Carriage"),
    ("bluesky", "haul-of-fame.example", "Kit Varley"),
    ("bluesky", "owlet.example", "Owlet"),
)
PUBLIC = (
    "I never knew that somebody counts the torches. #{tag}",
    "Thank you to whoever cleared the drain at Mill Street. My cellar thanks you too. #{tag}",
    "Team swan. #{tag}",
    "Honest question: who decides which roads get gritted? #{tag}",
    "My daughter wants to be the dog. #{tag}",
    "Our library saved my winter. It is warm and nobody asks why you are there. #{tag}",
    "The lady on the phone was patient with me for twenty minutes. I should like her to know. #{tag}",
    "Fill the pothole by the chapel, and I shall write you a sonnet. #{tag}",
    "Diolch yn fawr i bawb sy’n gweithio heno. #{tag}",
    "I have lived here for sixty years and did not know we had a strongroom. #{tag}",
    "Two spare rooms, one cat. Is the cat a problem? #{tag}",
    "A gritter flashed its lights at us. Best bus journey of the year. #{tag}",
    "Bins: collected. Faith in institutions: cautiously restored. #{tag}",
    "Could you say more about the bench? There is a bench? #{tag}",
    "My grandfather laid that kerb. It is still straight. #{tag}",
    "Following this from a hospital bed. Please go on. #{tag}",
    "The porridge-with-ketchup child is mine. I apologise. #{tag}",
    "Why is there never a plug at the window seats? #{tag}",
    "Watching instead of sleeping. No regrets. #{tag}",
    "Today I learned what a section 58 notice is, and I have told everyone at dinner. #{tag}",
    "That alarm visit: they also found my cat. #{tag}",
    "I take back half of what I said at the bus stop. #{tag}",
    "The 37 is late, but so am I. #{tag}",
    "Could the youth council run the country? Asking for a country. #{tag}",
    "Roeddwn i’n meddwl bod pawb yn cysgu. #{tag}",
    "More ember. Fewer bins. #{tag}",
    "I complained last year and somebody rang me back. I still think about it. #{tag}",
    "Our street has a new crossing and an old lady who uses it for fun. #{tag}",
    "To the one with two screens and a flask: good night, and thank you. #{tag}",
    "What does a youth worker’s rucksack weigh? #{tag}",
    "Nobody thanks the person who salts the car park. So: thank you. #{tag}",
    "I read the minutes. I actually read the minutes. #{tag}",
    "My neighbour fosters. She makes it look like nothing, and it is everything. #{tag}",
    "Please tell the archives that I have their 1961 parade on film. Where do I bring it? #{tag}",
    "The horse! Tell us about the horse! #{tag}",
    "A whole day of this and nobody said “synergy”. #{tag}",
)
"""Each is said by several people in turn."""
PICTURES = (
    ("footbridge", "My commute has improved. #{tag}", True),
    ("canal", "Look at this sky. #{tag}", False),
    ("crossing", "Irene, everybody. Twenty-nine years of this. #{tag}", True),
    ("gritter", "Met Sally Salter on the hill road. She let me pass. #{tag}", True),
    ("mural", "They let me paint the eye of the kingfisher. #{tag}", False),
    ("van", "The library comes to us. It always has the one that you want. #{tag}", True),
)
"""A drawing, what is said with it, and whether its author described it."""

UNFRIENDLY = (
    (
        "mastodon",
        "shoutyshouty@toot.example",
        "Capslock",
        "Scandal! It is all a scandal! Ask them about the bench! #{tag}",
    ),
    ("bluesky", "win-a-phone.example", "Win a phone", "Click here and win a phone. #{tag}"),
    ("bluesky", "win-a-phone.example", "Win a phone", "You have already won a phone. #{tag}"),
    ("mastodon", "overheard@toot.example", "Overheard", "The woman at number 14 had the ambulance again. #{tag}"),
)
"""What the desk hides, holds back and blocks."""

MISSPELT = {DAY_TAG: "Examplshire24", CLOCK_TAG: "ExRoundTheClok"}
