from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "moothall.lessons"
    label = "lessons"
