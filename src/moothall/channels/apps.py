from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "moothall.channels"
    label = "channels"
