"""Providers of models on this machine: they speak the real protocols over real sockets, and misbehave on cue."""
