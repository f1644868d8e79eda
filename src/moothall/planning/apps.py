from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "moothall.planning"
    label = "planning"
