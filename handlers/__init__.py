"""HTTP: the URL map and one module per noun."""
