"""What WARP keeps: two databases, one module per noun."""
