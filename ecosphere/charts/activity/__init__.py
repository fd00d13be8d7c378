"""What the pages of activity say and draw."""
