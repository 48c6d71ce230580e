"""LATAM Pass: what the words do, a module for each feature."""
