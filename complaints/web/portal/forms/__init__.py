"""The public forms, in plain words. What they refuse they say in a sentence that names what to do.

- `fields.py`: what the fields share
- `filing.py`: a new complaint, step by step
- `tracking.py`: a case that is there
- `remedies.py`: what is offered and was done
- `handler_wishes.py`: asking for another handler
- `objecting.py`: a decision about how the complaint is pursued
- `upgrades.py`: having something taken further
"""

from complaints.web.portal.forms.fields import add_refusals
from complaints.web.portal.forms.filing import AboutForm, ContactForm, EvidenceForm, WhatHappenedForm, WishesForm
from complaints.web.portal.forms.handler_wishes import AskAnotherForm
from complaints.web.portal.forms.objecting import ObjectForm
from complaints.web.portal.forms.remedies import BrokenForm, ChoiceForm, RefuseForm
from complaints.web.portal.forms.tracking import DisputeForm, LostForm, RateForm, ReplyForm, TrackForm
from complaints.web.portal.forms.upgrades import FurtherForm
from complaints.web.portal.forms.upgrades import UnrecordedForm as UnrecordedUpgradeForm

__all__ = [
    "AboutForm",
    "AskAnotherForm",
    "BrokenForm",
    "ChoiceForm",
    "ContactForm",
    "DisputeForm",
    "EvidenceForm",
    "FurtherForm",
    "LostForm",
    "ObjectForm",
    "RateForm",
    "RefuseForm",
    "ReplyForm",
    "TrackForm",
    "UnrecordedUpgradeForm",
    "WhatHappenedForm",
    "WishesForm",
    "add_refusals",
]
