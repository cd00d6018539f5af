"""Exports: a book in the forms that other tools read."""
