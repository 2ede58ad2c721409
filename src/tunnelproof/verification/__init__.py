"""The use case: plan, slice, ask an engine, have the judge check, put the outcome together."""
