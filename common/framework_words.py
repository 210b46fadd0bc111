"""Sentences of others that they do not say in all of our languages. Named here, so that our catalogue has them: Django
asks ours before the framework's own.
"""

from django.utils.translation import gettext_noop as _

REST_FRAMEWORK = (
    _("Not a valid string."),
    _("Must be a valid boolean."),
    _("Surrogate characters are not allowed: U+{code_point:X}."),
    _('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'),
    _('Enter a valid "slug" consisting of Unicode letters, numbers, underscores, or hyphens.'),
    _("Ensure that there are no more than {max_digits} digits in total."),
    _("Ensure that there are no more than {max_decimal_places} decimal places."),
    _("Ensure that there are no more than {max_whole_digits} digits before the decimal point."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
    _('Invalid datetime for the timezone "{timezone}".'),
    _("Datetime value out of range."),
    _("Date has wrong format. Use one of these formats instead: {format}."),
    _("Ensure this field has at least {min_length} elements."),
    _("Ensure this field has no more than {max_length} elements."),
    _('Expected a dictionary of items but got type "{input_type}".'),
    _("This dictionary may not be empty."),
    _("No filename could be determined."),
    _("Ensure this filename has at most {max_length} characters (it has {length})."),
    _("Could not satisfy the request Accept header."),
    _("Request was throttled."),
    _('Unsupported media type "{media_type}" in request.'),
    _("Malformed request."),
    _("Invalid input."),
)
"""Those of Django REST framework, whose Traditional Chinese is far from complete."""

JSON = (
    _("Expecting value"),
    _("Expecting property name enclosed in double quotes"),
    _("Expecting ',' delimiter"),
    _("Expecting ':' delimiter"),
    _("Extra data"),
    _("Unterminated string starting at"),
    _("Invalid control character at"),
    _("Invalid \\escape"),
    _("Invalid \\uXXXX escape"),
    _("Illegal trailing comma before end of object"),
    _("Illegal trailing comma before end of array"),
    _("Unexpected UTF-8 BOM (decode using utf-8-sig)"),
)
"""What `json.JSONDecodeError.msg` says."""
