"""The look's own addresses."""

from django.conf import settings
from django.urls import path

from moothall.core import media, views

urlpatterns = [
    path("brand.css", views.brand_css, name="brand-css"),
    path("brand/logo.png", views.brand_logo, name="brand-logo"),
    path("media/<path:name>", media.media, name="media"),
    path("healthz", views.healthz, name="healthz"),
    path("settings/council/", views.council_settings, name="council-settings"),
]
if settings.DEBUG:
    urlpatterns.append(path("house-style/", views.house_style, name="house-style"))
