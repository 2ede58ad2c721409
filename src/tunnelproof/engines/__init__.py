"""Engines: each decides a question in its own way and hands over evidence. None is believed."""
