"""Student cards on A4: two by five bank-card sized faces with crop marks."""

import io
from typing import NamedTuple

from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from .pdf import FONT, FONT_BOLD, GREY, draw_lines, fit_lines, new_canvas

CARD_WIDTH = 85.6 * mm
CARD_HEIGHT = 54 * mm
COLUMNS = 2
ROWS = 5
LEFT = (A4[0] - COLUMNS * CARD_WIDTH) / 2
TOP = A4[1] - (A4[1] - ROWS * CARD_HEIGHT) / 2
MARK = 4 * mm
MARK_GAP = 1 * mm

PADDING = 4 * mm
BAND = 9 * mm
PHOTO = (22 * mm, 28 * mm)
QR_SIZE = 20 * mm
BRAND = colors.HexColor("#1F6F54")
PLACEHOLDER = colors.HexColor("#F3F4F6")


class CardFace(NamedTuple):
    """What is printed on one card; `photo` is the bytes of an image or None."""

    last_name: str
    given_names: str
    grade: str
    school: str
    account: str
    qr: str
    photo: bytes | None = None


class SheetLabels(NamedTuple):
    title: str
    grade: str
    account: str
    no_photo: str


def draw_card_sheet(faces, labels):
    """Return the bytes of a PDF with the given faces, ten on a page."""
    canvas, buffer = new_canvas(labels.title)
    per_page = COLUMNS * ROWS
    for start in range(0, len(faces), per_page):
        _draw_marks(canvas)
        for place, face in enumerate(faces[start : start + per_page]):
            row, column = divmod(place, COLUMNS)
            canvas.saveState()
            canvas.translate(LEFT + column * CARD_WIDTH, TOP - (row + 1) * CARD_HEIGHT)
            _draw_face(canvas, face, labels)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_marks(canvas):
    """Crop marks outside the block, at every cut."""
    canvas.setStrokeColor(colors.black)
    canvas.setLineWidth(0.3)
    bottom, right = TOP - ROWS * CARD_HEIGHT, LEFT + COLUMNS * CARD_WIDTH
    for column in range(COLUMNS + 1):
        x = LEFT + column * CARD_WIDTH
        canvas.line(x, TOP + MARK_GAP, x, TOP + MARK_GAP + MARK)
        canvas.line(x, bottom - MARK_GAP, x, bottom - MARK_GAP - MARK)
    for row in range(ROWS + 1):
        y = TOP - row * CARD_HEIGHT
        canvas.line(LEFT - MARK_GAP, y, LEFT - MARK_GAP - MARK, y)
        canvas.line(right + MARK_GAP, y, right + MARK_GAP + MARK, y)


def _draw_face(canvas, face, labels):
    canvas.setFillColor(BRAND)
    canvas.rect(0, CARD_HEIGHT - BAND, CARD_WIDTH, BAND, stroke=0, fill=1)
    canvas.setFillColor(colors.white)
    _draw_fitted(
        canvas, face.school, PADDING, CARD_HEIGHT - 6 * mm, CARD_WIDTH - 2 * PADDING,
        size=10, min_size=6, font=FONT_BOLD,
    )  # fmt: skip
    photo_y = CARD_HEIGHT - BAND - 3 * mm - PHOTO[1]
    _draw_photo(canvas, face.photo, PADDING, photo_y, labels.no_photo)
    x = PADDING + PHOTO[0] + 4 * mm
    y = _draw_name(canvas, face, x, CARD_HEIGHT - BAND - 6.5 * mm)
    canvas.setFillColor(colors.black)
    if face.grade:
        grade = [f"{labels.grade} {face.grade}"]
        draw_lines(canvas, grade, x, y - 1 * mm, size=9)
    _draw_account(canvas, face.account, labels.account)
    _draw_qr(canvas, face.qr, CARD_WIDTH - PADDING - QR_SIZE + 1 * mm, 2 * mm)


def _draw_name(canvas, face, x, y):
    """The surname on up to two lines, given names on up to two more."""
    canvas.setFillColor(colors.black)
    width = CARD_WIDTH - x - PADDING
    y = _draw_fitted(
        canvas, face.last_name, x, y, width,
        size=12, min_size=8, font=FONT_BOLD, max_lines=2,
    )  # fmt: skip
    given = face.given_names
    y -= 0.5 * mm
    return _draw_fitted(canvas, given, x, y, width, size=9, min_size=6.5, max_lines=2)


def _draw_fitted(canvas, text, x, y, width, *, font=FONT, max_lines=1, **sizes):
    """Draw text into a width; return the baseline below it."""
    lines, size = fit_lines(text, width, font=font, max_lines=max_lines, **sizes)
    return draw_lines(canvas, lines, x, y, size=size, font=font)


def _draw_account(canvas, account, label):
    if not account:
        return
    canvas.setFillColor(GREY)
    draw_lines(canvas, [label], PADDING, 8.5 * mm, size=6)
    canvas.setFillColor(colors.black)
    draw_lines(canvas, [account], PADDING, 4 * mm, size=12, font=FONT_BOLD)


def _draw_photo(canvas, photo, x, y, label):
    """The photo, cut to the frame in its middle; a frame when there is none."""
    width, height = PHOTO
    image = _cut_photo(photo) if photo else None
    if image:
        canvas.drawImage(image, x, y, width, height)
        return
    canvas.setFillColor(PLACEHOLDER)
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    canvas.rect(x, y, width, height, stroke=1, fill=1)
    canvas.setFillColor(GREY)
    canvas.setFont(FONT, 7)
    canvas.drawCentredString(x + width / 2, y + height / 2, label)


def _cut_photo(photo):
    """Return the middle of a photo in the frame's proportion, None if unreadable."""
    try:
        image = Image.open(io.BytesIO(photo)).convert("RGB")
    except (OSError, ValueError):
        return None
    ratio = PHOTO[0] / PHOTO[1]
    width = min(image.width, round(image.height * ratio))
    height = min(image.height, round(image.width / ratio))
    left, top = (image.width - width) // 2, (image.height - height) // 3
    return ImageReader(image.crop((left, top, left + width, top + height)))


def _draw_qr(canvas, payload, x, y):
    widget = QrCodeWidget(payload, barLevel="M", barBorder=2)
    left, bottom, right, top = widget.getBounds()
    scale_x, scale_y = QR_SIZE / (right - left), QR_SIZE / (top - bottom)
    drawing = Drawing(QR_SIZE, QR_SIZE, transform=[scale_x, 0, 0, scale_y, 0, 0])
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, x, y)
