"""What a verdict rests on, as data: traces, lassos, traps, closed sets, certificates. `checking` is the judge."""
