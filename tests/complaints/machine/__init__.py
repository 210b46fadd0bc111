"""The state machine of the whole procedure, for test_procedure_machine.py.

`stage` is the office it plays in, `hand` draws arguments, `acts` holds one rule for each verb, `forbidden` the states
and the acts that must never be.
"""
