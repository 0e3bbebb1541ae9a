"""What was: instants, outages, losses, read from the raw evidence as intervals. Knows no promise but its figures."""
