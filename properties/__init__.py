"""What is claimed: the kinds of claim, and packs of claims about tunnels and app updates."""
