"""Algorithms on explicit state graphs, shared by the engines that build one."""
