"""Storage: the only part of the package that knows a database."""
