"""The regulations as data and pure functions: one module per regulation and version, plus a shared vocabulary.

Nothing here imports Django, opens a database or reads a clock: every function takes the date it is asked about.
"""
