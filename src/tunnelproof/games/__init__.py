"""Games: who wins, an actor or everybody else. It finds strategies; what is printed, `verification` has judged."""
