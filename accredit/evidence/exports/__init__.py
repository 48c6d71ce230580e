"""What other tools read of a run: tables, HAR, JUnit, Allure. Each module is a pure consumer of the same records."""
