from moothall.core.navigation import Item, Section

NAVIGATION = [
    Item(Section.SETTINGS, "People", "people", "people.manage", order=70, icon="people"),
    Item(Section.SETTINGS, "Services and units", "services", "services.manage", order=71, icon="building"),
]
