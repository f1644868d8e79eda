"""Planning ahead: the calendar and its feeds, queue slots, ready-made texts, and several posts from one file."""
