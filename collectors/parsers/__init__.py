"""One pure file per format, all of one silhouette: `parse(report) -> Parsed`; only text goes in."""
