from moothall.concerns import queries
from moothall.core.navigation import Item, Section

NAVIGATION = [
    Item(
        Section.TRUST,
        "Concerns",
        "concerns",
        "concern.raise",
        order=52,
        icon="question",
        count=queries.waiting,
    )
]
