"""What drops into Grafana, Prometheus and Alertmanager, and the code that it is made from."""
