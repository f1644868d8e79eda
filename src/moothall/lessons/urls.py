from django.urls import path

from moothall.lessons import views

urlpatterns = [
    path("lessons/", views.lessons, name="lessons"),
    path("lessons/new/", views.new_lesson, name="new-lesson"),
    path("lessons/<int:pk>/", views.lesson, name="lesson"),
    path("lessons/<int:pk>/edit/", views.edit_lesson, name="edit-lesson"),
    path("lessons/<int:pk>/send/", views.send_lesson, name="send-lesson"),
    path("lessons/<int:pk>/review/", views.review_lesson, name="review-lesson"),
    path("lessons/<int:pk>/withdraw/", views.withdraw_lesson, name="withdraw-lesson"),
]
