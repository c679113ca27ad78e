"""Networks from Keras layers as readable single files, the one training loop, and their storage.

Only `tabular` and `training` import Keras and JAX: describing, storing and running a trained network needs NumPy alone.
"""
