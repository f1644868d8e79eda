from moothall.core.navigation import Item, Section
from moothall.events.moderation_queries import waiting

NAVIGATION = [Item(Section.DAY, "Live events", "live", "event.see", order=16, icon="star", count=waiting)]
