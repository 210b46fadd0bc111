"""The supervision desk on other pages. `{% load supervision %}`"""

from django import template

from accounts.models import User
from complaints import permissions

register = template.Library()


@register.simple_tag(takes_context=True)
def supervises_upgrades(context: template.Context) -> bool:
    """Whether the supervision desk opens for the reader: `{% supervises_upgrades as supervises %}`. One query."""
    user = context.get("user")
    return isinstance(user, User) and permissions.supervises_upgrades(user)
