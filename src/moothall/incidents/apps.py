from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "moothall.incidents"
    label = "incidents"
