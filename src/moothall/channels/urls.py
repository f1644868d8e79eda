from django.urls import path

from moothall.channels import views, views_connect, views_import, views_public

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/new/", views.edit, name="register-new"),
    path("register/health/", views.register_health, name="register-health"),
    path("register/import/", views_import.upload, name="register-import"),
    path("register/import/apply/", views_import.apply, name="register-import-apply"),
    path("register/export.csv", views_import.export, name="register-export"),
    path("register/<slug:slug>/", views.channel, name="register-channel"),
    path("register/<slug:slug>/edit/", views.edit, name="register-edit"),
    path("register/<slug:slug>/state/", views.state, name="register-state"),
    path("register/<slug:slug>/connect/", views_connect.connect, name="register-connect"),
    path("register/<slug:slug>/authorise/", views_connect.authorise, name="register-authorise"),
    path("register/<slug:slug>/check/", views_connect.check, name="register-check"),
    path("register/<slug:slug>/disconnect/", views_connect.disconnect, name="register-disconnect"),
    path("authorised/<slug:key>/", views_connect.authorised, name="register-authorised"),
    path("channels/", views_public.directory, name="channels"),
    path("channels.json", views_public.as_json, name="channels-json"),
    path("channels.csv", views_public.as_csv, name="channels-csv"),
    path("channels.opml", views_public.as_opml, name="channels-opml"),
    path("channels/check/", views_public.check, name="channels-check"),
    path("channels/check.json", views_public.check_json, name="channels-check-json"),
    path("channels/<slug:slug>/", views_public.channel, name="channel"),
]
