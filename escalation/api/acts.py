"""The acts about deadlines as the API takes them: what is sent, and which service does it.

`POST /complaints/{reference}/{verb}/`, in the same manner as the other verbs of the office (complaints/api/acts.py).
"""

from collections.abc import Mapping
from types import MappingProxyType

from complaints.api.acts import Act
from complaints.api.serializers import NothingIn
from complaints.lifecycle import Verb
from escalation.services import taking_over

ACTS: Mapping[Verb, Act] = MappingProxyType({Verb.TAKE_OVER: Act(NothingIn, taking_over.take_over)})
