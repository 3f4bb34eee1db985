"""`orchestrator build`."""

from dataclasses import asdict

import click

from orchestrator.commands.options import as_json, load_settings, print_json
from orchestrator.image import build_images


@click.command()
@as_json
def build(as_json: bool) -> None:
    """Build the images, when anything they are made of changed. Needs no registry and no package index."""
    images = build_images(load_settings(), say=lambda text: click.echo(text, err=True))
    if as_json:
        print_json({"images": [asdict(image) for image in images]})
        return
    for image in images:
        done = f"built in {image.seconds:.1f} s" if image.built else "is up to date"
        click.echo(f"{image.name} {done}")
