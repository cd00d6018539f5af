"""What a book is asked for: figures, statements, tallies, explanations, rehearsals."""
