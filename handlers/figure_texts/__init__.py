"""What the pages of figures say: one module for each language."""
