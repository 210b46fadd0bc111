"""Ready offices of a trade, as data: departments, seats, categories, calendars, policies, sign-off, letters."""
