"""The modelling language: domains, expressions, guarded commands, components, systems."""
