from django.urls import path

from moothall.newsroom import views

urlpatterns = [
    path("", views.home, name="home"),
    path("@<slug:handle>/", views.page, name="newsroom-page"),
    path("@<slug:handle>/feed.atom", views.atom, name="newsroom-atom"),
    path("@<slug:handle>/feed.json", views.json_feed, name="newsroom-json"),
    path("@<slug:handle>/<slug:key>/", views.entry, name="newsroom-entry"),
]
