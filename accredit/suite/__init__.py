"""Collecting, running, falsifying: from a provider's folder to a run's journal."""
