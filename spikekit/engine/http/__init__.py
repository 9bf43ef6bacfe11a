"""HTTP/1.1 as a browser speaks it: connections, exchanges, cookies, freshness."""
