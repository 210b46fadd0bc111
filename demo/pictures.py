"""Photographs that customers and staff might have taken, drawn with a few lines each."""

from collections.abc import Callable, Mapping
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = (640, 480)
Pen = ImageDraw.ImageDraw


def picture(name: str) -> ContentFile:
    """A PNG file of that name: `receipt.png`, `floor.png` or `screw.png`."""
    image = Image.new("RGB", SIZE, "#d9d4c9")
    _DRAWN[name](ImageDraw.Draw(image))
    file = BytesIO()
    image.save(file, "PNG")
    return ContentFile(file.getvalue(), name=name)


def _receipt(pen: Pen) -> None:
    pen.rectangle((200, 20, 440, 460), fill="#fbfaf6")
    bought = ["WILLOW LANTERN", "TAIPEI RIVERSIDE", "", "CLIP LAMP      1,280", ""]
    paid_twice = ["CARD **** 7731", "15:42:07", "APPROVED", "", "CARD **** 7731", "15:42:51", "APPROVED"]
    for place, line in enumerate([*bought, *paid_twice]):
        pen.text((225, 45 + place * 32), line, fill="#2b2b2b")


def _floor(pen: Pen) -> None:
    for edge in range(0, SIZE[0], 80):
        pen.line((edge, 0, edge, SIZE[1]), fill="#b5ae9f", width=3)
        pen.line((0, edge, SIZE[0], edge), fill="#b5ae9f", width=3)
    pen.ellipse((150, 190, 520, 400), fill="#a9c3cf", outline="#7ea2b3", width=3)
    pen.rectangle((280, 30, 380, 210), fill="#8c8f93", outline="#55585c", width=4)


def _screw(pen: Pen) -> None:
    pen.rounded_rectangle((60, 190, 360, 290), 18, fill="#c69c6d", outline="#8a6a45", width=4)
    pen.ellipse((330, 215, 380, 265), fill="#3a3a3a")
    pen.rectangle((400, 228, 560, 252), fill="#9aa0a6")
    pen.polygon([(560, 205), (600, 215), (600, 265), (560, 275)], fill="#7b8187")


_DRAWN: Mapping[str, Callable[[Pen], None]] = {"receipt.png": _receipt, "floor.png": _floor, "screw.png": _screw}
