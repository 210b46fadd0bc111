"""Measurements, run as `python3 launch bench`: on services that are thrown away, each figure beside its yardstick."""
