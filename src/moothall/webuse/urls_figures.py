from django.urls import path

from moothall.webuse import figure_views

urlpatterns = [
    path("web-use/", figure_views.council, name="web-use"),
    path("web-use/<slug:name>.csv", figure_views.council_csv, name="web-use-csv"),
    path("web-use/units/", figure_views.units, name="web-use-units"),
    path("web-use/units/<int:pk>/", figure_views.unit, name="web-use-unit"),
    path("web-use/units/<int:pk>/why/", figure_views.why, name="web-use-why"),
    path("web-use/units/<int:pk>/<slug:name>.csv", figure_views.unit_csv, name="web-use-unit-csv"),
    path("web-use/security/", figure_views.security, name="web-use-security"),
    path("web-use/security/<slug:name>.csv", figure_views.security_csv, name="web-use-security-csv"),
    path("web-use/social/", figure_views.social, name="web-use-social"),
    path("web-use/social/<slug:name>.csv", figure_views.social_csv, name="web-use-social-csv"),
]
