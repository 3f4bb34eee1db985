"""Parsers under a short coverage-guided fuzz run: see one_parser.py."""
