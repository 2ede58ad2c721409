"""What is modelled: the language for systems, and the systems that ship with the tool."""
