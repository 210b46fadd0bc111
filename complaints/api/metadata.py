"""What OPTIONS answers: the name of the door, what it is for, and the formats it gives and takes."""

from typing import TYPE_CHECKING, Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time it imports this module


class OfTheDoor(SimpleMetadata):
    """Without the fields of each method: the framework would ask a door that takes PUT for the row behind it, and our
    doors read theirs through selectors. The fields stand in the OpenAPI document.
    """

    def determine_actions(self, request: Request, view: "APIView") -> dict[str, Any]:
        """Nothing."""
        return {}
