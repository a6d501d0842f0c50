"""The pipeline from a vendor's docs page to a typed client: one job per module, run by `python -m scripts`."""
