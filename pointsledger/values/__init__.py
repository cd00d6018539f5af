"""Frozen values that everything stands on: records, points, days."""
