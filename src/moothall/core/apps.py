"""The foundation's own app: the council, the look and the components."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "moothall.core"
    label = "core"
    verbose_name = "Moothall"
