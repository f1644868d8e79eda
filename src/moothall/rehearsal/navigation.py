from moothall.core.navigation import Item, Section

NAVIGATION = [Item(Section.HOUSE, "Rehearsal", "rehearsal", "rehearsal.practise", order=35, icon="mask")]
