from django.urls import path

from moothall.policies import starter_model_views, starter_views

urlpatterns = [
    path("starter/", starter_views.starter, name="starter"),
    path("starter/may-i-post-this/", starter_views.guide, name="starter-guide"),
    path("starter/all-questions/", starter_views.whole_guide, name="starter-whole"),
    path("starter/edit/", starter_views.edit, name="starter-edit"),
    path("model-policies/", starter_model_views.model_policies, name="model-policies"),
    path("model-policies/<slug:slug>/", starter_model_views.model_policy, name="model-policy"),
    path("model-policies/<slug:slug>/begin/", starter_model_views.begin_from_model, name="begin-from-model"),
]
