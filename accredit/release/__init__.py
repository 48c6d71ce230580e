"""Decisions over finished runs: what comes between a verified bundle and going live."""
