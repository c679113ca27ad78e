"""Loading a finished run and predicting with it."""
