"""The public doors: file a complaint, and follow it."""

from django.urls import path

from complaints.web.portal.views import (
    filing,
    form_links,
    handler_wishes,
    home,
    objections,
    remedies,
    tracking,
    upgrades,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("file/", filing.start, name="file"),
    path("file/check/", filing.check, name="check"),
    path("file/link/<str:key>/", form_links.begin, name="form-link"),
    path("file/receipt/", filing.receipt, name="receipt"),
    path("file/evidence/", filing.evidence_step, name="evidence"),
    path("file/<slug:slug>/", filing.step, name="step"),
    path("upgrade/", upgrades.unrecorded, name="upgrade"),
    path("upgrade/receipt/", upgrades.receipt, name="upgrade-receipt"),
    path("track/", tracking.track, name="track"),
    path("track/lost/", tracking.lost, name="lost"),
    path("track/<str:reference>/", tracking.case, name="case"),
    path("track/<str:reference>/leave/", tracking.leave, name="leave"),
    path("track/<str:reference>/matters/<int:number>/", tracking.part, name="part"),
    path("track/<str:reference>/upgrade/", upgrades.demand, name="demand-upgrade"),
    path("track/<str:reference>/further/", upgrades.follow, name="follow-upgrade"),
    path("track/<str:reference>/offer/", remedies.accept, name="accept-offer"),
    path("track/<str:reference>/offer/refuse/", remedies.refuse, name="refuse-offer"),
    path("track/<str:reference>/still-broken/", remedies.still_broken, name="still-broken"),
    path("track/<str:reference>/another/", handler_wishes.ask_another, name="ask-another"),
    path("track/<str:reference>/object/", objections.object_to_class, name="object"),
    path("track/<str:reference>/files/<int:file_id>/", tracking.download, name="download"),
]
