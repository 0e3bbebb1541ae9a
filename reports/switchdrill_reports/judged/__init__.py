"""What it is worth: validity, findings, verdict; pure functions of what was measured and promised."""
