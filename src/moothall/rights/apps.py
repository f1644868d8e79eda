from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "moothall.rights"
    label = "rights"
