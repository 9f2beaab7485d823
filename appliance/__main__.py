"""The commands."""

import click


@click.group()
def candour() -> None: ...
