"""A village's sheets of deeds and residents, from the file to the acts of its rows."""
