"""How our doors describe themselves in the OpenAPI document."""

import inspect
import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiResponse
from rest_framework.serializers import BaseSerializer

from common.api_errors import MEDIA_TYPE
from complaints.api.serializers import ProblemOut

_PROBLEMS = {
    "400": "What was sent cannot be taken: `malformed`, `invalid`, `file_refused`, `response_incomplete` or "
    "`contradicts_judgement`; `errors` names the fields.",
    "401": "`not_authenticated`, `invalid_token` or `token_expired`.",
    "403": "`scope_missing` (of the token), or of the person: `not_allowed`, `own_request`.",
    "404": "`not_found`: there is no such complaint, or the person does not see it.",
    "409": "Not now, or not by this person alone: `illegal_move`, `conflict_of_interest`, `second_person_needed`, "
    "`tasks_open`, `matters_open`, `remedies_open`, `not_judged`, `letter_needed`, `legal_hold`, `no_authority`, "
    "`signatures_missing`, `nobody_to_sign`, `idempotency_conflict`; about deadlines `taken_over`, "
    "`nothing_to_take_over` and others.",
    "412": "`changed_meanwhile`: the complaint is no longer as `If-Match` says.",
    "413": "`too_large`.",
    "415": "`unsupported_media_type`.",
    "429": "`throttled`; `Retry-After` says for how many seconds.",
    "503": "`unavailable`; nothing was changed, try again after `Retry-After` seconds.",
}
"""What each status of an error means, and the codes it comes with."""

_RAISES = re.compile(r"\s*Raises .*?(?=\n\n|\Z)", re.DOTALL)


class Schema(AutoSchema):
    """Names each act by its verb, tells what its service says, and adds the errors every door can answer with."""

    def get_operation_id(self) -> str:
        """`complaints_<verb>` for acts."""
        verb = getattr(self.view, "verb", None)
        return f"complaints_{verb}" if verb else super().get_operation_id()

    def get_tags(self) -> list[str]:
        """Acts stand together."""
        return ["acts"] if getattr(self.view, "verb", None) else ["complaints"]

    def get_summary(self) -> str | None:
        """The label of the verb."""
        verb = getattr(self.view, "verb", None)
        return str(verb.label) if verb else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular changed it from its own base
        """What the service says it does; the exceptions it raises are named by the errors."""
        act = getattr(self.view, "act", None)
        if act is None:
            return str(super().get_description())
        return _RAISES.sub("", inspect.getdoc(act.does) or "")

    def get_serializer_name(self, serializer: BaseSerializer[Any], direction: Direction) -> str:
        """What comes out is simply called what it is."""
        return type(serializer).__name__.removesuffix("Out")

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            answer = OpenApiResponse(ProblemOut, description=_PROBLEMS[status])
            bodies.setdefault(status, self._get_response_for_code(answer, status, [MEDIA_TYPE]))  # type: ignore[no-untyped-call]  # drf-spectacular has no types there
        return dict(sorted(bodies.items()))

    def _problem_statuses(self) -> set[str]:
        statuses = {"400", "401", "403", "429", "503"}
        if "{reference}" in self.path:
            statuses |= {"404"}
        if self.method != "GET":
            statuses |= {"409", "413", "415"}
        takes_if_match = getattr(self.view, "act", None) or self.path.endswith(
            ("/tasks/", "/remedies/", "/supplier_claims/")
        )
        return statuses | {"412"} if takes_if_match and self.method != "GET" else statuses


class BearerTokenInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular has no types there
    """How the OpenAPI document describes it."""

    target_class = "complaints.api.authentication.BearerToken"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An HTTP bearer scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Issued by an administrator or by `manage.py issue_token`. "
            "The scope `read` opens every GET, the scope `write` everything else.",
        }
