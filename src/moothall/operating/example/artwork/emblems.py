"""The council's logo, and the pictures by which one knows a channel: square, and good when cut to a circle."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet
from moothall.operating.example.artwork.dog import head


def logo() -> Sheet:
    """An oak on a hill above a river, on a shield."""
    sheet = Sheet(160, 160, paper=None)
    shield = [(14, 10), (146, 10), (146, 84), (132, 118), (80, 152), (28, 118), (14, 84)]
    sheet.shape(shield, p.GREEN)
    sheet.shape([(20, 16), (140, 16), (140, 82), (126, 114), (80, 144), (34, 114), (20, 82)], p.PAPER)
    sheet.shape(
        [(20, 70), (50, 58), (110, 58), (140, 70), (140, 82), (126, 114), (80, 144), (34, 114), (20, 82)], p.LEAF
    )
    sheet.shape([(24, 92), (60, 100), (100, 92), (136, 96), (126, 114), (34, 114)], p.BLUE)
    sheet.shape([(30, 106), (60, 115), (100, 107), (130, 106), (126, 114), (80, 144), (34, 114)], p.GREEN)
    sheet.box(75, 50, 10, 30, p.EARTH)
    for x, y, radius in ((58, 48, 15), (102, 48, 15), (68, 36, 15), (92, 36, 15), (80, 50, 17), (80, 28, 10)):
        sheet.disc(x, y, radius, p.GREEN)
    for x, y in ((62, 50), (98, 50), (80, 38)):
        sheet.disc(x, y, 4, p.HONEY)
    return sheet


def council() -> Sheet:
    """The council's oak."""
    sheet = Sheet(480, 480, p.GREEN)
    sheet.ridge([(0, 330), (240, 280), (480, 330)], 480, p.LEAF)
    sheet.curve([(0, 400), (160, 380), (320, 420), (480, 396)], p.SKY, 34)
    sheet.box(222, 240, 36, 90, p.EARTH)
    for x, y, radius in (
        (150, 210, 58),
        (330, 210, 58),
        (190, 160, 58),
        (290, 160, 58),
        (240, 220, 70),
        (240, 120, 46),
    ):
        sheet.disc(x, y, radius, p.SAGE)
    for x, y in ((160, 216), (320, 214), (240, 160), (206, 236), (284, 244)):
        sheet.disc(x, y, 12, p.HONEY)
    return sheet


def libraries() -> Sheet:
    """An open book under a small sun."""
    sheet = Sheet(480, 480, p.BLUE)
    sheet.disc(240, 150, 52, p.HONEY)
    for side in (-1, 1):
        sheet.shape([(240, 230), (240 + side * 150, 200), (240 + side * 150, 350), (240, 380)], p.CREAM)
        sheet.shape([(240, 380), (240 + side * 150, 350), (240 + side * 150, 368), (240, 398)], p.RED)
        for y in (246, 280, 314):
            sheet.line([(240 + side * 24, y + 10), (240 + side * 124, y - 10)], p.STONE, 8)
    sheet.line([(240, 230), (240, 394)], p.SAND, 6)
    return sheet


def archives() -> Sheet:
    """An old key across a sealed letter."""
    sheet = Sheet(480, 480, p.EARTH)
    sheet.box(110, 170, 260, 180, p.CREAM, round_by=8)
    sheet.line([(114, 176), (240, 276), (366, 176)], p.SAND, 9)
    sheet.disc(240, 280, 42, p.RED)
    sheet.disc(240, 280, 29, p.mix(p.RED, p.INK, 0.25))
    sheet.line([(150, 400), (330, 120)], p.HONEY, 18)
    sheet.disc(342, 104, 44, p.HONEY)
    sheet.disc(342, 104, 24, p.EARTH)
    sheet.line([(166, 376), (200, 398)], p.HONEY, 17)
    sheet.line([(190, 338), (216, 354)], p.HONEY, 17)
    return sheet


def fostering() -> Sheet:
    """A house with a heart for a door."""
    sheet = Sheet(480, 480, p.ROSE)
    sheet.shape([(84, 250), (240, 110), (396, 250)], p.RED)
    sheet.box(126, 244, 228, 156, p.CREAM)
    for x in (150, 278):
        sheet.box(x, 262, 52, 46, p.HONEY, round_by=5)
    for side in (-1, 1):
        sheet.disc(240 + side * 21, 334, 26, p.RED)
    sheet.shape([(193, 344), (287, 344), (240, 394)], p.RED)
    return sheet


def youth() -> Sheet:
    """A paper aeroplane climbing."""
    sheet = Sheet(480, 480, p.AMBER)
    for x, y, radius in ((110, 370, 9), (150, 340, 11), (196, 318, 13)):
        sheet.disc(x, y, radius, p.CREAM)
    sheet.shape([(390, 110), (90, 230), (220, 280)], p.PAPER)
    sheet.shape([(390, 110), (220, 280), (250, 380)], p.CREAM)
    sheet.shape([(220, 280), (250, 380), (276, 306)], p.SAND)
    sheet.shape([(390, 110), (220, 280), (276, 306)], p.HONEY)
    return sheet


def highways() -> Sheet:
    """A road winding over hills."""
    sheet = Sheet(480, 480, p.SKY)
    sheet.disc(340, 130, 46, p.CREAM)
    sheet.ridge([(0, 250), (160, 190), (320, 250), (480, 200)], 480, p.LEAF)
    sheet.ridge([(0, 320), (240, 270), (480, 330)], 480, p.GREEN)
    sheet.shape(
        [(226, 276), (262, 276), (330, 330), (280, 390), (400, 480), (120, 480), (200, 390), (270, 334)], p.SHADOW
    )
    for points in (
        [(246, 286), (270, 306)],
        [(292, 336), (262, 362)],
        [(246, 386), (254, 420)],
        [(258, 440), (262, 476)],
    ):
        sheet.line(points, p.PAPER, 8)
    return sheet


def fire() -> Sheet:
    """A flame within a drop of water."""
    sheet = Sheet(480, 480, p.RED)
    sheet.blob([(240, 70), (330, 190), (370, 290), (320, 390), (240, 420), (160, 390), (110, 290), (150, 190)], p.FROST)
    sheet.blob(
        [(250, 160), (300, 240), (318, 310), (280, 370), (240, 380), (200, 370), (166, 310), (210, 250)], p.AMBER
    )
    sheet.blob([(244, 260), (276, 310), (266, 360), (240, 372), (214, 358), (208, 316)], p.HONEY)
    return sheet


def ember() -> Sheet:
    """Ember's face."""
    sheet = Sheet(480, 480, "#f2c230")
    sheet.blob([(60, 500), (110, 400), (240, 350), (370, 400), (420, 500)], p.SHADOW)
    head(sheet, 240, 236, 1.12)
    return sheet
