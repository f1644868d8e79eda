"""The council's own public pages and feeds: a network that Moothall itself serves."""
