from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "moothall.policies"
    label = "policies"
