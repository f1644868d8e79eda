"""The Newsroom: the council's own pages and feeds, and the door by which posts enter them."""
