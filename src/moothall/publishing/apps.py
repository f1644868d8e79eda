from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "moothall.publishing"
    label = "publishing"
