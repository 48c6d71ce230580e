"""Preflight: whether anything can be judged from here at all, found out before a scenario runs. Only what reads ever leaves."""
