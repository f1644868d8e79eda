"""Ember, the fire-investigation dog: a black and tan working dog in a bright coat."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet, between
from moothall.operating.example.artwork.figures import person

COAT = p.mix(p.INK, p.EARTH, 0.25)
TAN = p.mix(p.AMBER, p.CREAM, 0.25)
HI_VIS = "#f2c230"


def ember() -> Sheet:
    """Ember sitting proudly in her coat, seen from the front."""
    sheet = Sheet(1200, 800, p.MIST)
    sheet.disc(600, 400, 330, p.SAGE)
    sheet.disc(600, 400, 288, p.mix(p.SAGE, p.MIST, 0.4))
    sheet.box(0, 690, 1200, 110, p.SAND)
    sheet.curve([(770, 680), (880, 660), (930, 580), (900, 520)], COAT, 34)
    sheet.blob([(440, 700), (430, 560), (500, 450), (600, 420), (700, 450), (770, 560), (760, 700), (600, 730)], COAT)
    sheet.blob([(466, 650), (450, 560), (510, 470), (600, 450), (690, 470), (750, 560), (734, 650), (600, 680)], HI_VIS)
    sheet.box(456, 560, 288, 30, p.STONE)
    sheet.box(456, 566, 288, 18, p.PAPER)
    sheet.words(600, 622, "FIRE INVESTIGATION", 24, p.INK)
    for x in (520, 680):
        sheet.box(x - 32, 640, 64, 90, COAT, round_by=20)
        sheet.box(x - 36, 690, 72, 44, TAN, round_by=20)
        for toe in (-12, 12):
            sheet.box(x + toe - 2, 712, 4, 20, COAT)
    head(sheet, 600, 320, 1.0)
    sheet.box(532, 440, 136, 22, p.RED, round_by=10)
    sheet.disc(600, 470, 20, p.HONEY)
    sheet.words(600, 470, "E", 22, p.INK)
    return sheet


def head(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Her head, with its middle at ``x, y``."""

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + dx * size, y + dy * size) for dx, dy in points]

    for side in (-1, 1):
        ear = at((70 * side, -110), (130 * side, -100), (168 * side, 0), (150 * side, 78), (104 * side, 10))
        sheet.blob(ear, p.mix(COAT, p.INK, 0.4))
    sheet.blob(at((-112, -40), (-80, -126), (0, -150), (80, -126), (112, -40), (96, 60), (0, 120), (-96, 60)), COAT)
    sheet.blob(at((-60, 30), (-40, -6), (0, -20), (40, -6), (60, 30), (52, 86), (0, 112), (-52, 86)), TAN)
    for side in (-1, 1):
        sheet.oval(x + 48 * side * size, y - 66 * size, 17 * size, 10 * size, TAN)
        sheet.disc(x + 46 * side * size, y - 32 * size, 17 * size, p.INK)
        sheet.disc(x + 46 * side * size, y - 32 * size, 13 * size, p.EARTH)
        sheet.disc(x + 46 * side * size, y - 32 * size, 8 * size, p.INK)
        sheet.disc(x + (46 * side + 5) * size, y - 37 * size, 4.5 * size, p.WHITE)
    sheet.blob(at((-34, 14), (0, 2), (34, 14), (24, 42), (0, 54), (-24, 42)), p.INK)
    sheet.oval(x - 8 * size, y + 17 * size, 10 * size, 5 * size, p.QUIET)
    sheet.line(at((0, 50), (0, 72)), p.INK, 5 * size)
    sheet.blob(at((-18, 80), (0, 74), (18, 80), (16, 118), (0, 128), (-16, 118)), p.ROSE)
    sheet.curve(at((-46, 66), (-22, 82), (0, 72), (22, 82), (46, 66)), p.INK, 6 * size)


def ember_at_work() -> Sheet:
    """Ember, nose down, searching a scorched kitchen floor with her handler behind her."""
    sheet = Sheet(1200, 800, p.mix(p.LINE, p.CREAM, 0.5))
    sheet.shape([(640, 0), (1200, 0), (1200, 470), (760, 520), (700, 330)], p.STONE, see_through=0.35)
    sheet.shape([(820, 0), (1200, 0), (1200, 500), (900, 500), (850, 260)], p.SHADOW, see_through=0.35)
    sheet.box(60, 110, 250, 210, p.WHITE, round_by=6)
    sheet.box(74, 124, 222, 182, p.SKY)
    sheet.box(180, 124, 10, 182, p.WHITE)
    sheet.box(0, 380, 620, 24, p.EARTH)
    for left in (0, 150, 300, 450):
        sheet.box(left + 8, 410, 134, 150, p.SAGE, round_by=6)
        sheet.box(left + 60, 426, 36, 8, p.QUIET, round_by=4)
    sheet.box(0, 556, 1200, 244, p.SAND)
    for row, shade in ((580, 0.82), (640, 0.7), (716, 0.6)):
        sheet.box(0, row, 1200, 5, p.EARTH, see_through=shade)
    for left in range(-300, 1500, 160):
        sheet.line([(600 + (left - 600) * 0.7, 558), (left, 800)], p.EARTH, 4, see_through=0.7)
    sheet.oval(930, 680, 230, 70, p.SHADOW, see_through=0.25)
    sheet.oval(960, 690, 140, 42, p.INK, see_through=0.35)
    person(sheet, 250, 730, 2.1, HI_VIS, p.FOREST, p.WARM_SKIN, p.EARTH, has_cap=True)
    sheet.curve([(330, 560), (420, 610), (510, 560)], p.RED, 7)
    _searching(sheet, 640, 560)
    for number, (x, y) in enumerate(((968, 568), (1050, 590), (1100, 640))):
        sheet.box(x, y, 34, 44, HI_VIS, round_by=4)
        sheet.words(x + 17, y + 22, str(number + 1), 26, p.INK)
    return sheet


def _searching(sheet: Sheet, x: float, y: float) -> None:
    def blob(colour: str, *points: tuple[float, float]) -> None:
        sheet.blob([(x + dx, y + dy) for dx, dy in points], colour)

    sheet.oval(x + 20, y + 168, 240, 18, p.INK, see_through=0.7)
    sheet.curve([(x - 170, y - 6), (x - 236, y - 50), (x - 250, y - 120)], COAT, 24)
    for leg, shade in ((-120, 0.5), (90, 0.5), (-158, 0.0), (128, 0.0)):
        colour = p.mix(COAT, p.INK, shade)
        sheet.line([(x + leg, y + 30), (x + leg - 8, y + 100), (x + leg, y + 158)], colour, 34)
        sheet.box(x + leg - 16, y + 146, 54, 24, TAN, round_by=11)
    blob(COAT, (-190, 0), (-150, -66), (0, -64), (130, -66), (170, 0), (110, 66), (-130, 62))
    blob(HI_VIS, (-96, -72), (20, -72), (116, -74), (124, 30), (20, 62), (-100, 54))
    sheet.box(x - 92, y - 20, 210, 24, p.PAPER)
    sheet.line([(x + 130, y - 20), (x + 196, y + 40)], COAT, 78)
    blob(COAT, (156, 10), (214, -6), (256, 50), (290, 110), (262, 136), (196, 96))
    blob(TAN, (226, 84), (262, 66), (292, 112), (264, 136))
    sheet.disc(x + 286, y + 122, 15, p.INK)
    blob(p.mix(COAT, p.INK, 0.5), (160, 4), (196, 10), (190, 80), (160, 104), (142, 50))
    sheet.disc(x + 226, y + 42, 9, p.CREAM)
    sheet.disc(x + 227, y + 43, 6, p.INK)


def boots() -> Sheet:
    """Ember's four boots in a row beside her bowl, and paw prints leading off."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 470, between(p.CREAM, p.BLUSH, 2))
    sheet.box(0, 470, 1200, 330, p.SAND)
    for left in range(-40, 1240, 150):
        sheet.line([(600 + (left - 600) * 0.8, 470), (left, 800)], p.EARTH, 3, see_through=0.75)
    sheet.box(110, 90, 420, 22, p.EARTH, round_by=6)
    for x in (170, 320, 470):
        sheet.line([(x, 110), (x, 150)], p.EARTH, 10)
    sheet.blob([(256, 150), (384, 150), (420, 330), (320, 360), (220, 330)], HI_VIS)
    sheet.box(228, 270, 184, 24, p.PAPER)
    sheet.curve([(170, 150), (150, 260), (180, 330), (160, 400)], p.RED, 12)
    for number in range(4):
        left = 560 + number * 140
        sheet.box(left, 470, 80, 130, p.RED, round_by=18)
        sheet.box(left - 8, 560, 112, 70, p.RED, round_by=30)
        sheet.box(left - 8, 612, 112, 20, p.INK, round_by=8)
        sheet.box(left, 492, 80, 12, HI_VIS)
    sheet.oval(270, 640, 150, 44, p.BLUE)
    sheet.shape([(120, 600), (420, 600), (446, 680), (94, 680)], p.BLUE)
    sheet.oval(270, 680, 176, 26, p.BLUE)
    sheet.oval(270, 600, 150, 40, p.NIGHT)
    sheet.oval(270, 604, 132, 32, p.SKY)
    sheet.words(270, 660, "EMBER", 34, p.PAPER)
    for x, y in ((560, 740), (680, 700), (800, 752), (920, 712), (1040, 760), (1150, 720)):
        sheet.oval(x, y, 20, 15, p.EARTH, see_through=0.4)
        for dx in (-20, -7, 7, 20):
            sheet.disc(x + dx, y - 22 + abs(dx) / 3, 6, p.EARTH, see_through=0.4)
    return sheet


def cat() -> Sheet:
    """Ember looks up at a ginger cat who sits on a shelf among the helmets."""
    sheet = Sheet(1200, 800, p.FROST)
    sheet.box(0, 640, 1200, 160, p.STONE)
    for left in (40, 260, 740, 960):
        sheet.box(left, 420, 200, 240, p.RED, round_by=8)
        sheet.box(left + 20, 446, 160, 8, p.mix(p.RED, p.INK, 0.3), round_by=4)
        sheet.box(left + 20, 466, 160, 8, p.mix(p.RED, p.INK, 0.3), round_by=4)
        sheet.disc(left + 170, 550, 9, p.HONEY)
    sheet.box(60, 330, 1080, 24, p.EARTH, round_by=6)
    for x in (170, 360, 840, 1030):
        sheet.slice(x, 328, 74, 180, 360, HI_VIS)
        sheet.box(x - 92, 314, 184, 18, HI_VIS, round_by=8)
        sheet.box(x - 12, 258, 24, 58, p.PAPER, round_by=6)
    _ginger_cat(sheet, 600, 330)
    sheet.blob([(400, 830), (430, 730), (600, 690), (770, 730), (800, 830)], HI_VIS)
    head(sheet, 600, 600, 1.05)
    return sheet


def _ginger_cat(sheet: Sheet, x: float, foot: float) -> None:
    ginger, stripe = p.HONEY, p.AMBER
    sheet.curve([(x + 64, foot - 20), (x + 120, foot + 10), (x + 118, foot + 80), (x + 92, foot + 110)], ginger, 22)
    sheet.blob([(x - 84, foot), (x - 70, foot - 120), (x, foot - 160), (x + 70, foot - 120), (x + 84, foot)], ginger)
    sheet.oval(x, foot - 40, 40, 46, p.CREAM)
    for side in (-1, 1):
        sheet.shape([(x + 62 * side, foot - 190), (x + 66 * side, foot - 268), (x + 14 * side, foot - 226)], ginger)
        sheet.shape([(x + 54 * side, foot - 204), (x + 58 * side, foot - 246), (x + 28 * side, foot - 222)], p.ROSE)
        sheet.oval(x + 26 * side, foot - 6, 28, 14, p.CREAM)
    sheet.oval(x, foot - 180, 74, 62, ginger)
    for dx in (-18, 0, 18):
        sheet.line([(x + dx, foot - 238), (x + dx, foot - 218)], stripe, 7)
    for side in (-1, 1):
        sheet.oval(x + 28 * side, foot - 186, 13, 15, p.MIST)
        sheet.oval(x + 28 * side, foot - 183, 5, 12, p.INK)
        for dy in (-8, 4):
            sheet.line([(x + 36 * side, foot - 154), (x + 96 * side, foot - 158 + dy * 2)], p.PAPER, 3)
    sheet.oval(x, foot - 152, 30, 20, p.CREAM)
    sheet.shape([(x - 10, foot - 164), (x + 10, foot - 164), (x, foot - 152)], p.ROSE)
    mouth = ((-16, 144), (-6, 138), (0, 148), (6, 138), (16, 144))
    sheet.curve([(x + dx, foot - dy) for dx, dy in mouth], p.INK, 4)


def breakfast() -> Sheet:
    """Two empty bowls, Ember's and the cat's, and a few crumbs."""
    sheet = Sheet(1200, 800, p.CREAM)
    for row in range(5):
        for column in range(7):
            if (row + column) % 2:
                sheet.box(column * 180 - 30, row * 180 - 40, 180, 180, p.mix(p.CREAM, p.SAND, 0.55))
    for x, y, size, colour, name in ((450, 430, 1.5, p.BLUE, "EMBER"), (900, 520, 0.9, p.RED, "CAT")):
        sheet.oval(x, y + 96 * size, 190 * size, 34 * size, p.EARTH, see_through=0.6)
        sheet.oval(x, y + 78 * size, 176 * size, 36 * size, colour)
        top, bottom = 148 * size, 176 * size
        sheet.shape([(x - top, y), (x + top, y), (x + bottom, y + 80 * size), (x - bottom, y + 80 * size)], colour)
        sheet.oval(x, y, 150 * size, 46 * size, p.mix(colour, p.INK, 0.35))
        sheet.oval(x, y + 5 * size, 130 * size, 36 * size, p.STONE)
        sheet.oval(x - 40 * size, y - 4 * size, 50 * size, 10 * size, p.PAPER)
        sheet.words(x, y + 66 * size, name, round(46 * size), p.PAPER)
    for number in range(13):
        x, y = 200 + (number * 263) % 860, 650 + (number * 71) % 110
        sheet.disc(x, y, 6 + number % 5, p.EARTH)
    return sheet
