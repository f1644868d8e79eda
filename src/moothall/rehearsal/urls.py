from django.urls import path

from moothall.rehearsal import views

urlpatterns = [
    path("rehearsal/", views.rehearsal, name="rehearsal"),
    path("rehearsal/faults/<int:pk>/off/", views.switch_off, name="rehearsal-fault-off"),
    path("rehearsal/sent/<int:pk>/speak-up/", views.speak_up, name="rehearsal-speak-up"),
]
