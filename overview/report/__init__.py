"""The summary of a week or a month, made from the store alone: for a mail, as a page, as a PDF."""
