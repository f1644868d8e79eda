from moothall.core.navigation import Item, Section

NAVIGATION = [Item(Section.TRUST, "Records", "records", "records.search", order=60, icon="list")]
