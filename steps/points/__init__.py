"""Points: what the words do, a module for each feature, and one for what all of them say of requests."""
