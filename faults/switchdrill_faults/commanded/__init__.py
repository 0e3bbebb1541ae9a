"""What only the platform itself can put in disorder: by its own commands, and in order again by them."""
