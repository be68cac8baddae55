"""Proof that the engine does what the original code does, case by case, from recorded numbers.

A golden folder holds small weights, inputs and outputs. Cases are found by the form of their
files, never by names, so that folders of other sizes, depths and seeds are run alike. Nothing here
is needed to make music.
"""
