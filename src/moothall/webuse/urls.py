from django.urls import path

from moothall.webuse import purpose_views, urls_figures

urlpatterns = [
    path("web-use/register/", purpose_views.purposes, name="purposes"),
    path("web-use/register/new/", purpose_views.new_purpose, name="new-purpose"),
    path("web-use/register/<slug:key>/<int:number>/", purpose_views.purpose, name="purpose"),
    path("web-use/register/<slug:key>/<int:number>/change/", purpose_views.change_purpose, name="change-purpose"),
    path("web-use/register/<slug:key>/<int:number>/send/", purpose_views.submit_purpose, name="submit-purpose"),
    path("web-use/register/<slug:key>/<int:number>/approve/", purpose_views.approve_purpose, name="approve-purpose"),
    path("web-use/register/<slug:key>/<int:number>/send-back/", purpose_views.return_purpose, name="return-purpose"),
    path("web-use/register/<slug:key>/<int:number>/end/", purpose_views.end_purpose, name="end-purpose"),
    path("web-use/register/<slug:key>/<int:number>/dpia/", purpose_views.purpose_dpia, name="purpose-dpia"),
    path("web-use/register/<slug:key>/<int:number>/dpia.pdf", purpose_views.purpose_dpia_pdf, name="purpose-dpia-pdf"),
    *urls_figures.urlpatterns,
]
