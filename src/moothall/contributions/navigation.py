from moothall.contributions import queries
from moothall.core.navigation import Item, Section

NAVIGATION = [
    Item(Section.DAY, "Tell the desk", "tell", "contribution.offer", order=16, icon="person"),
    Item(
        Section.DAY, "Desk", "desk", "contribution.handle", order=17, icon="people", count=lambda user: queries.to_do()
    ),
    Item(Section.DAY, "What I told", "told", "contribution.offer", order=18, icon="list"),
    Item(Section.DAY, "My accounts", "my-accounts", "handle.link", order=19, icon="plug"),
]
