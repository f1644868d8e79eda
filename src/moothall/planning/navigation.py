from moothall.core.navigation import Item, Section

NAVIGATION = [
    Item(Section.DAY, "Calendar", "calendar", "post.see", order=13, phone=True, icon="calendar"),
    Item(Section.DAY, "Ready-made", "ready-made", "post.write", order=15, icon="star"),
]
