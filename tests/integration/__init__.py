"""The shipped models and the documents, as a whole."""
