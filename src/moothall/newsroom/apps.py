from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "moothall.newsroom"
    label = "newsroom"
