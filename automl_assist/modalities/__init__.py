"""Modalities, one a file: how each is recognised, and what it adds to the flow. Tables are all there is so far."""
