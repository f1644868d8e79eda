from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "moothall.contributions"
    label = "contributions"

    def ready(self) -> None:
        """Hear of what is said on own accounts, and of items that are our own posts."""
        from moothall.contributions import listening

        listening.connect()
