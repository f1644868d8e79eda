"""Every write about lessons: permission, change and record in one place."""
