"""The launcher: `python3 launch run|test|check|bench|manage|lock`. Standard library only, except `launch.inside`.

Where to start reading: `commands/run.py`, which is the table of contents of a start, then `supervisor.py`.
"""
