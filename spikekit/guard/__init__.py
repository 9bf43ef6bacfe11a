"""Who may be loaded: consent, addresses, limits, windows, one run at a time. Every refusal is exit 5."""
