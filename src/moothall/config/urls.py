"""Addresses: each room has its own list."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("moothall.core.urls")),
    path("", include("moothall.staffroom.urls")),
    path("", include("moothall.accounts.urls")),
    path("", include("moothall.channels.urls")),
    path("", include("moothall.library.urls")),
    path("", include("moothall.publishing.urls")),
    path("", include("moothall.planning.urls")),
    path("", include("moothall.events.urls")),
    path("", include("moothall.contributions.urls")),
    path("", include("moothall.reports.urls")),
    path("", include("moothall.rehearsal.urls")),
    path("", include("moothall.webuse.urls")),
    path("", include("moothall.policies.urls")),
    path("", include("moothall.lessons.urls")),
    path("", include("moothall.concerns.urls")),
    path("", include("moothall.rights.urls")),
    path("", include("moothall.incidents.urls")),
    path("", include("moothall.records.urls")),
    path("", include("moothall.newsroom.urls")),
]
