from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "moothall.library"
    label = "library"
