"""Every text that is put to a model, one ability a file, each with its version: a new text is a new version.

What comes from notes is data. It stands between marks that nobody could know beforehand, and is told to be no
instruction; whatever comes back is cleaned and checked before anybody sees it.
"""
