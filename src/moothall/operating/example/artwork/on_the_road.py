"""Pictures of the council's vehicles at work."""

from moothall.operating.example.artwork import palette as p
from moothall.operating.example.artwork.brush import Sheet, between
from moothall.operating.example.artwork.figures import person, tree


def _wheel(sheet: Sheet, x: float, y: float, radius: float) -> None:
    sheet.disc(x, y, radius, p.INK)
    sheet.disc(x, y, radius * 0.56, p.STONE)
    sheet.disc(x, y, radius * 0.2, p.INK)


def engine() -> Sheet:
    """A fire engine in front of its station, ladder on the roof."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 560, between(p.SKY, p.FROST, 5))
    sheet.box(60, 130, 1080, 470, p.SAND)
    sheet.box(40, 106, 1120, 40, p.EARTH)
    sheet.box(430, 160, 340, 64, p.PAPER, round_by=8)
    sheet.words(600, 192, "WENDHAM FIRE STATION", 25, p.RED)
    for left in (110, 450, 790):
        sheet.box(left, 250, 300, 350, p.EARTH, round_by=10)
        sheet.box(left + 14, 264, 272, 336, p.BLUSH if left != 450 else p.SHADOW, round_by=6)
        for y in range(300, 590, 62):
            sheet.box(left + 14, y, 272, 5, p.ROSE if left != 450 else p.INK)
    sheet.box(0, 600, 1200, 200, p.STONE)
    sheet.box(0, 700, 1200, 10, p.PAPER)
    sheet.oval(600, 702, 420, 22, p.INK, see_through=0.6)
    sheet.box(210, 380, 560, 290, p.RED, round_by=16)
    sheet.shape([(750, 670), (750, 400), (930, 400), (985, 500), (1005, 520), (1005, 670)], p.RED)
    sheet.shape([(800, 424), (912, 424), (954, 508), (800, 508)], p.FROST)
    sheet.box(852, 424, 9, 84, p.RED)
    sheet.box(210, 572, 795, 34, p.HONEY)
    for x in range(216, 990, 60):
        sheet.shape([(x, 606), (x + 30, 572), (x + 50, 572), (x + 20, 606)], p.BLUE)
    for left in (240, 420, 600):
        sheet.box(left, 410, 150, 140, p.STONE, round_by=8)
        for y in range(424, 550, 18):
            sheet.box(left, y, 150, 4, p.QUIET)
    sheet.box(780, 520, 4, 146, p.mix(p.RED, p.INK, 0.4))
    sheet.box(796, 530, 30, 8, p.INK, round_by=3)
    sheet.box(190, 340, 570, 12, p.LINE, round_by=5)
    sheet.box(190, 364, 570, 12, p.LINE, round_by=5)
    for x in range(220, 750, 46):
        sheet.box(x, 344, 9, 28, p.LINE)
    sheet.box(800, 372, 110, 30, p.BLUE, round_by=12)
    sheet.oval(855, 366, 90, 34, p.SKY, see_through=0.65)
    sheet.box(988, 600, 34, 26, p.CREAM, round_by=6)
    sheet.box(200, 646, 830, 30, p.INK, round_by=8)
    for x in (350, 640, 880):
        _wheel(sheet, x, 672, 54)
    person(sheet, 110, 716, 1.25, p.FOREST, p.FOREST, p.BROWN_SKIN, p.HONEY, has_cap=False)
    return sheet


def van() -> Sheet:
    """The mobile library on a village green, hatch open, with people in line and a bench of books."""
    sheet = Sheet(1200, 800, p.SKY)
    sheet.disc(150, 130, 62, p.CREAM)
    sheet.land(400, 34, 1.2, 0.3, p.SAGE)
    sheet.land(470, 16, 1.6, 0.8, p.LEAF)
    sheet.box(70, 330, 120, 170, p.LINE)
    sheet.shape([(56, 334), (130, 190), (204, 334)], p.STONE)
    sheet.slice(130, 430, 28, 180, 360, p.SHADOW)
    sheet.box(102, 428, 56, 72, p.SHADOW)
    tree(sheet, 1080, 540, 300, p.GREEN, p.EARTH)
    sheet.land(530, 6, 0.7, 0.0, p.mix(p.LEAF, p.GREEN, 0.4))
    sheet.oval(560, 668, 400, 24, p.FOREST, see_through=0.4)
    sheet.box(190, 216, 600, 424, p.GREEN, round_by=24)
    sheet.shape([(770, 640), (770, 340), (880, 340), (940, 470), (960, 490), (960, 640)], p.GREEN)
    sheet.shape([(800, 366), (868, 366), (914, 472), (800, 472)], p.FROST)
    sheet.box(190, 560, 770, 22, p.HONEY)
    sheet.words(490, 262, "MOBILE LIBRARY", 44, p.CREAM)
    sheet.box(250, 350, 330, 180, p.CREAM, round_by=10)
    _books(sheet, 262, 358, 306, 76)
    _books(sheet, 262, 446, 306, 76)
    sheet.shape([(240, 350), (590, 350), (620, 300), (210, 300)], p.HONEY, see_through=0.1)
    for x in range(222, 600, 76):
        sheet.shape([(x, 302), (x + 36, 302), (x + 40, 350), (x + 10, 350)], p.RED)
    sheet.box(620, 360, 120, 260, p.FOREST, round_by=8)
    sheet.box(636, 376, 88, 100, p.FROST, round_by=6)
    for step in range(3):
        sheet.box(612 - step * 8, 618 + step * 16, 136 + step * 16, 14, p.STONE, round_by=3)
    sheet.box(180, 616, 800, 28, p.INK, round_by=8)
    for x in (320, 850):
        _wheel(sheet, x, 642, 56)
    person(sheet, 180, 730, 1.35, p.BLUE, p.INK, p.PALE_SKIN, p.QUIET, has_bag=True)
    person(sheet, 290, 750, 0.9, p.RED, p.BLUE, p.PALE_SKIN, p.AMBER, is_reaching=True)
    person(sheet, 430, 756, 1.4, p.AMBER, p.FOREST, p.DARK_SKIN, p.INK)
    return sheet


def _books(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """A shelf of books with its board below."""
    colours = (p.RED, p.BLUE, p.HONEY, p.GREEN, p.ROSE, p.EARTH, p.DUSK, p.LEAF)
    left, number = x, 0
    while left < x + width - 14:
        thick = 11 + (number * 7) % 9
        tall = height * (0.68 + 0.07 * ((number * 5) % 4))
        sheet.box(left, y + height - tall - 6, thick, tall, colours[(number * 3) % len(colours)], round_by=2)
        left, number = left + thick + 2, number + 1
    sheet.box(x - 6, y + height - 6, width + 12, 7, p.EARTH)


def gritter() -> Sheet:
    """A gritter on a hill road on a starry, snowy night, its amber lights on."""
    sheet = Sheet(1200, 800)
    sheet.bands(0, 520, between(p.NIGHT, p.mix(p.NIGHT, p.DUSK, 0.55), 8))
    for number in range(46):
        x, y = (number * 269) % 1200, (number * 157) % 380
        sheet.disc(x, y, 1.6 + number % 3, p.CREAM)
    sheet.disc(190, 150, 58, p.CREAM)
    sheet.disc(214, 138, 52, p.mix(p.NIGHT, p.DUSK, 0.13))
    sheet.land(440, 60, 0.9, 0.1, p.mix(p.FROST, p.NIGHT, 0.45))
    sheet.land(520, 34, 1.4, 0.6, p.mix(p.FROST, p.NIGHT, 0.25))
    for x, foot, height in ((90, 540, 180), (200, 560, 130), (1060, 520, 190), (1150, 560, 150), (980, 500, 110)):
        for layer in range(3):
            half, top = height * (0.18 + 0.07 * layer), foot - height + layer * height * 0.25
            sheet.shape([(x - half, top + height * 0.4), (x, top), (x + half, top + height * 0.4)], p.FOREST)
            sheet.shape(
                [(x - half * 0.45, top + height * 0.18), (x, top), (x + half * 0.45, top + height * 0.18)], p.FROST
            )
    sheet.land(600, 10, 0.8, 0.2, p.FROST)
    sheet.shape([(0, 670), (1200, 640), (1200, 760), (0, 790)], p.SHADOW)
    for left in range(40, 1200, 170):
        sheet.box(left, 718 - left * 0.025, 80, 8, p.PAPER)
    sheet.shape([(900, 560), (1200, 520), (1200, 700), (900, 610)], p.HONEY, see_through=0.6)
    _truck(sheet)
    for number in range(60):
        x, y = 160 - (number * 53) % 139, 646 + (number * 31) % 67
        sheet.disc(x, y, 2 + number % 3, p.SAND)
    for number in range(70):
        x, y = (number * 173 + 60) % 1200, (number * 211) % 760
        sheet.disc(x, y, 2.5 + number % 3, p.WHITE, see_through=0.25)
    return sheet


def _truck(sheet: Sheet) -> None:
    sheet.shape([(210, 420), (700, 420), (680, 600), (240, 600)], p.HONEY)
    sheet.blob([(250, 424), (340, 372), (460, 352), (600, 372), (670, 424)], p.SAND)
    sheet.box(198, 410, 516, 20, p.AMBER, round_by=6)
    for x in (300, 400, 500, 600):
        sheet.line([(x, 432), (x + 6, 596)], p.AMBER, 8)
    sheet.shape([(700, 640), (700, 400), (840, 400), (890, 510), (908, 540), (908, 640)], p.HONEY)
    sheet.shape([(740, 426), (826, 426), (864, 510), (740, 510)], p.FROST)
    sheet.disc(790, 490, 22, p.BROWN_SKIN)
    sheet.slice(790, 486, 25, 180, 360, p.RED)
    sheet.disc(770, 384, 76, p.CREAM, see_through=0.82)
    sheet.disc(770, 384, 48, p.HONEY, see_through=0.5)
    sheet.box(735, 374, 70, 28, p.AMBER, round_by=10)
    sheet.disc(900, 584, 16, p.CREAM)
    sheet.shape([(890, 610), (960, 600), (990, 690), (900, 690)], p.RED)
    sheet.box(150, 600, 770, 40, p.INK, round_by=8)
    sheet.shape([(140, 610), (220, 610), (190, 660), (130, 660)], p.QUIET)
    sheet.words(450, 520, "Sally Salter", 46, p.EARTH)
    for x in (310, 430, 800):
        _wheel(sheet, x, 650, 56)


def roller() -> Sheet:
    """A road roller smoothing fresh tarmac, with cones and a worker in a bright jacket."""
    sheet = Sheet(1200, 800, p.SKY)
    sheet.disc(980, 140, 60, p.CREAM)
    sheet.land(430, 40, 1.0, 0.7, p.SAGE)
    sheet.land(500, 12, 1.9, 0.2, p.LEAF)
    tree(sheet, 110, 560, 260, p.GREEN, p.EARTH)
    tree(sheet, 1110, 560, 210, p.GREEN, p.EARTH)
    sheet.box(0, 556, 1200, 22, p.LINE)
    sheet.box(0, 578, 1200, 222, p.STONE)
    sheet.shape([(0, 600), (700, 600), (760, 800), (0, 800)], p.SHADOW)
    sheet.box(470, 470, 300, 130, p.HONEY, round_by=18)
    sheet.box(470, 540, 300, 22, p.INK)
    for x in (500, 700):
        sheet.line([(x, 470), (x, 320)], p.INK, 12)
    sheet.box(458, 300, 290, 26, p.AMBER, round_by=10)
    sheet.box(560, 424, 66, 60, p.INK, round_by=10)
    sheet.disc(596, 366, 26, p.PALE_SKIN)
    sheet.slice(596, 362, 30, 180, 360, p.RED)
    sheet.box(566, 390, 62, 66, p.RED, round_by=16)
    sheet.line([(620, 410), (664, 436)], p.RED, 16)
    sheet.line([(676, 470), (662, 420)], p.INK, 9)
    sheet.disc(470, 610, 86, p.INK)
    sheet.disc(470, 610, 58, p.STONE)
    sheet.disc(800, 602, 96, p.QUIET)
    sheet.disc(800, 602, 84, p.STONE)
    sheet.line([(800, 602), (720, 540)], p.INK, 16)
    sheet.disc(800, 602, 16, p.INK)
    for x, y in ((900, 742), (1010, 730), (1120, 742)):
        sheet.shape([(x - 34, y), (x - 8, y - 96), (x + 8, y - 96), (x + 34, y)], p.RED)
        sheet.shape([(x - 22, y - 40), (x - 15, y - 66), (x + 15, y - 66), (x + 22, y - 40)], p.PAPER)
        sheet.box(x - 46, y - 6, 92, 14, p.RED, round_by=4)
    person(sheet, 250, 730, 1.4, p.HONEY, p.INK, p.DARK_SKIN, p.INK, has_cap=True)
    sheet.line([(304, 760), (304, 480)], p.EARTH, 9)
    sheet.box(250, 748, 108, 16, p.EARTH, round_by=4)
    return sheet
