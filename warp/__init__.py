"""WARP, a Warning, Advice and Reporting Point: domain, acts, client and composition."""
