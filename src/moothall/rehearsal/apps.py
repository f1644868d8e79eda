from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "moothall.rehearsal"
    label = "rehearsal"
