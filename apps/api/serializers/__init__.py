"""What the API answers, field by field; nothing is written through it."""
