"""Tests of `moothall.networks`."""
