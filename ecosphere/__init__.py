"""Ecosphere: analytics for a retail bank's customer ecosystem."""
