"""Addresses of the reports room."""

from django.urls import path

from moothall.reports import views

urlpatterns = [
    path("events/<slug:slug>/report/", views.report, name="event-report"),
    path("events/<slug:slug>/report/report.pdf", views.report_pdf, name="event-report-pdf"),
    path("events/<slug:slug>/report/activities.json", views.report_activities, name="event-report-activities"),
    path("events/<slug:slug>/report/<slug:name>.csv", views.report_csv, name="event-report-csv"),
    path("live/<slug:slug>/report/make/", views.make_report, name="make-report"),
    path("live/<slug:slug>/report/<int:number>/release/", views.release_report, name="release-report"),
    path("live/<slug:slug>/report/<int:number>/withdraw/", views.withdraw_report, name="withdraw-report"),
]
