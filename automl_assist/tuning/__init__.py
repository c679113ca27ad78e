"""Proposing candidates, fitting them in worker processes, and keeping the clock; the only package that knows KerasTuner."""
