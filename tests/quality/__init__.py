"""Relevance of keyword search, measured through the product's own index."""
