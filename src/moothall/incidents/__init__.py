"""When something goes wrong with a channel: the play, the switches, the timeline, the lesson."""
