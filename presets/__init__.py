"""Ready offices of a trade, as data: departments, seats, categories, calendars, policies, rules of sign-off, letters."""
