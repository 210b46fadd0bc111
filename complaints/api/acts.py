"""Every verb of the office as the API takes it: what is sent, and which service does it.

`POST /complaints/{reference}/{verb}/`. The description in the OpenAPI document is the service's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from accounts.models import User
from complaints.api import serializers as shapes
from complaints.api.serializers import gravity, outside, wishes
from complaints.api.serializers import incidents as incident_shapes
from complaints.api.serializers import measures as measure_shapes
from complaints.api.serializers import proofs as proof_shapes
from complaints.api.serializers import upgrades as upgrade_shapes
from complaints.api.serializers.guides import NoteIn
from complaints.api.serializers.inquiries import InvestigateIn, JudgeIn, origin_from
from complaints.classes import Kind
from complaints.lifecycle import Verb
from complaints.services import (
    carrying_out,
    casework,
    class_reviews,
    conversions,
    correspondence,
    decisions,
    evidence,
    follow_ups,
    head_office,
    incidents,
    inquiries,
    judgements,
    majors,
    matters,
    measures,
    media,
    objections,
    offers,
    proceedings,
    proofs,
    rehandling,
    remedies,
    responses,
    restriction,
    routing,
    safety,
    signoff,
    splitting,
    standing,
    supplier_claims,
    tasks,
    transfers,
    upgrades,
)
from complaints.services.matters import Part
from complaints.validity import Basis


@dataclass(frozen=True)
class Act:
    """`takes` what is sent; `does` gets `complaint_id=`, `by=` and what was sent, by name."""

    takes: type[shapes.Strict]
    does: Callable[..., Any]
    multipart: bool = False

    def do(self, *, complaint_id: int, by: User, given: Mapping[str, Any]) -> None:
        """One call of one service."""
        self.does(complaint_id=complaint_id, by=by, **given)


def _classify(*, class_kind: Kind, **given: Any) -> None:
    basis = _basis(given)
    decisions.classify(kind=class_kind, basis=basis, **given)


def _basis(given: dict[str, Any]) -> Basis:
    """What a valid class rests on, taken out of what was sent."""
    return Basis(**{field.name: given.pop(field.name) for field in fields(Basis) if field.name in given})


def _merge(*, into: Any, **given: Any) -> None:
    casework.merge(into_id=into.pk, **given)


def _attach(
    *, file: Any, task: int | None = None, entry: int | None = None, remedy: int | None = None, **given: Any
) -> None:
    evidence.attach(
        file=evidence.check_file(file), task_number=task, entry_number=entry, remedy_number=remedy, **given
    )


def _investigate(*, replaces: int | None = None, **given: Any) -> None:
    inquiries.investigate(replaces_number=replaces, **given)


def _judge(*, origin: dict[str, Any] | None = None, **given: Any) -> None:
    judgements.judge(origin=origin_from(origin), **given)


def _carry_out(*, task: int | None = None, **given: Any) -> None:
    carrying_out.carry_out(task_number=task, **given)


def _split(*, parts: Sequence[Mapping[str, Any]], **given: Any) -> None:
    matters.split(parts=[Part(**part) for part in parts], **given)


def _draft_response(*, complaint_id: int, by: User, **given: Any) -> None:
    responses.draft(complaint_id=complaint_id, by=by, **shapes.DraftResponseIn.letter(given))


def _report_back(*, briefing: int, **given: Any) -> None:
    head_office.report_back(briefing_number=briefing, **given)


_report_back.__doc__ = head_office.report_back.__doc__
_draft_response.__doc__ = responses.draft.__doc__
_classify.__doc__ = decisions.classify.__doc__
_merge.__doc__ = casework.merge.__doc__
_attach.__doc__ = evidence.attach.__doc__
_investigate.__doc__ = inquiries.investigate.__doc__
_judge.__doc__ = judgements.judge.__doc__
_split.__doc__ = matters.split.__doc__

MATTER_ACTS: Mapping[Verb, Act] = MappingProxyType(
    {
        Verb.SETTLE_MATTER: Act(shapes.SettleMatterIn, matters.settle),
        Verb.DROP_MATTER: Act(shapes.ReasonsIn, matters.drop),
        Verb.SPLIT_OFF: Act(shapes.SplitOffIn, splitting.split_off),
    }
)
"""`POST /complaints/{reference}/matters/{number}/{settle|drop|split_off}/`; each takes the matter's `number=`."""
_carry_out.__doc__ = carrying_out.carry_out.__doc__

TASK_ACTS: Mapping[Verb, Act] = MappingProxyType(
    {
        Verb.ACCEPT_TASK: Act(shapes.NothingIn, tasks.accept),
        Verb.REFUSE_TASK: Act(shapes.ReasonsIn, tasks.refuse),
        Verb.FINISH_TASK: Act(shapes.FinishTaskIn, tasks.finish),
        Verb.CANCEL_TASK: Act(shapes.ReasonsIn, tasks.cancel),
    }
)
"""`POST /complaints/{reference}/tasks/{number}/{accept|refuse|finish|cancel}/`; each takes the task's `number=`."""

REMEDY_ACTS: Mapping[Verb, Act] = MappingProxyType(
    {
        Verb.DROP_REMEDY: Act(shapes.DropRemedyIn, remedies.drop),
        Verb.CARRY_OUT: Act(shapes.CarryOutIn, _carry_out),
        Verb.STILL_BROKEN: Act(shapes.StillBrokenIn, carrying_out.record_failure),
    }
)
"""`POST /complaints/{reference}/remedies/{number}/{drop|carry_out|still_broken}/`; each takes the `number=`."""

CLAIM_ACTS: Mapping[Verb, Act] = MappingProxyType(
    {Verb.SETTLE_SUPPLIER_CLAIM: Act(shapes.SettleSupplierClaimIn, supplier_claims.settle)}
)
"""`POST /complaints/{reference}/supplier_claims/{number}/settle/`; it takes the claim's `number=`."""

ACTS: Mapping[Verb, Act] = MappingProxyType(
    {
        Verb.PROPOSE: Act(shapes.ProposeIn, signoff.propose),
        Verb.SIGN: Act(shapes.SignIn, signoff.sign),
        Verb.REFUSE_TO_SIGN: Act(shapes.RefuseToSignIn, signoff.refuse_to_sign),
        Verb.TAKE_BACK_PROPOSAL: Act(shapes.ReasonsIn, signoff.take_back_proposal),
        Verb.ACKNOWLEDGE: Act(shapes.NothingIn, casework.acknowledge),
        Verb.ASSIGN: Act(shapes.AssignIn, casework.assign),
        Verb.ASK_ANOTHER: Act(wishes.AskAnotherIn, rehandling.record_ask_another),
        Verb.GRANT_ANOTHER: Act(wishes.GrantAnotherIn, rehandling.grant_another),
        Verb.REFUSE_ANOTHER: Act(wishes.RefuseAnotherIn, rehandling.refuse_another),
        Verb.TRANSFER: Act(shapes.TransferIn, transfers.transfer),
        Verb.ACCEPT_TRANSFER: Act(shapes.NothingIn, transfers.accept),
        Verb.OBJECT_TO_TRANSFER: Act(shapes.ObjectToTransferIn, transfers.object_to),
        Verb.ARBITRATE: Act(shapes.ArbitrateIn, transfers.arbitrate),
        Verb.TAKE_BACK_TRANSFER: Act(shapes.ReasonsIn, transfers.take_back),
        Verb.INTRODUCE: Act(shapes.IntroduceIn, transfers.introduce),
        Verb.CATEGORISE: Act(shapes.CategoriseIn, routing.categorise),
        Verb.BRIEF: Act(shapes.BriefIn, head_office.brief),
        Verb.REPORT_BACK: Act(shapes.ReportBackIn, _report_back),
        Verb.WATCH: Act(shapes.NothingIn, head_office.watch),
        Verb.UNWATCH: Act(shapes.NothingIn, head_office.unwatch),
        Verb.CLASSIFY: Act(shapes.ClassifyIn, _classify),
        Verb.CONFIRM_CLASS: Act(shapes.ConfirmClassIn, decisions.confirm_class),
        Verb.REJECT_CLASS: Act(shapes.SecondLookIn, decisions.reject_class),
        Verb.CONVERT: Act(shapes.ConvertIn, conversions.convert),
        Verb.KEEP_CLASS: Act(shapes.SecondLookIn, conversions.keep_class),
        Verb.RENEW_CLASS: Act(shapes.RenewClassIn, class_reviews.renew_class),
        Verb.LAPSE_CLASS: Act(shapes.ReasonsIn, class_reviews.lapse_class),
        Verb.OBJECT: Act(shapes.ObjectIn, objections.record_objection),
        Verb.DECIDE_OBJECTION: Act(shapes.DecideObjectionIn, objections.decide_objection),
        Verb.INVESTIGATE: Act(InvestigateIn, _investigate),
        Verb.JUDGE: Act(JudgeIn, _judge),
        Verb.PRIORITISE: Act(shapes.PrioritiseIn, casework.prioritise),
        Verb.REPLY: Act(shapes.ReplyIn, correspondence.reply),
        Verb.NOTE: Act(NoteIn, correspondence.note),
        Verb.ATTACH: Act(shapes.AttachIn, _attach, multipart=True),
        Verb.LIST_PROOF: Act(proof_shapes.ListProofIn, proofs.list_proof),
        Verb.SETTLE_PROOF: Act(proof_shapes.SettleProofIn, proofs.settle_proof),
        Verb.RECORD_NUMBER: Act(proof_shapes.RecordNumberIn, proofs.record_number),
        Verb.WAIT: Act(shapes.WaitIn, casework.wait),
        Verb.RESUME: Act(shapes.NothingIn, casework.resume),
        Verb.OFFER: Act(shapes.OfferIn, offers.offer),
        Verb.ACCEPT_OFFER: Act(shapes.AcceptOfferIn, offers.record_choice),
        Verb.REFUSE_OFFER: Act(shapes.RefuseOfferIn, offers.record_refusal),
        Verb.RESOLVE: Act(shapes.ResolveIn, casework.resolve),
        Verb.FOLLOW_UP: Act(shapes.FollowUpIn, follow_ups.follow_up),
        Verb.CLOSE: Act(shapes.CloseIn, casework.close),
        Verb.REOPEN: Act(shapes.ReopenIn, casework.reopen),
        Verb.WITHDRAW: Act(shapes.ReasonsIn, casework.withdraw),
        Verb.DECLINE: Act(shapes.DeclineIn, casework.decline),
        Verb.MERGE: Act(shapes.MergeIn, _merge),
        Verb.SPLIT: Act(shapes.SplitIn, _split),
        Verb.DRAFT_RESPONSE: Act(shapes.DraftResponseIn, _draft_response),
        Verb.APPROVE_RESPONSE: Act(shapes.ApproveResponseIn, responses.approve),
        Verb.RETURN_RESPONSE: Act(shapes.ReasonsIn, responses.send_back),
        Verb.DECLARE_MAJOR: Act(gravity.DeclareMajorIn, majors.declare_major),
        Verb.ACKNOWLEDGE_MAJOR: Act(gravity.AcknowledgeMajorIn, majors.acknowledge_major),
        Verb.REPORT_TO_AUTHORITY: Act(gravity.ReportToAuthorityIn, majors.report_to_authority),
        Verb.REPORT_SAFETY: Act(gravity.ReportSafetyIn, safety.report_safety),
        Verb.TELL_SAFETY: Act(gravity.TellSafetyIn, safety.tell_safety),
        Verb.NOTE_MEDIA: Act(gravity.NoteMediaIn, media.note_media),
        Verb.GATHER: Act(incident_shapes.GatherIn, incidents.gather),
        Verb.RELEASE: Act(shapes.ReasonsIn, incidents.release),
        Verb.OPEN_PROCEEDING: Act(outside.OpenProceedingIn, proceedings.open_proceeding),
        Verb.MOVE_PROCEEDING: Act(outside.MoveProceedingIn, proceedings.move_proceeding),
        Verb.END_PROCEEDING: Act(outside.EndProceedingIn, proceedings.end_proceeding),
        Verb.PLACE_HOLD: Act(shapes.ReasonsIn, proceedings.place_hold),
        Verb.LIFT_HOLD: Act(shapes.ReasonsIn, proceedings.lift_hold),
        Verb.RECORD_AUTHORITY: Act(outside.RecordAuthorityIn, standing.record_authority),
        Verb.REVOKE_AUTHORITY: Act(outside.RevokeAuthorityIn, standing.revoke_authority),
        Verb.ADD_COMPLAINANT: Act(outside.AddComplainantIn, standing.add_complainant),
        Verb.REMOVE_COMPLAINANT: Act(outside.RemoveComplainantIn, standing.remove_complainant),
        Verb.RESTRICT: Act(shapes.RestrictIn, restriction.restrict),
        Verb.LIFT_RESTRICTION: Act(shapes.LiftRestrictionIn, restriction.lift),
        Verb.ADMIT: Act(shapes.PlaceIn, restriction.admit),
        Verb.DISMISS: Act(shapes.PlaceIn, restriction.dismiss),
        Verb.ORDER_MEASURE: Act(measure_shapes.OrderMeasureIn, measures.order_measure),
        Verb.END_MEASURE: Act(measure_shapes.EndMeasureIn, measures.end_measure),
        Verb.UPGRADE: Act(upgrade_shapes.UpgradeIn, upgrades.upgrade),
        Verb.NAME_EARLIER: Act(upgrade_shapes.NameEarlierIn, upgrades.name_earlier),
    }
)
"""Registering is not among them: it has no complaint yet, its door is `POST /complaints/`."""

SEND_RESPONSE = Act(shapes.NothingIn, responses.send)
"""Sending the final response is the act `resolve`, by an address of its own."""
