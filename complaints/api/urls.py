"""Addresses of the REST API, below /api/v1/. Other apps add theirs to the same namespace (config/urls.py)."""

from django.urls import path

from complaints.api import views
from complaints.api.acts import ACTS
from complaints.api.docs import Docs, Schema

urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("complaints/", views.Complaints.as_view(), name="complaints"),
    path("complaints/<str:reference>/", views.ComplaintDoor.as_view(), name="complaint"),
    path("complaints/<str:reference>/events/", views.Events.as_view(), name="events"),
    path("complaints/<str:reference>/messages/", views.Messages.as_view(), name="messages"),
    path("complaints/<str:reference>/decisions/", views.Decisions.as_view(), name="decisions"),
    path("complaints/<str:reference>/circle/", views.Circle.as_view(), name="circle"),
    path("complaints/<str:reference>/viewings/", views.Viewings.as_view(), name="viewings"),
    path("complaints/<str:reference>/attachments/", views.Attachments.as_view(), name="attachments"),
    path(
        "complaints/<str:reference>/attachments/<int:attachment_id>/",
        views.AttachmentDoor.as_view(),
        name="attachment",
    ),
    path("complaints/<str:reference>/follow_ups/", views.FollowUps.as_view(), name="follow_ups"),
    path("complaints/<str:reference>/proposals/", views.Proposals.as_view(), name="proposals"),
    path("complaints/<str:reference>/briefings/", views.Briefings.as_view(), name="briefings"),
    path("complaints/<str:reference>/transfers/", views.Transfers.as_view(), name="transfers"),
    path("signoff-rules/", views.SignoffRules.as_view(), name="signoff-rules"),
    path("authority-limits/", views.AuthorityLimits.as_view(), name="authority-limits"),
    path("complaints/<str:reference>/tasks/", views.Tasks.as_view(), name="issue_task"),
    path("complaints/<str:reference>/matters/", views.Matters.as_view(), name="matters"),
    *views.ActingOnMatter.matter_addresses(),
    path("complaints/<str:reference>/facts/", views.Facts.as_view(), name="facts"),
    path("complaints/<str:reference>/judgements/", views.Judgements.as_view(), name="judgements"),
    path("complaints/<str:reference>/inquiry/", views.InquiryDoor.as_view(), name="inquiry"),
    path("complaints/<str:reference>/responses/", views.FinalResponses.as_view(), name="responses"),
    views.SendingResponse.address(),
    path("form-links/", views.FormLinks.as_view(), name="form-links"),
    path("upgrades/", views.Upgrades.as_view(), name="upgrades"),
    path("guides/", views.Guides.as_view(), name="guides"),
    path("guides/<slug:code>/", views.GuideDoor.as_view(), name="guide"),
    path("reply-templates/", views.ReplyTemplates.as_view(), name="reply-templates"),
    path("reply-templates/<slug:code>/", views.ReplyTemplateDoor.as_view(), name="reply-template"),
    path("complaints/<str:reference>/guides/", views.GuidesOfComplaint.as_view(), name="complaint-guides"),
    path(
        "complaints/<str:reference>/reply-templates/",
        views.TemplatesOfComplaint.as_view(),
        name="complaint-reply-templates",
    ),
    path(
        "complaints/<str:reference>/reply-templates/<slug:code>/",
        views.FillingTemplate.as_view(),
        name="fill-reply-template",
    ),
    path("incidents/", views.Incidents.as_view(), name="incidents"),
    path("incidents/<int:incident_id>/", views.IncidentDoor.as_view(), name="incident"),
    path("incidents/<int:incident_id>/updates/", views.Updates.as_view(), name="incident_updates"),
    path("incidents/<int:incident_id>/close/", views.ClosingIncident.as_view(), name="incident_close"),
    *views.ActingOnTask.task_addresses(),
    path("complaints/<str:reference>/remedies/", views.Remedies.as_view(), name="plan_remedy"),
    *views.ActingOnRemedy.addresses(),
    path("complaints/<str:reference>/supplier_claims/", views.SupplierClaims.as_view(), name="claim_from_supplier"),
    *views.ActingOnClaim.addresses(),
    *views.Acting.addresses(ACTS),
]
