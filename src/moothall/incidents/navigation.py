from moothall.core.navigation import Item

NAVIGATION: list[Item] = []
