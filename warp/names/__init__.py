"""What people read instead of codes: one module of names for each language."""
