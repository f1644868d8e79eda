from django.apps import AppConfig


class StaffroomConfig(AppConfig):
    name = "moothall.staffroom"
    label = "staffroom"
