from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "moothall.events"
    label = "events"
