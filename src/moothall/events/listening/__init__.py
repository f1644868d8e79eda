"""The listener: one asyncio process that hears what is said with the hashtags of events, and takes it."""
