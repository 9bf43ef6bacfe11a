"""Access logs, exported counts and Prometheus queries → who came, when, from where."""
