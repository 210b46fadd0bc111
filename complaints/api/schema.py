"""How our doors describe themselves in the OpenAPI document."""

import inspect
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from common.api_errors import MEDIA_TYPE
from complaints.api.serializers import ProblemOut

_ALWAYS = ("400", "401", "403", "429", "503")
_WITH_REFERENCE = ("404",)
_WHEN_CHANGING = ("409", "413", "415")


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

    def get_description(self) -> str:
        """What the service says it does; the exceptions it raises are named by the errors."""
        act = getattr(self.view, "act", None)
        if act is None:
            return str(super().get_description())
        told = inspect.getdoc(act.does) or ""
        return told.split("\n\nRaises")[0].split("\nRaises")[0]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            bodies.setdefault(status, self._get_response_for_code(ProblemOut, status, media_types=[MEDIA_TYPE]))
        return dict(sorted(bodies.items()))

    def _problem_statuses(self) -> list[str]:
        statuses = [*_ALWAYS]
        if "{reference}" in self.path:
            statuses += _WITH_REFERENCE
        if self.method != "GET":
            statuses += _WHEN_CHANGING
        return statuses + (["412"] if getattr(self.view, "act", None) else [])


class BearerTokenInSchema(OpenApiAuthenticationExtension):
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
