from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "moothall.reports"
    label = "reports"
