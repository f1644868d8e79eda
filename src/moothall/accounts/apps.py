from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "moothall.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Keep records of what allauth changes."""
        from moothall.accounts import listening

        listening.connect()
