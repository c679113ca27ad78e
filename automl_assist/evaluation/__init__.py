"""Testing honestly: splits, scores with intervals, ensembles, thresholds and what the report shows of them."""
