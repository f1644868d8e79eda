from django.apps import AppConfig


class WebuseConfig(AppConfig):
    name = "moothall.webuse"
    label = "webuse"
