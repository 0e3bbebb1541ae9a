"""What was promised: objectives, triggers, data classes, steps, roles; and whether physics lets it be kept."""
