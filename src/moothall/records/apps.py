from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "moothall.records"
    label = "records"

    def ready(self) -> None:
        """Keep a record of what ``core`` changes: it stands below this room and cannot call it."""
        from moothall.core.council import council_changed
        from moothall.records.listening import keep_council_change

        council_changed.connect(keep_council_change)
