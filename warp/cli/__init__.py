"""The command line, one module per audience."""
