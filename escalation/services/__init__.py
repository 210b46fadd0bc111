"""Writes of the deadline office: publishing rules, keeping clocks, sweeping."""
