"""Contract defects seeded on purpose: what a contract fuzzer has to find in any provider's simulator."""
