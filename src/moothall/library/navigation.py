from moothall.core.navigation import Item, Section

NAVIGATION = [Item(Section.DAY, "Media", "library", "media.see", order=14, icon="picture")]
