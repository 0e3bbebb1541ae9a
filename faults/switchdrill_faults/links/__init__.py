"""Links of a platform: which ones a fault means, and where it can take hold of them."""
