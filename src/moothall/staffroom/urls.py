from django.urls import path

from moothall.staffroom import views

urlpatterns = [path("today/", views.today, name="today")]
