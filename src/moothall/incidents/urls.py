from django.urls import path

from moothall.incidents import call_views, switch_views, views

urlpatterns = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.new_incident, name="incident-new"),
    path("incidents/calls/", call_views.calls, name="incident-calls"),
    path("incidents/calls/new/", call_views.call, name="new-incident-call"),
    path("incidents/calls/<int:pk>/", call_views.call, name="incident-call"),
    path("incidents/calls/<int:pk>/remove/", call_views.remove_call, name="remove-incident-call"),
    path("incidents/<int:pk>/", views.incident, name="incident"),
    path("incidents/<int:pk>/known/", views.known, name="incident-known"),
    path("incidents/<int:pk>/note/", views.note, name="incident-note"),
    path("incidents/<int:pk>/steps/add/", views.add_step, name="incident-add-step"),
    path("incidents/<int:pk>/steps/<int:position>/", views.step, name="incident-step"),
    path("incidents/<int:pk>/state/", views.move, name="incident-state"),
    path("incidents/<int:pk>/pause/", switch_views.pause, name="incident-pause"),
    path("incidents/<int:pk>/disconnect/", switch_views.disconnect, name="incident-disconnect"),
    path("incidents/<int:pk>/take-down/", switch_views.posts, name="incident-posts"),
    path("incidents/<int:pk>/take-down/<int:post>/", switch_views.take_down, name="incident-take-down"),
    path("incidents/<int:pk>/statement/", switch_views.statement, name="incident-statement"),
    path("incidents/<int:pk>/report/", switch_views.report, name="incident-report"),
    path("incidents/<int:pk>/close/", views.close, name="incident-close"),
]
