"""The addresses of the desk."""

from django.urls import path

from complaints.web.desk.views import acts, dossier, inquiries, lists, matters, register, responses, slips, tasks

app_name = "desk"

_CASE = "complaints/<str:reference>/"

urlpatterns = [
    path("", lists.my_work, name="my-work"),
    path("complaints/", lists.complaints, name="complaints"),
    path("register/", register.register, name="register"),
    path("register/done/", register.registered, name="registered"),
    path(_CASE, dossier.dossier, name="dossier"),
    path(f"{_CASE}changes/", dossier.changes, name="changes"),
    path(f"{_CASE}files/<int:number>/", dossier.file, name="file"),
    path(f"{_CASE}acknowledge/", acts.acknowledge, name="acknowledge"),
    path(f"{_CASE}take/", acts.take, name="take"),
    path(f"{_CASE}assign/", acts.assign, name="assign"),
    path(f"{_CASE}transfer/", acts.transfer, name="transfer"),
    path(f"{_CASE}classify/", acts.classify, name="classify"),
    path(f"{_CASE}confirm-class/", acts.confirm_class, name="confirm-class"),
    path(f"{_CASE}reject-class/", acts.reject_class, name="reject-class"),
    path(f"{_CASE}prioritise/", acts.prioritise, name="prioritise"),
    path(f"{_CASE}investigate/", inquiries.investigate, name="investigate"),
    path(f"{_CASE}judge/", inquiries.judge, name="judge"),
    path(f"{_CASE}reply/", acts.reply, name="reply"),
    path(f"{_CASE}note/", acts.note, name="note"),
    path(f"{_CASE}attach/", acts.attach, name="attach"),
    path(f"{_CASE}wait/", acts.wait, name="wait"),
    path(f"{_CASE}resume/", acts.resume, name="resume"),
    path(f"{_CASE}resolve/", acts.resolve, name="resolve"),
    path(f"{_CASE}close/", acts.close, name="close"),
    path(f"{_CASE}reopen/", acts.reopen, name="reopen"),
    path(f"{_CASE}withdraw/", acts.withdraw, name="withdraw"),
    path(f"{_CASE}decline/", acts.decline, name="decline"),
    path(f"{_CASE}merge/", acts.merge, name="merge"),
    path(f"{_CASE}response/", responses.page, name="response"),
    path(f"{_CASE}response/draft/", responses.draft, name="draft-response"),
    path(f"{_CASE}response/preview/", responses.preview, name="preview-response"),
    path(f"{_CASE}response/approve/", responses.approve, name="approve-response"),
    path(f"{_CASE}response/return/", responses.send_back, name="return-response"),
    path(f"{_CASE}response/send/", responses.send, name="send-response"),
    path(f"{_CASE}print/registration/", slips.registration, name="print-registration"),
    path(f"{_CASE}print/assignment/", slips.assignment, name="print-assignment"),
    path(f"{_CASE}tasks/issue/", tasks.issue, name="issue-task"),
    path(f"{_CASE}tasks/accept/", tasks.accept, name="accept-task"),
    path(f"{_CASE}tasks/refuse/", tasks.refuse, name="refuse-task"),
    path(f"{_CASE}tasks/finish/", tasks.finish, name="finish-task"),
    path(f"{_CASE}tasks/cancel/", tasks.cancel, name="cancel-task"),
    path(f"{_CASE}matters/split/", matters.split, name="split"),
    path(f"{_CASE}matters/settle/", matters.settle, name="settle-matter"),
    path(f"{_CASE}matters/drop/", matters.drop, name="drop-matter"),
    path(f"{_CASE}matters/split-off/", matters.split_off, name="split-off"),
]
