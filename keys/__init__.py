"""Cryptography of WARP: envelopes, tokens, narratives, receipts, the keyring and the directory."""
