"""The judge: checks evidence with the interpreter. Imports no engine and no solver."""
