"""Candour: a meeting recorder that belongs to the room. The house plan is in the README."""

from importlib.metadata import version

VERSION = version("candour")
