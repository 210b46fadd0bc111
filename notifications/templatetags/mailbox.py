"""The mailbox on other pages. `{% load mailbox %}`"""

from django import template

from notifications import permissions

register = template.Library()


@register.simple_tag(takes_context=True)
def reads_mailbox(context: template.Context) -> bool:
    """Whether the reader of the page may open the mailbox: `{% reads_mailbox as reads_mailbox %}`. One query."""
    user = context.get("user")
    return user is not None and permissions.may_read_mailbox(user)
