from django.urls import path

from moothall.records import views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/export/", views.export_records, name="export-records"),
    path("records/<str:address>/", views.record, name="record"),
]
