from moothall.core.navigation import Item, Section

NAVIGATION = [Item(Section.DAY, "Today", "today", "staff", order=10, phone=True, icon="home")]
