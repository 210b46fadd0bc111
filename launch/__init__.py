"""The launcher: `python3 launch run|test|check|bench|manage|lock`. Standard library only, but for `inside`.

Where to start reading: `commands/run.py`, which is the table of contents of a start, then `supervisor.py`.
"""
