"""Inspection: the questions that an inspector asks of a book, answered over a period, and what to look at next."""
