"""A browser's recording → a journey for ``site.yaml``. Beside the river: it helps to write what ``site`` reads."""
