"""assist: an AutoML recommender for the command line that says why."""

__version__ = "0.1.0"
