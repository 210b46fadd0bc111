"""The addresses of policies on the desk, below deadlines/policies/."""

from django.urls import path

from escalation.web.views import drafts, moves, policies

_MOVE = "<slug:code>/moves/<int:migration_id>/"

urlpatterns = [
    path("", policies.index, name="policies"),
    path("begin/new/", drafts.begin, name="policy-new"),
    path("<slug:code>/", policies.show, name="policy"),
    path("<slug:code>/export/", policies.export, name="policy-export"),
    path("<slug:code>/switch/", policies.switch, name="policy-switch"),
    path("<slug:code>/place/", policies.move, name="policy-place"),
    path("<slug:code>/retire/", policies.retire, name="policy-retire"),
    path("<slug:code>/preview/", policies.preview, name="policy-preview"),
    path("<slug:code>/draft/", drafts.show, name="policy-draft"),
    path("<slug:code>/draft/form/", drafts.edit, name="policy-edit"),
    path("<slug:code>/draft/json/", drafts.edit_json, name="policy-json"),
    path("<slug:code>/draft/discard/", drafts.discard, name="policy-draft-discard"),
    path("<slug:code>/draft/preview/", drafts.preview, name="policy-draft-preview"),
    path("<slug:code>/draft/publish/", drafts.publish, name="policy-draft-publish"),
    path(_MOVE, moves.show, name="policy-move"),
    path(f"{_MOVE}start/", moves.start, name="policy-move-start"),
    path(f"{_MOVE}undo/", moves.undo, name="policy-move-undo"),
    path(f"{_MOVE}go-on/", moves.go_on, name="policy-move-go-on"),
]
