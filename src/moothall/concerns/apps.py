from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "moothall.concerns"
    label = "concerns"
