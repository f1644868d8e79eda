from django.urls import path

from moothall.library import upload_views, views

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/upload/", upload_views.upload, name="library-upload"),
    path("library/<int:pk>/", views.asset, name="library-asset"),
    path("library/<int:pk>/status/", upload_views.status, name="library-status"),
    path("library/<int:pk>/describe/", views.describe, name="library-describe"),
    path("library/<int:pk>/captions/", views.captions, name="library-captions"),
    path("library/<int:pk>/captions/remove/", views.remove_captions, name="library-remove-captions"),
    path("library/<int:pk>/consents/", views.note_consent, name="library-note-consent"),
    path("library/<int:pk>/consents/<int:consent_pk>/", views.consent, name="library-consent"),
    path("library/<int:pk>/consents/<int:consent_pk>/withdraw/", views.withdraw, name="library-withdraw-consent"),
    path("library/<int:pk>/crop/<slug:network>/", views.crop, name="library-crop"),
    path("library/<int:pk>/crop/<slug:network>/remove/", views.uncrop, name="library-uncrop"),
    path("library/<int:pk>/remove/", views.remove, name="library-remove"),
]
