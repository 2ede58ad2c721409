"""From outcomes to text and graphs: pure functions. Writing files and choosing colours is the command line's."""
